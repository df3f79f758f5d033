"""One direction of a connection in figures, gathered while its messages pass by.

Messages are added by the run, and what is computed of each is computed by the interpreter's own
loops: this is the part of the analysis that every message pays for. Memory is bounded: counts,
histograms with few classes, and a sample of the payloads.
"""

from collections import Counter
from collections.abc import Sequence
from operator import sub

import msgspec

from wirescope.analysis.allowance import MESSAGE_BYTES, Allowance
from wirescope.analysis.metrics.spread import Spread
from wirescope.events import WebSocketFrame, WebSocketMessage

SAMPLE_BYTES = 1 << 20
"""Bytes of payload that are kept of each direction to look into."""

SAMPLE_MESSAGES = 4096
"""Messages that are kept of each direction to look into, at most."""

SECOND_NS = 1_000_000_000

STALL_NS = 200_000_000
"""The shortest gap that can be a stall: TCP's smallest retransmission time-out on most systems."""

STALL_FACTOR = 10
"""How many times the mean gap a stall takes, so that a slow flow does not stall all the time."""

BURST_NS = 100_000_000
"""Messages that come within this time after a stall came in its burst."""

_SETTLED = 20
_STALLS = 64
_LITTLE = 1024


class Stall(msgspec.Struct):
    """A gap in a direction's messages that is out of proportion.

    Attributes:
        gap_ns: how long nothing came.
        before: the number of the message before it.
        after: the number of the message that ended it.
        burst: messages that came within `BURST_NS` from then on, that one included.
        usual_ns: the mean gap until then.
        ended_ns: when the message came that ended it.
    """

    gap_ns: int
    before: int
    after: int
    burst: int
    usual_ns: int
    ended_ns: int


