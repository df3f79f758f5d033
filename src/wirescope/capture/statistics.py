"""Figures about a whole capture, summed up from the summaries of its blocks.

No event is decoded for them, so they take as long for a gigabyte as for some megabytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wirescope.capture.summary import Group


@dataclass(slots=True)
class GroupStatistics:
    """Figures of the events that are alike in connection, type, direction and detail.

    Attributes:
        count: how many events.
        payload_bytes: sum of `payload_length` of frames, `length` of messages.
        wire_bytes: sum of `wire_length`.
        min_length: the smallest length in bytes.
        max_length: the largest length in bytes.
        histogram: bit length of the length -> how many; 0 -> 0, 1 -> 1, 2 -> 2..3, 3 -> 4..7 …
    """

    count: int = 0
    payload_bytes: int = 0
    wire_bytes: int = 0
    min_length: int = 0
    max_length: int = 0
    histogram: dict[int, int] = field(default_factory=dict)

    def add(self, group: Group) -> None:
        """Add the events of a group."""
        self.min_length = min(self.min_length, group.min_length) if self.count else group.min_length
        self.max_length = max(self.max_length, group.max_length)
        self.count += group.count
        self.payload_bytes += group.payload_bytes
        self.wire_bytes += group.wire_bytes
        for bits, count in group.histogram.items():
            self.histogram[bits] = self.histogram.get(bits, 0) + count

    @property
    def mean_length(self) -> float:
        """The mean length in bytes; 0 without events."""
        return self.payload_bytes / self.count if self.count else 0.0

    def length_below(self, share: float) -> int:
        """Return a length that `share` (0 to 1) of the events do not exceed.

        Exact to the next power of two, since that is how finely lengths are kept.
        """
        wanted = share * self.count
        seen = 0
        for bits in sorted(self.histogram):
            seen += self.histogram[bits]
            if seen >= wanted:
                return min(self.max_length, (1 << bits) - 1)
        return self.max_length


@dataclass(frozen=True, slots=True, order=True)
class GroupKey:
    """What the events of a group have in common.

    Attributes:
        connection: the connection's id; empty for events of the capture as a whole.
        type: the event type.
        direction: `sent`, `received` or empty.
        detail: opcode name of frames, kind of messages, else empty.
        compressed: messages: whether permessage-deflate was applied.
    """

    connection: str
    type: str
    direction: str = ""
    detail: str = ""
    compressed: bool = False


@dataclass(slots=True)
class Statistics:
    """Figures about a capture.

    Attributes:
        events: how many events.
        first_seq: number of the first event; 0 in an empty capture.
        last_seq: number of the last one.
        first_at_ns: time of the first event, nanoseconds since the start of the capture.
        last_at_ns: time of the last one.
        missing: events that could not be kept or read back, as far as is known.
        groups: figures by connection, type, direction and detail.
    """

    events: int = 0
    first_seq: int = 0
    last_seq: int = 0
    first_at_ns: int = 0
    last_at_ns: int = 0
    missing: int = 0
    groups: dict[GroupKey, GroupStatistics] = field(default_factory=dict)

    def add(self, groups: Iterable[Group]) -> None:
        """Add the groups of a block."""
        for group in groups:
            detail = group.opcode_name if group.header else group.kind
            key = GroupKey(group.connection, group.type, group.direction, detail, group.compressed)
            self.groups.setdefault(key, GroupStatistics()).add(group)
            self.events += group.count

    @property
    def connections(self) -> list[str]:
        """The connections' ids in the order of their numbers."""
        found = {key.connection for key in self.groups if key.connection}
        return sorted(found, key=lambda name: (len(name), name))

    def count(
        self,
        type: str,  # noqa: A002
        *,
        connection: str | None = None,
        direction: str | None = None,
    ) -> int:
        """How many events of a type there are, of one connection or direction or of all."""
        return sum(
            figures.count
            for key, figures in self.groups.items()
            if key.type == type
            and connection in (None, key.connection)
            and direction in (None, key.direction)
        )
