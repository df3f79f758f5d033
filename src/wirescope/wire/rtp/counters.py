"""The counters in the payload descriptors of VP8 and VP9, which both write in the same way."""

from wirescope.wire.rtp.vp8 import Vp8Descriptor
from wirescope.wire.rtp.vp9 import Vp9Descriptor


def rewrite_counters(
    payload: bytes,
    descriptor: Vp8Descriptor | Vp9Descriptor,
    *,
    picture_id: int | None = None,
    tl0_pic_idx: int | None = None,
) -> bytes:
    """Give the payload with other counters; one that it does not have, or None, stays.

    Whoever forwards now one, now another stream of a publisher has to keep both counters going
    (RFC 7741 section 4.2, RFC 9628 section 4.2: each increases by one). Numbers are cut to the
    bits that are there.
    """
    changed = bytearray(payload)
    at = descriptor.picture_id_offset
    if picture_id is not None and at:
        if descriptor.picture_id_bits == 15:
            changed[at : at + 2] = (0x8000 | picture_id & 0x7FFF).to_bytes(2, "big")
        else:
            changed[at] = picture_id & 0x7F
    if tl0_pic_idx is not None and descriptor.tl0_pic_idx_offset:
        changed[descriptor.tl0_pic_idx_offset] = tl0_pic_idx & 0xFF
    return bytes(changed)
