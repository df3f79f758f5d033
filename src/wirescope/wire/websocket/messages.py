"""Messages out of data frames (RFC 6455 section 5.4): joined, inflated, checked as UTF-8.

The assembler is fed the data frames of one direction, whole or in pieces. It keeps a message's
bytes up to a limit; of a longer one it keeps the beginning and hands the rest on in pieces, so that
no message has to stand in memory. Text is checked as it arrives (section 8.1).
"""

from array import array
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import NoReturn

import msgspec

from wirescope.events import INLINE_LIMIT, TEXT, MessageKind, Opcode
from wirescope.wire.websocket.close_codes import INVALID_PAYLOAD, MESSAGE_TOO_BIG
from wirescope.wire.websocket.deflate import DeflateError, Inflater
from wirescope.wire.websocket.rules import Breach

_utf8_decoder = getincrementaldecoder("utf-8")


class Message(msgspec.Struct, frozen=True):
    """A whole message.

    Attributes:
        kind: `text` or `binary`.
        payload: decoded; of a message longer than the assembler's limit, its beginning.
        length: bytes of the whole message, decoded.
        wire_length: bytes of its frames on the wire, headers included.
        compressed: whether it was compressed.
        frames: the numbers its frames were fed with.
    """

    kind: MessageKind
    payload: bytes
    length: int
    wire_length: int
    compressed: bool
    frames: tuple[int, ...]


class MessageError(Exception):
    """A message cannot be completed; `breach` says why. The assembler has dropped it."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach.message)
        self.breach = breach


class MessageAssembler:
    """Assembles the messages of one direction.

    Args:
        inflater: inflates compressed messages; None without permessage-deflate.
        max_size: the largest message, decoded, in bytes; None for no limit.
        max_fragments: the most frames that a message may be made of.
        on_bad_text: told of text that is not UTF-8, once a message, instead of failing it.
        hold_limit: longer messages are not kept whole; of those, up to 1 MiB is.
        on_chunk: takes the pieces of a message that is longer than `hold_limit`, from its first
            byte on.
    """

    def __init__(
        self,
        *,
        inflater: Inflater | None = None,
        max_size: int | None = None,
        max_fragments: int = 1 << 18,
        on_bad_text: Callable[[Breach], None] | None = None,
        hold_limit: int = INLINE_LIMIT,
        on_chunk: Callable[[bytes], None] | None = None,
    ) -> None:
        self._inflater = inflater
        self._max_size = max_size
        self._max_fragments = max_fragments
        self._on_bad_text = on_bad_text
        self._hold_limit = hold_limit
        self._begin_limit = min(INLINE_LIMIT, hold_limit)
        self._on_chunk = on_chunk or (lambda _: None)
        self._utf8 = _utf8_decoder()
        self._held = bytearray()
        self._frames = array("Q")
        self._opcode: Opcode = 0
        self._compressed = False
        self._text_unchecked = False
        self._chunked = False
        self._length = 0
        self._wire_length = 0

    @property
    def under_way(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._opcode != 0

    @property
    def kind(self) -> MessageKind:
        """What the message under way is."""
        return "text" if self._opcode == TEXT else "binary"

    @property
    def length(self) -> int:
        """Decoded bytes of the message under way, so far."""
        return self._length

    def begin(self, opcode: Opcode, *, compressed: bool) -> None:
        """Begin a message of the given opcode; one under way is dropped."""
        self._drop()
        self._opcode = opcode
        self._text_unchecked = opcode == TEXT
        self._compressed = compressed and self._inflater is not None

    def expect(self, payload_length: int) -> None:
        """Look at a length that a frame announces, to act before its payload has come.

        Raises:
            MessageError: the message will be longer than the limit.
        """
        if not self._compressed:
            size = self._length + payload_length
            self._check_size(size)
            if size > self._hold_limit:
                self._let_go()

    def add(self, data: bytes, *, final: bool) -> None:
        """Add payload bytes of the message under way; `final` with the message's last ones.

        Raises:
            MessageError: the bytes break a rule for messages.
        """
        if not self._compressed:
            self._take(data, final=final)
            return
        assert self._inflater is not None
        try:
            for piece in self._inflater.inflate(data, final=final):
                self._take(piece, final=False)
        except DeflateError as error:
            self._fail(Breach(error.clause, str(error), INVALID_PAYLOAD))
        if final:
            self._take(b"", final=True)

    def end_frame(self, number: int, wire_length: int, *, fin: bool) -> Message | None:
        """Note that a frame is complete; return the message if it was the last one.

        Raises:
            MessageError: the message has too many fragments.
        """
        self._frames.append(number)
        if len(self._frames) > self._max_fragments:
            self._fail(_too_big(f"The message has more than {self._max_fragments} fragments."))
        self._wire_length += wire_length
        if not fin:
            return None
        message = Message(
            self.kind,
            bytes(self._held),
            self._length,
            self._wire_length,
            self._compressed,
            tuple(self._frames),
        )
        self._drop()
        return message

    def check_ahead(self, data: bytes) -> None:
        """Look at payload bytes of a frame that is not complete yet, to fail early on bad text.

        Raises:
            MessageError: the text is already wrong (RFC 6455 section 8.1).
        """
        if not self._text_unchecked or self._compressed:
            return
        state = self._utf8.getstate()
        try:
            self._check_utf8(data, final=False)
        finally:
            self._utf8.setstate(state)

    def _take(self, data: bytes, *, final: bool) -> None:
        size = self._length + len(data)
        self._check_size(size)
        if self._text_unchecked:
            self._check_utf8(data, final=final)
        self._length = size
        if size > self._hold_limit:
            self._let_go()
        if not self._chunked:
            self._held += data
            return
        room = max(0, self._begin_limit - len(self._held))
        self._held += data[:room]
        if data:
            self._on_chunk(data)

    def _let_go(self) -> None:
        """Hold no more than the beginning: what was held and what follows goes out in pieces."""
        if self._chunked:
            return
        self._chunked = True
        for start in range(0, len(self._held), INLINE_LIMIT):
            self._on_chunk(bytes(self._held[start : start + INLINE_LIMIT]))
        del self._held[self._begin_limit :]

    def _check_size(self, size: int) -> None:
        if self._max_size is not None and size > self._max_size:
            self._fail(_too_big(f"The message is longer than the limit of {self._max_size} bytes."))

    def _check_utf8(self, data: bytes, *, final: bool) -> None:
        split_character = len(self._utf8.getstate()[0])
        try:
            self._utf8.decode(data, final)
        except UnicodeDecodeError as error:
            at = self._length - split_character + error.start
            breach = Breach("RFC 6455 8.1", f"The text is not UTF-8 at byte {at}.", INVALID_PAYLOAD)
            if self._on_bad_text is None:
                self._fail(breach)
            self._text_unchecked = False
            self._on_bad_text(breach)

    def _fail(self, breach: Breach) -> NoReturn:
        self._drop()
        raise MessageError(breach) from None

    def _drop(self) -> None:
        self._opcode = 0
        self._text_unchecked = False
        self._held = bytearray()
        self._frames = array("Q")
        self._chunked = False
        self._length = self._wire_length = 0
        self._utf8.reset()


def _too_big(message: str) -> Breach:
    return Breach("RFC 6455 7.4.1", message, MESSAGE_TOO_BIG)
