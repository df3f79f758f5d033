"""Compressed messages read back (permessage-deflate, RFC 7692 section 7.2.2), from any place.

With context takeover a message may refer to the 32 KiB that came before it in its direction. The
writer keeps that much of what it has seen (`Tail`) and stores it now and then, so that a reader
begins at the nearest such place instead of at the first message (`Inflater`).
"""

import zlib
from collections import deque

WINDOW_SIZE = 32768
"""The most that a message can refer back to (RFC 1951 section 2)."""

MAX_INFLATED = 16 << 20
"""A message is inflated up to this many bytes unless the caller asks for more."""

_PIECE = 65536
# The four bytes that every compressor ends a message with and the sender takes off (section 7.2.1).
_MESSAGE_END = b"\x00\x00\xff\xff"


class InflateError(Exception):
    """The bytes are not deflated data, or are more than the limit allows."""


class Tail:
    """The last `WINDOW_SIZE` bytes of a stream, known or not yet known."""

    def __init__(self, window: bytes = b"", *, from_start: bool = True) -> None:
        self._pieces = deque([window] if window else [])
        self._length = len(window)
        self._complete = from_start  # what is known is all that there was

    @property
    def known(self) -> bool:
        """Whether `window` is all that a following message can refer to."""
        return self._complete or self._length >= WINDOW_SIZE

    def add(self, data: bytes) -> None:
        """Continue the stream."""
        self._pieces.append(data if len(data) <= WINDOW_SIZE else data[-WINDOW_SIZE:])
        self._length += len(self._pieces[-1])
        while self._length - len(self._pieces[0]) >= WINDOW_SIZE:
            self._length -= len(self._pieces.popleft())

    def lose(self) -> None:
        """Forget all: something went by that was not seen."""
        self._pieces.clear()
        self._length = 0
        self._complete = False

    def window(self) -> bytes:
        """Return the last bytes, at most `WINDOW_SIZE`."""
        return b"".join(self._pieces)[-WINDOW_SIZE:]


class Inflater:
    """Inflates one direction's messages in order, from a window on."""

    def __init__(self, window: bytes = b"") -> None:
        self._tail = Tail(window)
        self._stream = _raw(window)

    def inflate(self, data: bytes, *, limit: int) -> bytes:
        """Inflate one message, its frames' payloads joined.

        InflateError when it is damaged or longer than `limit` bytes; the inflater is of no use for
        later messages then.
        """
        try:
            return self._inflate(data + _MESSAGE_END, limit)
        except zlib.error as error:
            raise InflateError(f"the message cannot be inflated: {error}") from None

    def _inflate(self, pending: bytes, limit: int) -> bytes:
        pieces: list[bytes] = []
        length = 0
        while True:
            piece = self._stream.decompress(pending, _PIECE)
            length += len(piece)
            if length > limit:
                raise InflateError(f"the message is longer than {limit} bytes")
            pieces.append(piece)
            self._tail.add(piece)
            pending = self._stream.unconsumed_tail
            if self._stream.eof:  # a last block (BFINAL) may end a message (section 7.2.3.4)
                pending = self._stream.unused_data
                self._stream = _raw(self._tail.window())
                if pending in (b"", _MESSAGE_END):
                    break
            elif not pending and len(piece) < _PIECE:  # else zlib may hold back some more
                break
        return b"".join(pieces)


def _raw(window: bytes) -> "zlib._Decompress":
    # 15 bits serve every smaller window, too.
    return zlib.decompressobj(-15, zdict=window) if window else zlib.decompressobj(-15)
