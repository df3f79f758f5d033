"""The counters in VP8's payload descriptor, kept going when a viewer's layer changes.

Each layer of simulcast counts its frames by itself, and a receiver takes a frame whose counter is
not the next for one that follows a loss (RFC 7741 section 4.2).
"""

from wirescope.errors import PacketError
from wirescope.wire.rtp import Vp8Descriptor, is_newer, parse_vp8, rewrite_vp8


class PictureIds:
    """Follows the counters of one stream to a viewer."""

    def __init__(self) -> None:
        self._shift = (0, 0)  # of the picture id and of TL0PICIDX
        self._last: tuple[int, int] | None = None
        self._begins = False

    def begin(self) -> None:
        """Note that the next payload is of another stream."""
        self._begins = self._last is not None

    def passed(self, payload: bytes) -> bytes | None:
        """Give a payload with its counters as the viewer has to see them; None if it can stay."""
        try:
            found = parse_vp8(payload)
        except PacketError:
            return None
        if found.picture_id is None:
            return None
        if self._begins:
            self._join(found)
        picture = (found.picture_id + self._shift[0]) & ((1 << found.picture_id_bits) - 1)
        layer = ((found.tl0_pic_idx or 0) + self._shift[1]) & 0xFF
        if self._last is None or is_newer(picture, self._last[0], bits=found.picture_id_bits):
            self._last = (picture, layer)
        if self._shift == (0, 0):
            return None
        return rewrite_vp8(payload, found, picture_id=picture, tl0_pic_idx=layer)

    def _join(self, found: Vp8Descriptor) -> None:
        self._begins = False
        picture, layer = self._last or (0, 0)
        self._shift = (picture + 1 - (found.picture_id or 0), layer + 1 - (found.tl0_pic_idx or 0))
