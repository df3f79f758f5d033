"""What arrived of one track and waits to be written to a file.

Frames are held for a moment: packets that were lost come late, and the file wants its frames in
order. The first frame of video is a key frame; whatever came before it cannot be shown.
"""

from wirescope.events import MediaKind
from wirescope.transports.webrtc.media.muxing import OPUS, MuxedFile, TrackHead
from wirescope.transports.webrtc.media.rtp_clock import RtpClock, opus_length_s
from wirescope.transports.webrtc.media.tapping import Arrived

HOLD_S = 0.3
"""Seconds for a frame that was lost to come again before those after it are written."""

SETTLE_S = 0.5
"""Seconds of a track that show how its clock lies."""

MAX_BYTES = 32 << 20
"""Bytes of a track that wait to be written; there are more only where a disk stands still."""

RECENT = 256
"""Frames that are remembered, to know one that comes again."""

VIDEO_RATE = 90_000
AUDIO_RATE = 48_000


class Lane:
    """Frames of one track.

    Args:
        kind: audio or video.
        mid: its media section.
        file_type: the kind of file that they are for.

    Attributes:
        kind: audio or video.
        mid: its media section.
        agreed: the codec that the two sides have agreed on first.
        codec: that of the first frame; empty before.
        place: its place in the file; None while or where it has none.
        is_left_out: it will not have one.
        taken: frames that were written, or will be.
        dropped: frames that could not be: another codec than the first, nothing to begin with, no
            room.
    """

    def __init__(self, kind: MediaKind, mid: str, file_type: type[MuxedFile]) -> None:
        self.kind = kind
        self.mid = mid
        self._file_type = file_type
        self.agreed = ""
        self.codec = ""
        self.place: int | None = None
        self.is_left_out = False
        self.taken = self.dropped = 0
        self.first_at_s = 0.0
        self._clock = RtpClock(VIDEO_RATE if kind == "video" else AUDIO_RATE)
        self._held: list[tuple[float, float, Arrived]] = []  # position, arrival, frame
        self._bytes = 0
        self._needs_key = kind == "video"
        self._key_frame = b""
        self._settled = False
        self._recent: dict[int, int] = {}  # of timestamps, what their frames looked like

    @property
    def has_begun(self) -> bool:
        """Whether there is a frame that a file can begin with."""
        return self.taken > 0

    @property
    def needs_key(self) -> bool:
        """Whether nothing can be written before a key frame has come."""
        return self._needs_key

    @property
    def can_be_announced(self) -> bool:
        """Whether a file can be told of it before a frame of it has come."""
        return not self.codec and self.agreed in self._file_type.announced

    @property
    def is_recordable(self) -> bool:
        """Whether the file holds its codec."""
        return self.codec in self._file_type.codecs

    def take(self, frame: Arrived) -> None:
        """Keep a frame that has arrived."""
        if self._is_copy(frame):
            return
        if self.is_left_out:
            self.dropped += 1
            return
        length_s = opus_length_s(frame.data[:2]) if frame.codec == OPUS else 0.0
        position_s = self._clock.note(
            frame.timestamp, frame.at_s, source=frame.source, length_s=length_s
        )
        if not self.codec and self.place is not None:
            self.codec = self.agreed  # the file has been told
            self.first_at_s = frame.at_s
        if not self.codec and (frame.is_key or self.kind == "audio"):
            self.codec = frame.codec
            self.first_at_s = frame.at_s
        if self.codec and not self.is_recordable:
            self.dropped += 1
            return
        no_room = self._bytes + len(frame.data) > MAX_BYTES
        if frame.codec != self.codec or no_room:
            self._needs_key = self.kind == "video"
        if frame.codec != self.codec or no_room or (self._needs_key and not frame.is_key):
            self.dropped += 1
            return
        if self.kind == "video" and not self._key_frame:
            self._key_frame = frame.data
        self._needs_key = False
        self._held.append((position_s, frame.at_s, frame))
        self._bytes += len(frame.data)
        self.taken += 1

    def _is_copy(self, frame: Arrived) -> bool:
        """Whether a frame is one that has come before.

        A sender that measures the path pads with packets that it sends again (RFC 4588), and the
        engine makes frames of them that only its decoder would leave out.
        """
        known = hash(frame.data)
        if self._recent.get(frame.timestamp) == known:
            return True
        self._recent[frame.timestamp] = known
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]
        return False

    def settle(self, place: int) -> TrackHead:
        """Take a place in the file: its clock does not move any more against those of the others.

        A track that is silent yet is announced as what was agreed on, since a file has to say at
        its beginning what will be in it.
        """
        self.place = place
        if self.has_begun:
            self._settled = True
            self._clock.settle()
        return TrackHead(self.codec or self.agreed, self._key_frame)

    def leave_out(self) -> None:
        """Keep nothing of it: it is not in the file."""
        self.is_left_out = True
        self._held.clear()
        self.dropped += self.taken
        self.taken = 0

    def begins_s(self) -> float:
        """Tell when the first frame was taken."""
        return self._clock.time_of(min(position_s for position_s, _, _ in self._held))

    def release(self, until_s: float) -> list[tuple[float, Arrived]]:
        """Give the frames that came until then, with the times at which they were taken."""
        if not self._settled:  # it was silent when the file began
            if not self._held or until_s < self.first_at_s + SETTLE_S:
                return []
            self._settled = True
            self._clock.settle()
        limit_s = max(
            (position_s for position_s, at_s, _ in self._held if at_s <= until_s), default=None
        )
        if limit_s is None:
            return []
        # With them goes what came late and belongs before them.
        due = sorted((each for each in self._held if each[0] <= limit_s), key=lambda each: each[0])
        self._held = [each for each in self._held if each[0] > limit_s]
        self._bytes = sum(len(frame.data) for _, _, frame in self._held)
        return [(self._clock.time_of(position_s), frame) for position_s, _, frame in due]
