"""What messages would take on the wire under permessage-deflate (RFC 7692), by compressing them.

Nothing is estimated: the messages go through the deflater that the transport uses, at its level,
and get the frame header that they would have had. What a peer's own deflater does differently is
not known; most use zlib at its default level as well, some a smaller window.
"""

from collections.abc import Sequence

import msgspec

from wirescope.events import WebSocketMessage
from wirescope.wire.websocket import DeflateParameters, Deflater, build_header, parse_extensions

_KEY = b"\x00\x00\x00\x00"
_TEXT = 1


class Compressed(msgspec.Struct, frozen=True):
    """Messages before and after.

    Attributes:
        messages: how many they are.
        payload_bytes: their lengths, decoded.
        before_bytes: what they took on the wire, headers included.
        after_bytes: what they would take.
    """

    messages: int
    payload_bytes: int
    before_bytes: int
    after_bytes: int

    @property
    def saved(self) -> float:
        """The share of the bytes on the wire that would be saved; below 0 if it would cost some."""
        return 1 - self.after_bytes / self.before_bytes if self.before_bytes else 0.0


def agreed(extensions: Sequence[str]) -> DeflateParameters | None:
    """Return the parameters of permessage-deflate that an opening handshake agreed on."""
    for extension in parse_extensions(extensions):
        if extension.name == "permessage-deflate":
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


_BITS = {str(bits) for bits in range(8, 16)}


def compress(
    messages: Sequence[WebSocketMessage],
    *,
    masked: bool,
    window_bits: int = 15,
    context_takeover: bool = True,
) -> Compressed:
    """Compress messages of one direction, in order; those known only in part are left out."""
    deflater = Deflater(window_bits=window_bits, context_takeover=context_takeover)
    whole = [message for message in messages if not message.truncated]
    after = sum(framed(len(deflater.compress(message.payload)), masked=masked) for message in whole)
    return Compressed(
        len(whole),
        sum([message.length for message in whole]),
        sum([message.wire_length for message in whole]),
        after,
    )


def framed(length: int, *, masked: bool) -> int:
    """Return the bytes of a frame with a payload of this length, its header included."""
    return length + len(build_header(_TEXT, length, masking_key=_KEY if masked else None))
