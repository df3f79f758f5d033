"""Frames of RFC 6455 section 5: what one is, how one is built, how its payload is masked.

The builder makes every legal frame and, because a workbench has to provoke errors, every illegal
one: reserved opcodes and bits, wrong masking, lengths in more bytes than needed, lengths that lie.
"""

from struct import pack

import msgspec

from wirescope.events import FrameHeader, LengthEncoding, Opcode

MAX_CONTROL_PAYLOAD = 125
"""The longest payload of a control frame, in bytes (RFC 6455 section 5.5)."""


class Frame(msgspec.Struct, FrameHeader, frozen=True, gc=False):
    """A whole frame.

    Attributes:
        header: its header bytes as on the wire, masking key included.
        payload: its payload, unmasked.
        offset: where its header began in the direction's byte stream.
    """

    header: bytes
    payload: bytes
    offset: int


class FrameStart(msgspec.Struct, FrameHeader, frozen=True, gc=False):
    """The header of a frame whose payload is too long to be kept; `FramePayload`s follow."""

    header: bytes
    offset: int


class FramePayload(msgspec.Struct, frozen=True, gc=False):
    """A piece of the payload of the frame that was begun, unmasked."""

    data: bytes


class FrameEnd(msgspec.Struct, frozen=True, gc=False):
    """The payload of the frame that was begun is complete."""


def apply_mask(data: bytes, key: bytes, *, position: int = 0) -> bytes:
    """Mask or unmask payload bytes (RFC 6455 section 5.3).

    `position` is where in the payload `data` begins, so that it can be masked piece by piece.
    """
    length = len(data)
    if not length:
        return b""
    turn = position & 3
    if turn:
        key = key[turn:] + key[:turn]
    repeated = (key * ((length >> 2) + 1))[:length]
    masked = int.from_bytes(data, "little") ^ int.from_bytes(repeated, "little")
    return masked.to_bytes(length, "little")


def build_header(
    opcode: Opcode,
    payload_length: int,
    *,
    fin: bool = True,
    rsv1: bool = False,
    rsv2: bool = False,
    rsv3: bool = False,
    masking_key: bytes | None = None,
    length_encoding: LengthEncoding | None = None,
) -> bytes:
    """Build a frame's header bytes.

    Args:
        opcode: 0 to 15.
        payload_length: the length to announce, in bytes; below 2^64.
        fin: whether this is the message's last fragment.
        rsv1: the bit of an extension; permessage-deflate sets it on a compressed message.
        rsv2: a reserved bit.
        rsv3: a reserved bit.
        masking_key: four bytes, or None for an unmasked frame.
        length_encoding: bits to write the length in; None takes the shortest, as section 5.2 asks.

    Raises:
        ValueError: the opcode, the key or the length does not fit into its field.
    """
    if not 0 <= opcode <= 0xF:
        raise ValueError(f"an opcode has four bits, {opcode} does not fit")
    if masking_key is not None and len(masking_key) != 4:
        raise ValueError(f"a masking key has 4 bytes, not {len(masking_key)}")
    first = opcode | fin << 7 | rsv1 << 6 | rsv2 << 5 | rsv3 << 4
    mask_bit = 0x80 if masking_key is not None else 0
    encoding = length_encoding or _shortest(payload_length)
    largest = 125 if encoding == 7 else (1 << encoding) - 1
    if not 0 <= payload_length <= largest:
        raise ValueError(f"a length of {payload_length} does not fit into {encoding} bits")
    if encoding == 7:
        head = bytes((first, mask_bit | payload_length))
    elif encoding == 16:
        head = pack("!BBH", first, mask_bit | 126, payload_length)
    else:
        head = pack("!BBQ", first, mask_bit | 127, payload_length)
    return head + masking_key if masking_key is not None else head


def _shortest(payload_length: int) -> LengthEncoding:
    return 7 if payload_length < 126 else 16 if payload_length < 0x10000 else 64


def frame_bytes(header: bytes, payload: bytes) -> bytes:
    """Join a header and its payload as they go onto the wire, masking where the header says so."""
    if header[1] & 0x80:
        payload = apply_mask(payload, header[-4:])
    return header + payload
