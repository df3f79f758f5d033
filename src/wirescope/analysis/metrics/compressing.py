"""What messages would take on the wire under permessage-deflate (RFC 7692), by compressing them.

Nothing is estimated: the messages go through the deflater that the transport uses, at its level,
and get the frame header that they would have had. Of servers that tell who they are, the window and
the level that they choose by default are used, as far as they differ; any other is taken to use
zlib's default level and the largest window, as most do.

There is more than one zlib. That of Chromium, which Node.js and Chrome are built with, finds few
repetitions of three bytes: text suffers by a hundredth, short binary messages may lose all of the
gain. Servers on Node.js do not say what they are, so of one that is not known the least is computed
as well, by a zlib that is told to pass over every repetition of fewer than six bytes.
"""

import zlib
from collections.abc import Iterable, Sequence

import msgspec

from wirescope.errors import HandshakeError
from wirescope.events import Direction, WebSocketMessage
from wirescope.wire.websocket import (
    EXTENSION_NAME,
    DeflateParameters,
    Deflater,
    build_header,
    parse_extensions,
)

_KEY = b"\x00\x00\x00\x00"
_TEXT = 1
_TAIL_BYTES = 4  # of each message, which stay away (RFC 7692 section 7.2.1)
_BITS = {str(bits) for bits in range(8, 16)}


class Compressed(msgspec.Struct, frozen=True):
    """Messages before and after.

    Attributes:
        messages: how many they are.
        payload_bytes: their lengths, decoded.
        before_bytes: what they took on the wire, headers included.
        after_bytes: what they would take.
        how: how that was found, for a finding's `method`.
    """

    messages: int = 0
    payload_bytes: int = 0
    before_bytes: int = 0
    after_bytes: int = 0
    how: str = ""

    @property
    def saved(self) -> float:
        """The share of the bytes on the wire that would be saved; below 0 if it would cost some."""
        return 1 - self.after_bytes / self.before_bytes if self.before_bytes else 0.0


class Habit(msgspec.Struct, frozen=True):
    """How an implementation compresses by default.

    Attributes:
        name: what its `Server` header says, in part.
        window_bits: the largest window that it agrees to, for both directions.
        level: zlib's level with which it compresses.
    """

    name: str = ""
    window_bits: int = 15
    level: int = 6


_USUAL = Habit()
_HABITS = (
    Habit("websockets/", window_bits=12),
    Habit("aiohttp/", level=1),
    Habit("uvicorn"),
)


def habit_of_server(response: str) -> Habit:
    """Return how the server compresses that wrote this head of a response."""
    for line in response.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "server":
            return next((habit for habit in _HABITS if habit.name in value), _USUAL)
    return _USUAL


def agreed(extensions: Iterable[str]) -> DeflateParameters | None:
    """Return the parameters of permessage-deflate that an opening handshake agreed on."""
    try:
        parsed = parse_extensions(extensions)
    except HandshakeError:
        return None  # the transport has said so already
    for extension in parsed:
        if extension.name == EXTENSION_NAME:
            given = dict(extension.parameters)
            return DeflateParameters(
                server_no_context_takeover="server_no_context_takeover" in given,
                client_no_context_takeover="client_no_context_takeover" in given,
                server_max_window_bits=_bits(given.get("server_max_window_bits")),
                client_max_window_bits=_bits(given.get("client_max_window_bits")),
            )
    return None


def _bits(value: str | None) -> int:
    return int(value) if value is not None and value in _BITS else 15


def compress(
    messages: Sequence[WebSocketMessage],
    *,
    masked: bool,
    habit: Habit = _USUAL,
    context_takeover: bool = True,
) -> Compressed:
    """Compress messages of one direction, in order; those known only in part are left out.

    Args:
        messages: what was sent.
        masked: whether the sender is the client.
        habit: how the server compresses; its window goes for both directions, its level for what
            it sends.
        context_takeover: whether the window lives on from message to message.
    """
    level = _USUAL.level if masked else habit.level
    deflater = Deflater(
        window_bits=habit.window_bits, context_takeover=context_takeover, level=level
    )
    whole = [message for message in messages if not message.truncated]
    after = [framed(len(deflater.compress(each.payload)), masked=masked) for each in whole]
    takeover = "with" if context_takeover else "without"
    return Compressed(
        len(whole),
        sum([message.length for message in whole]),
        sum([message.wire_length for message in whole]),
        sum(after),
        f"compressed by zlib at level {level}, {takeover} context takeover, in a window of"
        f" {1 << habit.window_bits:,} bytes; frame headers included",
    )


def compress_coarsely(messages: Sequence[WebSocketMessage], *, masked: bool) -> Compressed:
    """Compress messages as the zlib of Chromium would at worst; arguments as of `compress`."""
    deflater = zlib.compressobj(
        _USUAL.level, zlib.DEFLATED, -_USUAL.window_bits, zlib.DEF_MEM_LEVEL, zlib.Z_FILTERED
    )
    whole = [message for message in messages if not message.truncated]
    after = [
        len(deflater.compress(each.payload) + deflater.flush(zlib.Z_SYNC_FLUSH)) - _TAIL_BYTES
        for each in whole
    ]
    return Compressed(
        len(whole),
        sum([message.length for message in whole]),
        sum([message.wire_length for message in whole]),
        sum([framed(length, masked=masked) for length in after]),
        "compressed by zlib, repetitions of fewer than six bytes passed over",
    )


def framed(length: int, *, masked: bool) -> int:
    """Return the bytes of a frame with a payload of this length, its header included."""
    return length + len(build_header(_TEXT, length, masking_key=_KEY if masked else None))


def is_masked(direction: Direction, *, is_server: bool) -> bool:
    """Whether what goes this way comes from the client; `is_server` says which end this one is."""
    return (direction == "sent") != is_server
