"""A capture at a glance: what each stretch of its file contains, in columns, and what stands out.

It is made of the summaries that the file has of its blocks; the only events that are read are those
that stand out: findings, ends, gaps, breaches. A stretch takes 72 bytes and holds what was saved
at a time; where these become too many, two neighbours are made one, again and again.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from wirescope.capture import Capture, Filter, Group, Stretch, parse_filter
from wirescope.events import (
    AnyEvent,
    CaptureGap,
    ConnectionClosed,
    ConnectionFailed,
    Finding,
    Severity,
    WebSocketMessage,
    WebSocketViolation,
)
from wirescope.workbench.desk.carriers import AnyMessage
from wirescope.workbench.desk.model import Mark
from wirescope.workbench.desk.reading import Deadline

MOST_STRETCHES = 16_384
"""So many are kept at most, and half as many at least once they are that many."""

MESSAGES = ("websocket.message", "data_channel.message")
"""Types of events that are whole messages."""

_PEER_TYPES = ("signaling.", "ice.", "peer.", "data_channel.", "media.", "stats")

MOST_MARKS = 5000
_MOST_ILLEGAL = 200_000
_NORMAL = (1000, 1001, 1005)
_TELLING_TYPES = frozenset(
    (
        *("finding", "connection.closed", "connection.failed"),
        *("capture.gap", "websocket.violation"),
    )
)
_TELLING = (
    'type in ("finding", "connection.closed", "connection.failed", "capture.gap",'
    ' "websocket.violation")'
)


class Figures(NamedTuple):
    """What a stretch amounts to.

    Attributes:
        sent: messages.
        received: messages.
        control: control frames of both directions.
        sent_bytes: on the wire; of data channels the payload alone.
        received_bytes: likewise.
    """

    sent: int = 0
    received: int = 0
    control: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0


class Channels:
    """What data channels carried.

    Attributes:
        seen: whether there is a WebRTC connection at all.
        messages: how many, by direction.
        payload: bytes of payload, by direction.
    """

    def __init__(self) -> None:
        self.seen = False
        self.messages = {"sent": 0, "received": 0}
        self.payload = {"sent": 0, "received": 0}

    def add(self, groups: Iterable[Group]) -> None:
        """Add what groups of events say."""
        for group in groups:
            self.seen = self.seen or group.type.startswith(_PEER_TYPES)
            if group.type == "data_channel.message":
                self.messages[group.direction] += group.count
                self.payload[group.direction] += group.payload_bytes


class Measures:
    """How long messages are, and what compression made of them.

    Attributes:
        sizes: bit length of a message's length -> how many, by direction.
        compression: decoded and wire bytes of compressed messages, by direction.
    """

    def __init__(self) -> None:
        self.sizes: dict[str, dict[int, int]] = {"sent": {}, "received": {}}
        self.compression: dict[str, tuple[int, int]] = {"sent": (0, 0), "received": (0, 0)}

    def add(self, groups: Iterable[Group]) -> None:
        """Add what groups of events say of messages."""
        for group in groups:
            if group.type in MESSAGES:
                sizes = self.sizes[group.direction]
                for bits, count in group.histogram.items():
                    sizes[bits] = sizes.get(bits, 0) + count
                if group.compressed:
                    self._compressed(group.direction, group.payload_bytes, group.wire_bytes)

    def take(self, message: AnyMessage) -> None:
        """Add a message."""
        sizes, bits = self.sizes[message.direction], message.length.bit_length()
        sizes[bits] = sizes.get(bits, 0) + 1
        if type(message) is WebSocketMessage and message.compressed:
            self._compressed(message.direction, message.length, message.wire_length)

    def _compressed(self, direction: str, decoded: int, wire: int) -> None:
        before = self.compression[direction]
        self.compression[direction] = before[0] + decoded, before[1] + wire


class Survey:
    """The stretches of a capture.

    Args:
        connection: only what belongs to this one; empty for all, with what stands out.

    Attributes:
        read_seq: up to which event it has come.
        total: the figures of all that was read.
        first_at_ns: when the first event was.
        last_at_ns: when the last one was.
        marks: what stands out, bounded.
        findings: how many of each severity are in the file.
        lost: events that could not be kept.
        finding_seqs: numbers of findings in the file, by connection, code and cause.
        is_thinned: whether neighbours were made one.
        measures: sizes and compression of all messages.
        channels: what data channels carried.
    """

    def __init__(self, connection: str = "") -> None:
        self.read_seq = 0
        self.total = Figures()
        self.first_at_ns = self.last_at_ns = 0
        self.marks: list[Mark] = []
        self.findings: dict[Severity, int] = {"error": 0, "warning": 0, "info": 0}
        self.lost = 0
        self.finding_seqs: dict[tuple[str, str, str], int] = {}
        self.is_thinned = False
        self.measures = Measures()
        self.channels = Channels()
        self._connection = connection
        self._bounds = tuple(array("q") for _ in range(4))
        self._figures = tuple(array("q") for _ in Figures._fields)
        self._illegal: set[int] = set()
        self._telling: Filter = parse_filter(_TELLING)

    def __len__(self) -> int:
        return len(self._bounds[0])

    def extend(self, capture: Capture, deadline: Deadline) -> bool:
        """Go on until the deadline; whether all there is was looked at."""
        for stretch in capture.outline(after=self.read_seq):
            self._add(stretch, capture)
            if deadline.passed:
                return self.read_seq >= capture.last_seq
        return True

    def _add(self, stretch: Stretch, capture: Capture) -> None:
        if not len(self):
            self.first_at_ns = stretch.first_at_ns
        self.last_at_ns = max(self.last_at_ns, stretch.last_at_ns)
        own = [each for each in stretch.groups if self._connection in ("", each.connection)]
        figures = figures_of(own)
        self.measures.add(own)
        self.channels.add(own)
        for column, value in zip(self._bounds, stretch[:4], strict=True):
            column.append(value)
        for column, value in zip(self._figures, figures, strict=True):
            column.append(value)
        if len(self) >= MOST_STRETCHES:
            self._thin()
        self.total = Figures(*map(sum, zip(self.total, figures, strict=True)))
        if not self._connection and any(each.type in _TELLING_TYPES for each in stretch.groups):
            after, before = self.read_seq, stretch.last_seq + 1
            for event in capture.events(filter=self._telling, after=after, before=before):
                self._note(event)
        self.read_seq = stretch.last_seq

    def _thin(self) -> None:
        """Make one of two neighbours each."""
        self.is_thinned = True
        first_seq, last_seq, first_at, last_at = self._bounds
        pairs = range(0, len(self) - 1, 2)
        merged_last = [max(last_at[index], last_at[index + 1]) for index in pairs]
        merged_first = [min(first_at[index], first_at[index + 1]) for index in pairs]
        odd = len(self) % 2  # one that has no neighbour stays as it is
        for column, values in (
            (first_seq, first_seq[:-1:2] if odd else first_seq[::2]),
            (last_seq, last_seq[1::2]),
            (first_at, array("q", merged_first)),
            (last_at, array("q", merged_last)),
        ):
            column[:] = values + column[len(column) - odd :]
        for column in self._figures:
            sums = array("q", [column[index] + column[index + 1] for index in pairs])
            column[:] = sums + column[len(column) - odd :]

    def _note(self, event: AnyEvent) -> None:
        if isinstance(event, WebSocketViolation):
            if event.frame and len(self._illegal) < _MOST_ILLEGAL:
                self._illegal.add(event.frame)
            return
        if isinstance(event, Finding):
            self.findings[event.severity] += 1
            if len(self.finding_seqs) < MOST_MARKS:
                self.finding_seqs[event.connection, event.code, event.cause] = event.seq
        elif isinstance(event, CaptureGap):
            self.lost += event.count
        if len(self.marks) < MOST_MARKS and (mark := _mark(event)) is not None:
            self.marks.append(mark)

    def is_illegal(self, seq: int) -> bool:
        """Whether something is wrong with a frame."""
        return seq in self._illegal

    def stretches(self, from_ns: int, to_ns: int) -> Iterator[tuple[int, int, int, int, Figures]]:
        """Yield those that have a part in a time: their bounds and figures."""
        first_seq, last_seq, first_at, last_at = self._bounds
        for index in range(len(self)):
            if last_at[index] >= from_ns and first_at[index] <= to_ns:
                figures = Figures(*(column[index] for column in self._figures))
                yield (
                    *(first_seq[index], last_seq[index]),
                    *(first_at[index], last_at[index]),
                    figures,
                )

    def fine_stretches(
        self, capture: Capture, from_ns: int, to_ns: int
    ) -> Iterator[tuple[int, int, int, int, Figures]]:
        """Yield the same as the file has them, `MOST_STRETCHES` at most."""
        _, first_seq, _ = self.events_between(from_ns, to_ns)
        for stretch in islice(capture.outline(after=first_seq - 1), MOST_STRETCHES):
            if stretch.first_at_ns > to_ns:
                return
            if stretch.last_at_ns >= from_ns:
                own = [each for each in stretch.groups if self._connection in ("", each.connection)]
                yield (*stretch[:4], figures_of(own))

    def events_between(self, from_ns: int, to_ns: int) -> tuple[int, int, int]:
        """Say how many events the stretches in a time have, and their first and last number."""
        found = [each[:2] for each in self.stretches(from_ns, to_ns)]
        if not found:
            return 0, 0, 0
        return sum(last - first + 1 for first, last in found), found[0][0], found[-1][1]

    def between_seqs(self, at_ns: int) -> tuple[int, int]:
        """Say between which events one of a time is: from the last stretch that begins by then.

        The last number is that of the stretch after it, or of what is not surveyed yet.
        """
        first_seq, last_seq, first_at, _ = self._bounds
        index = max(0, bisect_right(first_at, at_ns) - 1)
        if not len(self):
            return 1, sys.maxsize
        is_last = index == len(self) - 1
        return first_seq[index], sys.maxsize if is_last else last_seq[index]

    def time_of(self, seq: int) -> int:
        """Estimate when an event was, by its place among its neighbours."""
        first_seq, last_seq, first_at, last_at = self._bounds
        index = max(0, bisect_left(first_seq, seq + 1) - 1)
        if not len(self):
            return 0
        events = last_seq[index] - first_seq[index]
        share = min(1.0, (seq - first_seq[index]) / events) if events else 0.0
        return first_at[index] + round(share * (last_at[index] - first_at[index]))


def figures_of(groups: Iterable[Group]) -> Figures:
    """Sum up groups of events."""
    sent = received = control = sent_bytes = received_bytes = 0
    for group in groups:
        if group.type in MESSAGES:
            own_bytes = group.payload_bytes if group.type == "data_channel.message" else 0
            if group.direction == "sent":
                sent += group.count
                sent_bytes += own_bytes
            else:
                received += group.count
                received_bytes += own_bytes
        elif group.type == "websocket.frame":
            control += group.count if group.is_control else 0
            if group.direction == "sent":
                sent_bytes += group.wire_bytes
            else:
                received_bytes += group.wire_bytes
    most = (1 << 62) - 1  # a frame may announce more
    return Figures(sent, received, control, min(sent_bytes, most), min(received_bytes, most))


def _mark(event: AnyEvent) -> Mark | None:
    match event:
        case Finding():
            label = f"{event.code} {event.title}"
            return Mark(at_ns=event.at_ns, seq=event.seq, kind=event.severity, label=label)
        case ConnectionClosed():
            return Mark(
                at_ns=event.at_ns,
                seq=event.seq,
                kind="closed",
                label=f"{event.connection} closed{f' with {event.code}' if event.code else ''}",
            )
        case ConnectionFailed():
            label = f"{event.connection} failed: {event.message}"
            return Mark(at_ns=event.at_ns, seq=event.seq, kind="failed", label=label)
        case CaptureGap():
            label = f"{event.count:,} events missing"
            return Mark(at_ns=event.at_ns, seq=event.seq, kind="gap", label=label)
    return None
