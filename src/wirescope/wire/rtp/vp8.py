"""The payload descriptor of VP8 (RFC 7741 section 4.2), and what a key frame's header says.

Only as much of the picture is read as forwarding and looking at it need: whether a key frame begins
here, and how large it is.
"""

import msgspec

from wirescope.errors import PacketError

_CLAUSE = "RFC 7741 4.2"
_START_CODE = b"\x9d\x01\x2a"  # RFC 6386 section 9.1


class Vp8Descriptor(msgspec.Struct, frozen=True, gc=False):
    """A payload descriptor.

    Attributes:
        length: bytes of it; the VP8 payload follows.
        starts_partition: whether a partition begins in this packet (S).
        partition: the partition's number, 0 for the first (PID).
        non_reference: whether no other frame needs this one (N).
        picture_id: counts frames, wraps at 7 or 15 bits; None where it is not sent.
        picture_id_offset: where it stands; 0 without one.
        picture_id_bits: 7 or 15, 0 without one.
        tl0_pic_idx: TL0PICIDX, counts frames of the lowest temporal layer; None where not sent.
        tl0_pic_idx_offset: where it stands; 0 without one.
        temporal_id: the temporal layer, 0 for the lowest; None where it is not sent.
        layer_sync: whether a receiver may switch up to this temporal layer here (Y).
        key_index: which key frame later frames refer to, 5 bits; None where it is not sent.
        starts_key_frame: whether this packet begins a key frame.
        width: pixels, where a key frame begins and says so.
        height: likewise.
    """

    length: int
    starts_partition: bool
    partition: int
    non_reference: bool
    picture_id: int | None = None
    picture_id_offset: int = 0
    picture_id_bits: int = 0
    tl0_pic_idx: int | None = None
    tl0_pic_idx_offset: int = 0
    temporal_id: int | None = None
    layer_sync: bool = False
    key_index: int | None = None
    starts_key_frame: bool = False
    width: int | None = None
    height: int | None = None

    @property
    def starts_frame(self) -> bool:
        """Whether this packet begins a frame."""
        return self.starts_partition and not self.partition


def parse_vp8(payload: bytes) -> Vp8Descriptor:
    """Read the descriptor of an RTP payload.

    Raises:
        PacketError: it is cut short, or no picture follows it.
    """
    try:
        return _parse(payload)
    except IndexError:
        raise PacketError(
            f"The VP8 payload ends after {len(payload)} bytes, before its descriptor does.",
            clause=_CLAUSE,
            offset=len(payload),
        ) from None


def _parse(payload: bytes) -> Vp8Descriptor:
    first = payload[0]
    position = 1
    picture_id = tl0_pic_idx = temporal_id = key_index = None
    picture_id_offset = picture_id_bits = tl0_pic_idx_offset = 0
    layer_sync = False
    if first & 0x80:
        extended = payload[1]
        position = 2
        if extended & 0x80:
            picture_id, picture_id_offset, picture_id_bits = payload[2], 2, 7
            position = 3
            if picture_id & 0x80:
                picture_id, picture_id_bits = (picture_id & 0x7F) << 8 | payload[3], 15
                position = 4
        if extended & 0x40:
            tl0_pic_idx, tl0_pic_idx_offset = payload[position], position
            position += 1
        if extended & 0x30:
            layers = payload[position]
            position += 1
            if extended & 0x20:
                temporal_id, layer_sync = layers >> 6, bool(layers & 0x20)
            if extended & 0x10:
                key_index = layers & 0x1F
    # section 4.3: the lowest bit of the picture's first byte is 0 in a key frame
    begins = bool(first & 0x10) and not first & 0x07
    key = not payload[position] & 0x01 and begins
    width, height = _size(payload, position) if key else (None, None)
    return Vp8Descriptor(
        position,
        bool(first & 0x10),
        first & 0x07,
        bool(first & 0x20),
        picture_id,
        picture_id_offset,
        picture_id_bits,
        tl0_pic_idx,
        tl0_pic_idx_offset,
        temporal_id,
        layer_sync,
        key_index,
        key,
        width,
        height,
    )


def _size(payload: bytes, position: int) -> tuple[int | None, int | None]:
    """Read a key frame's size (RFC 6386 section 9.1); the two highest bits are for scaling."""
    if payload[position + 3 : position + 6] != _START_CODE or len(payload) < position + 10:
        return None, None
    width = int.from_bytes(payload[position + 6 : position + 8], "little") & 0x3FFF
    height = int.from_bytes(payload[position + 8 : position + 10], "little") & 0x3FFF
    return width, height
