"""What a message costs at so many participants, how that grows, and what ends the growing.

Of a server and of a forwarder the cost of a message is `a + b n` at the one who passes it on, and
does not grow at a participant. Of a mesh it is `a + b (n - 1)` at each participant, who sends the
copies itself, so that all `n` together take `n` times that for a message each. Not here: how any of
it is measured.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from wirescope.lab.measures.growth import LEAST_POINTS, Forecast, Line, fit, forecasts

Topology = Literal["server", "mesh", "sfu"]

Cause = Literal[
    "processor", "machine", "delay", "loss", "memory", "descriptors", "time", "most", "error"
]
"""What ended a sweep."""


class Point(Struct, frozen=True, kw_only=True):
    """What was measured at so many participants, as medians of the rounds.

    Attributes:
        participants: how many there were.
        sender_us: processor time of a message at the one who makes the copies, in microseconds: the
            server, the forwarder, or a participant of a mesh, of whom it is the median.
        spread: half of the width of the middle half of the rounds, as a share of the median.
        participant_us: at one participant, of a message of the room; of a mesh `sender_us`.
        all_us: of all processes together, of a message.
        sender_bytes: memory of the one who makes the copies.
        participant_bytes: memory of one participant, the program itself not counted where many are
            in a process.
        sender_share: of a processor that the one who makes the copies needs at the pace of the
            messages; above 1 it cannot keep up.
        crowd_share: the same of the process that has many participants; 0 where none has.
        machine_share: of all processors that all processes need.
        p99_ms: of delivery, from when a message was due; None where none came.
        delivered: of the messages that should have come, the share that did.
        descriptors: that are open in the process that has the most.
    """

    participants: int
    sender_us: float
    spread: float
    participant_us: float
    all_us: float
    sender_bytes: int
    participant_bytes: int
    sender_share: float
    crowd_share: float
    machine_share: float
    p99_ms: float | None
    delivered: float
    descriptors: int


class Bounds(Struct, frozen=True, kw_only=True):
    """How far a sweep goes.

    Attributes:
        seconds: that it may take; a size that would take longer is not begun.
        p99_ms: of delivery: more than 400 ms is of no use for a conversation (ITU-T G.114).
        share: of a processor; a process of one thread has no more.
        delivered: the share of messages that has to come.
        participants: at most.
    """

    seconds: float = 60
    p99_ms: float = 400
    share: float = 0.9
    delivered: float = 1
    participants: int = 1 << 14


class Ended(Struct, frozen=True, kw_only=True):
    """Why a sweep did not go on.

    Attributes:
        cause: in a word.
        words: a sentence.
        beyond: whether the last size that was measured is beyond a bound.
    """

    cause: Cause
    words: str
    beyond: bool = False


class Curve(Struct, frozen=True, kw_only=True):
    """A topology, from two participants to as many as were tried.

    Attributes:
        topology: which.
        points: what was measured, sizes ascending; the last one may be beyond a bound.
        ended: why there are no more.
        every_ms: from each message of the room to the next, whatever the size: what wakes up seldom
            costs more each time, so that costs of different paces make no line.
    """

    topology: Topology
    points: list[Point]
    ended: Ended
    every_ms: float

    def _costs(self) -> list[tuple[float, float]]:
        return [(float(copies(self.topology, p.participants)), p.sender_us) for p in self.points]

    @property
    def forecasts(self) -> list[Forecast]:
        """What the model of all smaller sizes foretold for each but the first two."""
        return forecasts(self._costs())

    @property
    def checked(self) -> Forecast | None:
        """The forecast of the largest size within the bounds; None with fewer than three sizes.

        Beyond them messages wait for each other and are taken several at a time, which costs less
        than the model of those that come one by one says.
        """
        within = forecasts(self._costs()[: -1 if self.ended.beyond else None])
        return within[-1] if within else None

    @property
    def model(self) -> Line | None:
        """The model of all sizes but the last, which says what the last should take."""
        known = self._costs()[:-1]
        return fit(known) if len(known) >= LEAST_POINTS else None

    @property
    def full_at(self) -> float | None:
        """The participants at whom a whole processor is needed, by the model.

        It is that of who makes the copies; of a mesh, where that is everybody in turn, all of them
        together need as much. None where there is no model, or no such number.
        """
        number = None if self.model is None else self.model.number_at(1e3 * self.every_ms)
        return None if number is None else number + (self.topology == "mesh")


def copies(topology: Topology, participants: int) -> int:
    """Say how many copies of a message are made by the one who makes them."""
    return participants - 1 if topology == "mesh" else participants


def bound_met(point: Point, bounds: Bounds) -> Ended | None:
    """Say which bound a size is beyond; None where it is within all of them."""
    n, shares = point.participants, _shares(point)
    if point.sender_share >= bounds.share:
        words = f"At {n} the one who makes the copies has no processor left ({shares})."
        return Ended(cause="processor", words=words, beyond=True)
    if max(point.crowd_share, point.machine_share) >= bounds.share:
        words = f"At {n} the participants leave this machine no processor ({shares})."
        return Ended(cause="machine", words=words, beyond=True)
    if point.delivered < bounds.delivered:
        words = f"At {n} only {point.delivered:.2%} of the messages came in time ({shares})."
        return Ended(cause="loss", words=words, beyond=True)
    if point.p99_ms is None or point.p99_ms > bounds.p99_ms:
        late = "none came" if point.p99_ms is None else f"{point.p99_ms:.0f} ms"
        words = f"At {n} the p99 of delivery is above {bounds.p99_ms:g} ms: {late} ({shares})."
        return Ended(cause="delay", words=words, beyond=True)
    return None


def _shares(point: Point) -> str:
    return (
        f"needed: {point.sender_share:.0%} of one for the copies, {point.crowd_share:.0%} of one"
        f" for the crowd's process, {point.machine_share:.0%} of the machine's"
    )


class Spare(Struct, frozen=True, kw_only=True):
    """What there is left of this machine.

    Attributes:
        seconds: until the sweep has to be over.
        memory_bytes: that are free; None where that is not known.
        descriptors: that a process may have open; 0 where that is not known.
    """

    seconds: float
    memory_bytes: int | None
    descriptors: int


def no_room(
    topology: Topology,
    points: Sequence[Point],
    took_s: Sequence[float],
    spare: Spare,
    bounds: Bounds,
) -> Ended | None:
    """Say why the next doubling is not begun; None where it fits.

    What doubles the participants doubles the time that it takes to have them, and of a mesh, which
    has a connection for each two of them, does so twice.

    Args:
        topology: which.
        points: what was measured, the largest size last.
        took_s: how long each size took.
        spare: what is left.
        bounds: how far it goes.
    """
    last, factor = points[-1], 4 if topology == "mesh" else 2
    twice = 2 * last.participants
    if twice > bounds.participants:
        return Ended(cause="most", words=f"{bounds.participants} participants were asked for.")
    needed_s = took_s[-1] + (factor - 1) * max(0, took_s[-1] - took_s[0])
    if needed_s > spare.seconds:
        words = f"{twice} would take {needed_s:.0f} s or so; there are {spare.seconds:.0f} s left."
        return Ended(cause="time", words=words)
    needed = last.participants * last.participant_bytes + last.sender_bytes
    if spare.memory_bytes is not None and needed > spare.memory_bytes:
        words = (
            f"{twice} would need {needed >> 20:,} MiB more; {spare.memory_bytes >> 20:,} are free."
        )
        return Ended(cause="memory", words=words)
    if spare.descriptors and 2 * last.descriptors > spare.descriptors:
        words = (
            f"{twice} would need {2 * last.descriptors:,} descriptors in a process;"
            f" the system gives {spare.descriptors:,}."
        )
        return Ended(cause="descriptors", words=words)
    return None
