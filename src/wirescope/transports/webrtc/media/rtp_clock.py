"""RTP timestamps as seconds on the receiver's clock, so that picture and sound are put in step.

The clock of a stream begins anywhere (RFC 3550 section 5.1), and the two streams of a camera have
nothing in common but when their packets arrive. The packet that was least delayed shows how a
stream's clock lies to the receiver's; queues and jitter only ever add to that. Sender reports would
say it without the delay, but the engine tells no timestamp of them.

Pure: the time of arrival comes in as an argument.
"""

WINDOW_S = 2.0
"""Seconds over which the least delay is looked for."""

STEP_S = 0.25
"""A least delay that moves by more than this between two windows is a clock that stood still."""

JUMP_S = 5.0
"""A single frame that is off by more than this shows that the clock was set anew."""


class RtpClock:
    """Follows the clock of one RTP stream.

    Args:
        rate: ticks in a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._last: int | None = None  # the newest timestamp
        self._ticks = 0  # counted on from the first, without wrapping
        self._source: int | None = None
        self._shift_s = 0.0  # what jumps and steps have added
        self._window_ends_s = 0.0
        self._window_least_s = float("inf")
        self._trend_s: float | None = None  # the least delay of the window before
        self._offset_s = float("inf")
        self._settled = False

    def note(
        self, timestamp: int, arrived_s: float, *, source: int | None = None, length_s: float = 0
    ) -> float:
        """Take a frame's timestamp; its position in seconds, which `time_of` turns into a time.

        Args:
            timestamp: of RTP, 32 bits.
            arrived_s: when its first packet arrived.
            source: the stream's SSRC, as far as it is known.
            length_s: seconds that the frame lasts, where it can only be sent when it is over, as
                with sound: its timestamp is that of its beginning.
        """
        set_anew = source != self._source and self._last is not None
        self._source = source
        ticks = self._unwrapped(timestamp)
        position_s = ticks / self._rate + self._shift_s
        delay_s = arrived_s - length_s - position_s
        expected_s = self._trend_s if self._trend_s is not None else self._window_least_s
        if set_anew or (self._last is not None and abs(delay_s - expected_s) > JUMP_S):
            self._shift_s += delay_s - expected_s
            position_s += delay_s - expected_s
            delay_s = expected_s
        if self._last is None or ticks > self._ticks or set_anew:
            self._last, self._ticks = timestamp, ticks
        self._follow(delay_s, arrived_s)
        return position_s

    def _unwrapped(self, timestamp: int) -> int:
        """Count ticks on; a timestamp that is less than half the range behind is an older one."""
        if self._last is None:
            return self._ticks
        difference = (timestamp - self._last) & 0xFFFF_FFFF
        if difference >= 1 << 31:
            difference -= 1 << 32
        return self._ticks + difference

    def _follow(self, delay_s: float, arrived_s: float) -> None:
        if not self._settled:
            self._offset_s = min(self._offset_s, delay_s)
        if self._window_least_s == float("inf"):
            self._window_ends_s = arrived_s + WINDOW_S
        self._window_least_s = min(self._window_least_s, delay_s)
        if arrived_s < self._window_ends_s:
            return
        least_s = self._window_least_s
        if self._trend_s is not None and abs(least_s - self._trend_s) > STEP_S:
            self._shift_s += least_s - self._trend_s
        else:
            self._trend_s = least_s
        self._window_least_s = float("inf")

    def settle(self) -> None:
        """Keep to the delay that was seen so far, however it changes."""
        self._settled = True

    def time_of(self, position_s: float) -> float:
        """Tell when something at a position was taken, on the receiver's clock.

        Both streams of a peer are late by what the network takes at least.
        """
        return position_s + self._offset_s


_SILK_MS = (10, 20, 40, 60)
_HYBRID_MS = (10, 20)
_CELT_MS = (2.5, 5, 10, 20)


def opus_length_s(packet: bytes) -> float:
    """Tell how many seconds of sound are in an Opus packet (RFC 6716 section 3.1)."""
    if not packet:
        return 0.0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame_ms: float = _SILK_MS[config & 3]
    elif config < 16:
        frame_ms = _HYBRID_MS[config & 1]
    else:
        frame_ms = _CELT_MS[config & 3]
    count = (1, 2, 2, packet[1] & 0x3F if len(packet) > 1 else 0)[code]
    return frame_ms * count / 1000
