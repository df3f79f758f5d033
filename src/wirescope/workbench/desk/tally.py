"""What has passed on the connections of one recording so far, counted while it passes.

It is on the way of every event, so it does as little as can be. Rates are those of the last second.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from wirescope.clock import SystemClock
from wirescope.events import (
    DataChannelMessage,
    Emission,
    Event,
    Finding,
    Severity,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.workbench.desk.carriers import AnyMessage
from wirescope.workbench.desk.states import Rates

_SECOND_NS = 1_000_000_000


class _Sample(NamedTuple):
    at_ns: int
    sent: int
    received: int
    sent_bytes: int
    received_bytes: int


class Tally:
    """Counts of one recording.

    Args:
        on_event: is given what is neither frame nor message.
        on_received: is given each received message; None when nobody wants it.

    Attributes:
        last_seq: the last event.
        sent: messages.
        received: messages.
        sent_bytes: on the wire; of data channels the payload alone.
        received_bytes: likewise.
        findings: how many of each severity.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None],
        *,
        on_received: Callable[[AnyMessage], None] | None = None,
    ) -> None:
        self.last_seq = 0
        self.sent = self.received = self.sent_bytes = self.received_bytes = 0
        self.findings: dict[Severity, int] = {"error": 0, "warning": 0, "info": 0}
        self._on_event = on_event
        self._on_received = on_received
        self._samples: deque[_Sample] = deque(maxlen=64)

    def feed(self, emissions: Sequence[Emission]) -> None:
        """Take what was emitted; holds nobody back."""
        for emission in emissions:
            if type(emission) is WebSocketFrame:
                short = emission.header[1] & 0x7F
                length = short if short < 126 else emission.payload_length
                if emission.direction == "sent":
                    self.sent_bytes += len(emission.header) + length
                else:
                    self.received_bytes += len(emission.header) + length
                self.last_seq = emission.seq
            elif type(emission) is WebSocketMessage:
                self.last_seq = emission.seq
                if emission.direction == "sent":
                    self.sent += 1
                    continue
                self.received += 1
                if self._on_received is not None:
                    self._on_received(emission)
            elif type(emission) is DataChannelMessage:
                self._take_channel_message(emission)
            elif isinstance(emission, Event):
                self.last_seq = emission.seq
                if isinstance(emission, Finding):
                    self.findings[emission.severity] += 1
                self._on_event(emission)

    def _take_channel_message(self, message: DataChannelMessage) -> None:
        self.last_seq = message.seq
        if message.direction == "sent":
            self.sent += 1
            self.sent_bytes += message.length
            return
        self.received += 1
        self.received_bytes += message.length
        if self._on_received is not None:
            self._on_received(message)

    def rates(self, capture: str) -> Rates:
        """Give the rates of the last second, as far as they were asked for during it."""
        now = _Sample(
            *(SystemClock.monotonic_ns(), self.sent, self.received),
            *(self.sent_bytes, self.received_bytes),
        )
        samples = self._samples
        while len(samples) > 1 and samples[1].at_ns <= now.at_ns - _SECOND_NS:
            samples.popleft()
        before = samples[0] if samples else now
        samples.append(now)
        seconds = max(now.at_ns - before.at_ns, _SECOND_NS // 20) / _SECOND_NS
        return Rates(
            capture=capture,
            sent=round((now.sent - before.sent) / seconds, 1),
            received=round((now.received - before.received) / seconds, 1),
            sent_bytes=round((now.sent_bytes - before.sent_bytes) / seconds),
            received_bytes=round((now.received_bytes - before.received_bytes) / seconds),
        )
