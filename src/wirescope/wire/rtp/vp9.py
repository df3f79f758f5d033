"""The payload descriptor of VP9 (RFC 9628 section 4.2).

The picture itself is not read: the descriptor says whether a key frame begins here, which layers
the frame is of, and, in its scalability structure, how large each spatial layer is.
"""

import msgspec

from wirescope.errors import PacketError

_CLAUSE = "RFC 9628 4.2"


class Vp9Picture(msgspec.Struct, frozen=True, gc=False):
    """One picture of a picture group (section 4.2.1).

    Attributes:
        temporal_id: its temporal layer.
        switching_up: whether a receiver may switch up to that layer here (U).
        references: how many pictures back each picture is that it refers to.
    """

    temporal_id: int
    switching_up: bool
    references: tuple[int, ...]


class Vp9Structure(msgspec.Struct, frozen=True, gc=False):
    """A scalability structure (section 4.2.1).

    Attributes:
        spatial_layers: 1 to 8.
        sizes: width and height of each spatial layer in pixels; empty where they are not sent.
        pictures: the picture group; empty where it is not sent.
    """

    spatial_layers: int
    sizes: tuple[tuple[int, int], ...]
    pictures: tuple[Vp9Picture, ...]


class Vp9Descriptor(msgspec.Struct, frozen=True, gc=False):
    """A payload descriptor.

    Attributes:
        length: bytes of it; the VP9 payload follows.
        inter_picture_predicted: whether it refers to earlier pictures (P).
        flexible: whether references are sent with each frame (F).
        starts_frame: whether a layer frame begins in this packet (B).
        ends_frame: whether it ends here (E).
        not_reference_for_upper: whether no higher spatial layer needs it (Z).
        picture_id: counts pictures, wraps at 7 or 15 bits; None where it is not sent.
        picture_id_offset: where it stands; 0 without one.
        picture_id_bits: 7 or 15, 0 without one.
        temporal_id: the temporal layer, None where layers are not sent.
        spatial_id: the spatial layer, likewise.
        switching_up: whether a receiver may switch up to this temporal layer here (U).
        inter_layer_predicted: whether it needs the next lower spatial layer (D).
        tl0_pic_idx: counts pictures of the lowest temporal layer; None where it is not sent.
        tl0_pic_idx_offset: where it stands; 0 without one.
        references: how many pictures back each reference is, in flexible mode.
        structure: the scalability structure, where it is sent (V).
    """

    length: int
    inter_picture_predicted: bool
    flexible: bool
    starts_frame: bool
    ends_frame: bool
    not_reference_for_upper: bool
    picture_id: int | None = None
    picture_id_offset: int = 0
    picture_id_bits: int = 0
    temporal_id: int | None = None
    spatial_id: int | None = None
    switching_up: bool = False
    inter_layer_predicted: bool = False
    tl0_pic_idx: int | None = None
    tl0_pic_idx_offset: int = 0
    references: tuple[int, ...] = ()
    structure: Vp9Structure | None = None

    @property
    def starts_key_frame(self) -> bool:
        """Whether this packet begins a key frame: its lowest spatial layer refers to nothing."""
        return self.starts_frame and not self.inter_picture_predicted and not self.spatial_id


def parse_vp9(payload: bytes) -> Vp9Descriptor:
    """Read the descriptor of an RTP payload.

    Raises:
        PacketError: it is cut short, no picture follows it, or it refers to too many pictures.
    """
    try:
        return _parse(payload)
    except IndexError:
        raise PacketError(
            f"The VP9 payload ends after {len(payload)} bytes, before its descriptor does.",
            clause=_CLAUSE,
            offset=len(payload),
        ) from None


def _parse(payload: bytes) -> Vp9Descriptor:
    first = payload[0]
    position = 1
    picture_id = temporal_id = spatial_id = tl0_pic_idx = None
    picture_id_offset = picture_id_bits = tl0_pic_idx_offset = layers = 0
    flexible, predicted = bool(first & 0x10), bool(first & 0x40)
    if first & 0x80:
        picture_id, picture_id_offset, picture_id_bits = payload[1], 1, 7
        position = 2
        if picture_id & 0x80:
            picture_id, picture_id_bits = (picture_id & 0x7F) << 8 | payload[2], 15
            position = 3
    if first & 0x20:
        layers = payload[position]
        temporal_id, spatial_id = layers >> 5, layers >> 1 & 0x07
        position += 1
        if not flexible:
            tl0_pic_idx, tl0_pic_idx_offset = payload[position], position
            position += 1
    references: tuple[int, ...] = ()
    if flexible and predicted:
        references, position = _references(payload, position)
    structure = None
    if first & 0x02:
        structure, position = _structure(payload, position)
    payload[position]  # a picture has to follow
    return Vp9Descriptor(
        position,
        predicted,
        flexible,
        bool(first & 0x08),
        bool(first & 0x04),
        bool(first & 0x01),
        picture_id,
        picture_id_offset,
        picture_id_bits,
        temporal_id,
        spatial_id,
        bool(layers & 0x10),
        bool(layers & 0x01),
        tl0_pic_idx,
        tl0_pic_idx_offset,
        references,
        structure,
    )


def _references(payload: bytes, position: int) -> tuple[tuple[int, ...], int]:
    """Read P_DIFF up to three times; the lowest bit says that another one follows."""
    found: list[int] = []
    more = True
    while more:
        if len(found) == 3:
            message = "The VP9 descriptor refers to more than three pictures."
            raise PacketError(message, clause=_CLAUSE, offset=position)
        byte = payload[position]
        position += 1
        found.append(byte >> 1)
        more = bool(byte & 0x01)
    return tuple(found), position


def _structure(payload: bytes, position: int) -> tuple[Vp9Structure, int]:
    head = payload[position]
    position += 1
    layers = (head >> 5) + 1
    sizes = []
    if head & 0x10:
        for _ in range(layers):
            payload[position + 3]  # all four bytes have to be there
            width = payload[position] << 8 | payload[position + 1]
            sizes.append((width, payload[position + 2] << 8 | payload[position + 3]))
            position += 4
    pictures = []
    if head & 0x08:
        count = payload[position]
        position += 1
        for _ in range(count):
            byte = payload[position]
            references = byte >> 2 & 0x03
            position += 1
            if references:
                payload[position + references - 1]
            diffs = tuple(payload[position : position + references])
            position += references
            pictures.append(Vp9Picture(byte >> 5, bool(byte & 0x10), diffs))
    return Vp9Structure(layers, tuple(sizes), tuple(pictures)), position