class Flow:
    """The messages of one direction.

    Attributes:
        messages: how many there were.
        payload_bytes: their lengths, decoded, in all.
        wire_bytes: what they took on the wire, in all.
        text: how many were text.
        compressed: how many were compressed.
        compressed_bytes: the lengths of those, decoded, in all.
        compressed_wire_bytes: what those took on the wire, in all.
        fragments: frames that continued a message, in all.
        may_compress: whether messages may be compressed: not known, or agreed on.
        longest: the longest one; None without messages.
        first: the first one; None without messages.
        last: the last one; None without messages.
        lengths: their lengths, decoded.
        gaps_ns: the nanoseconds from one message to the next.
        longest_gap: nanoseconds, and the message that ended it; None with fewer than two.
        busiest_second: the most messages that came within one second of the clock.
        busiest_bytes: the most bytes, decoded, that came within one second of the clock.
        stalls: the first gaps that were out of proportion.
        stalled: how many of those there were.
        sample: the first messages, up to `SAMPLE_BYTES` of payload.
        last_frame: the last frame; None without frames.
    """

    __slots__ = (
        *("busiest_bytes", "busiest_second", "compressed", "compressed_bytes"),
        *("compressed_wire_bytes", "first", "fragments", "gaps_ns", "last", "last_frame"),
        *(
            "lengths",
            "longest",
            "longest_gap",
            "may_compress",
            "messages",
            "payload_bytes",
            "sample",
            "stalled",
        ),
        *("stalls", "text", "wire_bytes"),
        *(
            "_allowance",
            "_burst_until_ns",
            "_bytes_in_second",
            "_in_second",
            "_interrupted",
            "_sample_left",
            "_second",
        ),
    )

    def __init__(self, allowance: Allowance | None = None) -> None:
        self.messages = self.payload_bytes = self.wire_bytes = self.text = 0
        self.compressed = self.compressed_bytes = self.compressed_wire_bytes = self.fragments = 0
        self.may_compress = True
        self.first: WebSocketMessage | None = None
        self.last: WebSocketMessage | None = None
        self.longest: WebSocketMessage | None = None
        self._allowance = allowance or Allowance()
        self.lengths = Spread(allowance=self._allowance)
        self.gaps_ns = Spread(allowance=self._allowance)
        self.longest_gap: tuple[int, WebSocketMessage] | None = None
        self.busiest_second = self.busiest_bytes = self.stalled = 0
        self.stalls: list[Stall] = []
        self.sample: list[WebSocketMessage] = []
        self.last_frame: WebSocketFrame | None = None
        self._sample_left = min(SAMPLE_BYTES, self._allowance.left_for_samples // 16)
        self._interrupted = False
        self._second = self._in_second = self._bytes_in_second = self._burst_until_ns = 0

    @property
    def duration_ns(self) -> int:
        """From the first message to the last."""
        if self.first is None or self.last is None:
            return 0
        return self.last.at_ns - self.first.at_ns

    def add(self, messages: Sequence[WebSocketMessage]) -> None:
        """Take messages that follow each other, at least one."""
        lengths = [message.length for message in messages]
        size = sum(lengths)
        wire = sum([message.wire_length for message in messages])
        self._add_times(messages, lengths, size)
        self.messages += len(messages)
        self.payload_bytes += size
        self.wire_bytes += wire
        self.lengths.add(lengths)
        longest = max(lengths)
        if self.longest is None or longest > self.longest.length:
            self.longest = _bare(messages[lengths.index(longest)])
        self.text += [message.kind for message in messages].count("text")
        if self.may_compress:
            self._add_compressed([message for message in messages if message.compressed])
        if self._sample_left > 0:
            self._add_sample(messages)
        if self.first is None:
            self.first = _bare(messages[0])
        self.last = _bare(messages[-1])

    def forget_payload(self) -> None:
        """Do without the payload of the last frame; whether it is whole is still known."""
        frame = self.last_frame
        if frame is not None and len(frame.payload) > _LITTLE and not frame.incomplete:
            # As one that is stored elsewhere, which it is.
            self.last_frame = msgspec.structs.replace(frame, payload=b"", payload_id=1)

    def interrupt(self) -> None:
        """Say that messages are missing here: the time until the next one is no gap."""
        self._interrupted = True

    def _add_compressed(self, messages: Sequence[WebSocketMessage]) -> None:
        self.compressed += len(messages)
        self.compressed_bytes += sum([message.length for message in messages])
        self.compressed_wire_bytes += sum([message.wire_length for message in messages])

    def _add_times(
        self, messages: Sequence[WebSocketMessage], lengths: Sequence[int], size: int
    ) -> None:
        times = [message.at_ns for message in messages]
        first, last = times[0] // SECOND_NS, times[-1] // SECOND_NS
        if first == last:
            self._add_to_second(first, len(messages), size)
        else:
            self._add_seconds(times, lengths)
        self._add_to_burst(times)
        if self.last is not None and not self._interrupted:
            times.insert(0, self.last.at_ns)
        self._interrupted = False
        gaps_ns = list(map(sub, times[1:], times))
        if not gaps_ns:
            return
        self.gaps_ns.add(gaps_ns)
        longest_ns = max(gaps_ns)
        if self.longest_gap is None or longest_ns > self.longest_gap[0]:
            behind = gaps_ns.index(longest_ns) + len(messages) - len(gaps_ns)
            self.longest_gap = longest_ns, _bare(messages[behind])
        if longest_ns >= STALL_NS:
            self._add_stalls(messages, gaps_ns)

    def _add_seconds(self, times: Sequence[int], lengths: Sequence[int]) -> None:
        counts: Counter[int] = Counter()
        sizes: Counter[int] = Counter()
        for at_ns, length in zip(times, lengths, strict=True):
            second = at_ns // SECOND_NS
            counts[second] += 1
            sizes[second] += length
        for second, count in counts.items():
            self._add_to_second(second, count, sizes[second])

    def _add_to_second(self, second: int, count: int, size: int) -> None:
        if second != self._second:
            self._second, self._in_second, self._bytes_in_second = second, 0, 0
        self._in_second += count
        self._bytes_in_second += size
        self.busiest_second = max(self.busiest_second, self._in_second)
        self.busiest_bytes = max(self.busiest_bytes, self._bytes_in_second)

    def _add_to_burst(self, times: Sequence[int]) -> None:
        """Count what comes in the burst of the last stall, if that goes on."""
        if self.stalls and times[0] < self._burst_until_ns:
            self.stalls[-1].burst += sum([at_ns < self._burst_until_ns for at_ns in times])

    def _add_stalls(self, messages: Sequence[WebSocketMessage], gaps_ns: Sequence[int]) -> None:
        ahead = len(messages) - len(gaps_ns)  # the very first message ends no gap
        for index, gap_ns in enumerate(gaps_ns, ahead):
            before = messages[index - 1] if index else self.last
            count = self.messages + index
            if gap_ns < STALL_NS or before is None or count < _SETTLED:
                continue
            start = self.first or messages[0]
            usual_ns = (before.at_ns - start.at_ns) // (count - 1)
            if gap_ns >= STALL_FACTOR * usual_ns:
                self.stalled += 1
                if len(self.stalls) < _STALLS:
                    after = messages[index]
                    until_ns = self._burst_until_ns = after.at_ns + BURST_NS
                    burst = sum([message.at_ns < until_ns for message in messages[index:]])
                    stall = Stall(gap_ns, before.seq, after.seq, burst, usual_ns, after.at_ns)
                    self.stalls.append(stall)

    def _add_sample(self, messages: Sequence[WebSocketMessage]) -> None:
        for message in messages:
            size = len(message.payload)
            left = self._allowance.left_for_samples
            if size + MESSAGE_BYTES > left or len(self.sample) >= SAMPLE_MESSAGES:
                self._sample_left = 0
                return
            self.sample.append(message)
            self._allowance.left -= size + MESSAGE_BYTES
            self._sample_left -= size
            if self._sample_left <= 0:
                return


def _bare(message: WebSocketMessage) -> WebSocketMessage:
    """Give a message without a long payload, since one is remembered of every connection."""
    if len(message.payload) <= _LITTLE:
        return message
    return msgspec.structs.replace(message, payload=b"")
