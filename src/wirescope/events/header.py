"""What the two to fourteen header bytes of a WebSocket frame say (RFC 6455 section 5.2).

The bytes themselves are kept; every field is read out of them on demand, so that a record cannot
claim anything that was not on the wire. Judging whether the values are legal happens elsewhere.
"""

from typing import Literal

Opcode = int

CONTINUATION, TEXT, BINARY = 0x0, 0x1, 0x2
CLOSE, PING, PONG = 0x8, 0x9, 0xA

_NAMES = {
    CONTINUATION: "continuation",
    TEXT: "text",
    BINARY: "binary",
    CLOSE: "close",
    PING: "ping",
    PONG: "pong",
}
_OPCODES = {name: opcode for opcode, name in _NAMES.items()}

LengthEncoding = Literal[7, 16, 64]


def opcode_name(opcode: Opcode) -> str:
    """Name an opcode; reserved ones are written in hex, as `0x3`."""
    return _NAMES.get(opcode) or f"{opcode:#x}"


def opcode_from_name(name: str) -> Opcode:
    """Invert `opcode_name`; ValueError for what is neither a name nor a nibble in hex."""
    if name in _OPCODES:
        return _OPCODES[name]
    opcode = int(name, 16)
    if not name.startswith("0x") or not 0 <= opcode <= 0xF:
        raise ValueError(f"{name!r} is not an opcode")
    return opcode


class FrameHeader:
    """A mixin that reads the fields of `header`, the frame's header bytes as on the wire."""

    __slots__ = ()

    header: bytes

    @property
    def fin(self) -> bool:
        """Whether this is the last fragment of its message."""
        return self.header[0] & 0x80 != 0

    @property
    def rsv1(self) -> bool:
        """RSV1: under permessage-deflate, the message is compressed (RFC 7692 section 6)."""
        return self.header[0] & 0x40 != 0

    @property
    def rsv2(self) -> bool:
        """RSV2, reserved for extensions."""
        return self.header[0] & 0x20 != 0

    @property
    def rsv3(self) -> bool:
        """RSV3, reserved for extensions."""
        return self.header[0] & 0x10 != 0

    @property
    def opcode(self) -> Opcode:
        """The four bits of the opcode, reserved values included."""
        return self.header[0] & 0x0F

    @property
    def masked(self) -> bool:
        """Whether a masking key is present; clients mask, servers do not (section 5.1)."""
        return self.header[1] & 0x80 != 0

    @property
    def length_encoding(self) -> LengthEncoding:
        """How many bits the payload length was written in."""
        short = self.header[1] & 0x7F
        return 64 if short == 127 else 16 if short == 126 else 7

    @property
    def payload_length(self) -> int:
        """The payload length in bytes that the header announces."""
        short = self.header[1] & 0x7F
        if short < 126:
            return short
        return int.from_bytes(self.header[2:4] if short == 126 else self.header[2:10], "big")

    @property
    def masking_key(self) -> bytes | None:
        """The four bytes of the masking key, None on an unmasked frame."""
        return self.header[-4:] if self.masked else None

    @property
    def wire_length(self) -> int:
        """Bytes of the whole frame on the wire, header and payload, as announced."""
        return len(self.header) + self.payload_length

    @property
    def is_control(self) -> bool:
        """Whether the opcode is that of a control frame (section 5.5)."""
        return self.header[0] & 0x08 != 0
