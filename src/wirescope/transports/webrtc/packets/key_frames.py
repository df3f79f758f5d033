"""Key frames: where one begins, and asking for one without asking too often.

A picture can be joined at a key frame only. A publisher makes one when it is asked (RFC 4585
section 6.3.1), and each costs many times a usual frame, so what several viewers want is asked once.
"""

from collections.abc import Callable, Iterator

from wirescope.errors import PacketError
from wirescope.transports.webrtc.packets.budget import Budget
from wirescope.wire.rtp import Vp8Descriptor, Vp9Descriptor, parse_vp8, parse_vp9

Picture = Vp8Descriptor | Vp9Descriptor
"""A payload descriptor that counts pictures."""

Found = tuple[bool, Picture | None]
"""Whether a key frame begins in a payload, and its descriptor where it has one."""

ASK_AGAIN_NS = 300_000_000
"""A publisher is not asked sooner again, as each key frame costs all viewers."""

WISHES, WISHES_PER_S = 4, 2
"""Key frames that a stream is asked for in quick succession, and after that in a second.

However many viewers join one after the other, each waits for half a second at most.
"""

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
        return any(map(_starts_idr, _aggregated(payload))), None
    if kind == _FU_A:  # RFC 6184 section 5.8: S, and the type of what is in pieces
        return bool(payload[1] & 0x80) and _starts_idr(payload[1:]), None
    return _starts_idr(payload), None


def _aggregated(payload: bytes) -> Iterator[bytes]:
    """Give the NAL units of a STAP-A (RFC 6184 section 5.7.1), of which any may be the one."""
    at = 1
    while at + 2 < len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        yield payload[at + 2 : at + 2 + size]
        at += 2 + size


def _starts_idr(unit: bytes) -> bool:
    """Whether a coded video sequence begins with a NAL unit.

    Of an IDR picture in several slices only the first counts, whose first_mb_in_slice is 0, a
    single bit (ITU-T H.264 section 7.3.3).
    """
    kind = unit[0] & 0x1F if unit else 0
    return kind == _SPS or (kind == _IDR and len(unit) > 1 and bool(unit[1] & 0x80))


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
        self._budget = Budget(at_once=WISHES, per_s=WISHES_PER_S)

    def want(self) -> None:
        """Note that somebody needs a key frame."""
        self._wanted = True

    def is_due(self, now_ns: int) -> bool:
        """Whether to ask now; if so, that is noted."""
        if not self._wanted:
            return False
        if self._asked_ns is not None and now_ns - self._asked_ns < ASK_AGAIN_NS:
            return False
        if not self._budget.take(1, now_ns):
            return False
        self._asked_ns = now_ns
        self._wanted = False
        self.asked += 1
        return True

    def note_key_frame(self) -> None:
        """Note that one has come."""
        self._wanted = False
