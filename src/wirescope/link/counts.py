"""What became of packets: their fates, one by one and counted."""

from enum import Enum
from typing import NamedTuple

from msgspec import Struct


class Fate(Enum):
    """What becomes of a packet."""

    PASSED = "passed"
    """It leaves at its time."""
    LOST = "lost"
    """It is lost on the way, by chance."""
    OUTAGE = "outage"
    """It is sent during an outage that holds nothing."""
    QUEUE_FULL = "queue-full"
    """The queue had no room for it."""
    CODEL = "codel"
    """It waited for too long (RFC 8289)."""
    OVERFLOW = "overflow"
    """The machine holds as much as it may; nothing that the settings ask for."""


class Outcome(NamedTuple):
    """The fate of one packet, known when it is sent or dropped.

    Attributes:
        at_ns: when it was offered.
        length: its bytes.
        fate: what became of it.
        left_ns: when it arrives; None of one that does not.
    """

    at_ns: int
    length: int
    fate: Fate
    left_ns: int | None


class LinkCounts(Struct, frozen=True, kw_only=True):
    """How many packets met which fate; what was offered is the sum of all but `duplicates`.

    Attributes:
        offered: packets that came.
        offered_bytes: their bytes.
        passed: packets that left, copies not counted.
        passed_bytes: bytes that left, copies not counted.
        lost: by chance.
        outage: during an outage.
        queue_full: for want of room in the queue.
        codel: by CoDel.
        overflow: for want of room in the machine.
        waiting: in the queue or on the way.
        duplicates: copies that were made.
    """

    offered: int = 0
    offered_bytes: int = 0
    passed: int = 0
    passed_bytes: int = 0
    lost: int = 0
    outage: int = 0
    queue_full: int = 0
    codel: int = 0
    overflow: int = 0
    waiting: int = 0
    duplicates: int = 0

    @property
    def dropped(self) -> int:
        """Packets that found no room, or waited for too long."""
        return self.queue_full + self.codel + self.overflow

    @property
    def gone(self) -> int:
        """Packets that do not arrive, for whatever reason."""
        return self.lost + self.outage + self.dropped
