"""The counters of pictures in VP8 and VP9, kept going when a viewer's stream changes.

Each layer of simulcast and each publisher counts its pictures by itself, and a receiver takes a
picture whose counter is not the next for one that follows a loss, or is older than the last (RFC
7741 section 4.2, RFC 9628 section 4.2).
"""

from wirescope.transports.webrtc.packets.key_frames import Picture
from wirescope.wire.rtp import RtpPacket, is_newer, rewrite_counters


class PictureIds:
    """Follows the counters of one stream to a viewer."""

    def __init__(self) -> None:
        self._shift = (0, 0)  # of the picture id and of TL0PICIDX
        self._last: tuple[int, int] | None = None
        self._begins = False

    def begin(self) -> None:
        """Note that the next payload is of another stream."""
        self._begins = self._last is not None

    def passed(self, packet: RtpPacket, found: Picture) -> bytes | None:
        """Give a payload with its counters as the viewer has to see them; None if it can stay."""
        if found.picture_id is None:
            return None
        if self._begins:
            self._join(found.picture_id, found.tl0_pic_idx or 0)
        bits = found.picture_id_bits
        picture = (found.picture_id + self._shift[0]) & ((1 << bits) - 1)
        layer = ((found.tl0_pic_idx or 0) + self._shift[1]) & 0xFF
        if self._last is None or is_newer(picture, self._last[0], bits=bits):
            self._last = (picture, layer)
        if self._shift == (0, 0):
            return None
        return rewrite_counters(packet.payload, found, picture_id=picture, tl0_pic_idx=layer)

    def _join(self, picture_id: int, tl0_pic_idx: int) -> None:
        self._begins = False
        picture, layer = self._last or (0, 0)
        self._shift = (picture + 1 - picture_id, layer + 1 - tl0_pic_idx)
