"""Key frames: where one begins, and asking for one without asking too often.

A picture can be joined at a key frame only. A publisher makes one when it is asked (RFC 4585
section 6.3.1), and each costs many times a usual frame, so what several viewers want is asked once.
"""

from collections.abc import Callable

from wirescope.errors import PacketError
from wirescope.wire.rtp import parse_vp8, parse_vp9

ASK_AGAIN_NS = 300_000_000
"""A publisher that has not answered by then may not have got the question."""

_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


def _vp8(payload: bytes) -> bool:
    return parse_vp8(payload).starts_key_frame


def _vp9(payload: bytes) -> bool:
    return parse_vp9(payload).starts_key_frame


def _h264(payload: bytes) -> bool:
    """RFC 6184 section 5.2: by the types of the NAL units in it."""
    kind = payload[0] & 0x1F
    if kind == _STAP_A:
        kind = payload[3] & 0x1F
    elif kind == _FU_A and payload[1] & 0x80:
        kind = payload[1] & 0x1F
    return kind in (_IDR, _SPS)


def _av1(payload: bytes) -> bool:
    """RTP payload format for AV1, section 4.4: N, the first packet of a coded video sequence."""
    return bool(payload[0] & 0x08)


_STARTS: dict[str, Callable[[bytes], bool]] = {
    "vp8": _vp8,
    "vp9": _vp9,
    "h264": _h264,
    "av1": _av1,
}


def finder(codec: str) -> Callable[[bytes], bool] | None:
    """Give what tells whether a key frame begins in a payload; None for a codec without."""
    starts = _STARTS.get(codec.lower())
    if starts is None:
        return None

    def find(payload: bytes) -> bool:
        try:
            return starts(payload)
        except (PacketError, IndexError):
            return False

    return find


class KeyFrameRequests:
    """What is asked of one stream.

    Attributes:
        asked: how often a key frame was asked for.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._wanted = False
        self._asked_ns: int | None = None

    def want(self) -> None:
        """Note that somebody needs a key frame."""
        self._wanted = True

    def is_due(self, now_ns: int) -> bool:
        """Whether to ask now; if so, that is noted."""
        if not self._wanted:
            return False
        if self._asked_ns is not None and now_ns - self._asked_ns < ASK_AGAIN_NS:
            return False
        self._asked_ns = now_ns
        self.asked += 1
        return True

    def note_key_frame(self) -> None:
        """Note that one has come."""
        self._wanted = False
