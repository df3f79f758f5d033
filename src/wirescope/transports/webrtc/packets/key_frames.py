"""Key frames: where one begins, and asking for one without asking too often.

A picture can be joined at a key frame only. A publisher makes one when it is asked (RFC 4585
section 6.3.1), and each costs many times a usual frame, so what several viewers want is asked once.
"""

from collections.abc import Callable

from wirescope.errors import PacketError
from wirescope.wire.rtp import Vp8Descriptor, Vp9Descriptor, parse_vp8, parse_vp9

Picture = Vp8Descriptor | Vp9Descriptor
"""A payload descriptor that counts pictures."""

Found = tuple[bool, Picture | None]
"""Whether a key frame begins in a payload, and its descriptor where it has one."""

ASK_AGAIN_NS = 300_000_000
"""A publisher is not asked more often, as each key frame costs all viewers."""

_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


def _vp8(payload: bytes) -> Found:
    found = parse_vp8(payload)
    return found.starts_key_frame, found


def _vp9(payload: bytes) -> Found:
    found = parse_vp9(payload)
    return found.starts_key_frame, found


def _h264(payload: bytes) -> Found:
    """RFC 6184 section 5.2: by the types of the NAL units in it."""
    kind = payload[0] & 0x1F
    if kind == _STAP_A:
        kind = payload[3] & 0x1F
    elif kind == _FU_A and payload[1] & 0x80:
        kind = payload[1] & 0x1F
    return kind in (_IDR, _SPS), None


def _av1(payload: bytes) -> Found:
    """RTP payload format for AV1, section 4.4: N, the first packet of a coded video sequence."""
    return bool(payload[0] & 0x08), None


_READERS: dict[str, Callable[[bytes], Found]] = {
    "vp8": _vp8,
    "vp9": _vp9,
    "h264": _h264,
    "av1": _av1,
}


def reader(codec: str) -> Callable[[bytes], Found] | None:
    """Give what looks for key frames in payloads; None for a codec without."""
    read = _READERS.get(codec.lower())
    if read is None:
        return None

    def find(payload: bytes) -> Found:
        try:
            return read(payload)
        except (PacketError, IndexError):
            return False, None

    return find


class KeyFrameRequests:
    """What is asked of one stream.

    A wish is told once; whoever still waits wishes again, which a layer that is not sent any more
    must not go on to be asked for.

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
        self._wanted = False
        self.asked += 1
        return True

    def note_key_frame(self) -> None:
        """Note that one has come."""
        self._wanted = False
