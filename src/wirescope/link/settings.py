"""What a link is told to do, as frozen records: one direction, and both of them with a name.

The field names are the keys of a link's file (`reading`); shares are from 0 to 1, and every number
has a bound. A direction is a way: queue and transmitter, then outage, loss, delay with its jitter,
duplication. Not here: what happens to a packet (`machine`), links that have names (`profiles`).
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from wirescope.link.shapes import Shape, reach
from wirescope.link.trace import Trace

_Share = Annotated[float, Meta(ge=0, le=1)]
_Chance = Annotated[float, Meta(gt=0, le=1)]
_Milliseconds = Annotated[float, Meta(ge=0, le=60_000)]
_LeastMs = Annotated[float, Meta(gt=0, le=60_000)]
_Start = Annotated[float, Meta(ge=0, le=86_400)]
_Length = Annotated[float, Meta(ge=0.001, le=86_400)]
_Rate = Annotated[int, Meta(ge=1_000, le=1_000_000_000_000)]
_Bytes = Annotated[int, Meta(ge=1, le=1 << 30)]
_Packets = Annotated[int, Meta(ge=1, le=1_000_000)]
_Mtu = Annotated[int, Meta(ge=576, le=65_535)]

DROP_TAIL_MS = 200
"""What a queue with drop-tail holds, in time at the rate, where nothing is said."""

CODEL_MS = 1000
"""The same of CoDel, which keeps its queue short itself and needs room for a burst."""

MOST_HELD = 0.999
"""The share of the time that outages may take, so that there is an end of them."""

MAX_OUTAGES = 100
"""How many outages a direction may have."""


class RandomLoss(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="random"
):
    """Each packet is lost with the same probability, whatever became of the others.

    Attributes:
        share: of the packets that are lost, from 0 to 1.
    """

    share: _Share

    @property
    def stationary(self) -> float:
        """The share of packets that are lost in the long run."""
        return self.share

    @property
    def mean_burst(self) -> float:
        """How many packets are lost in a row, on average; infinite where all are."""
        return 1 / (1 - self.share) if self.share < 1 else float("inf")


class GilbertElliott(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="gilbert-elliott",
):
    """Loss in bursts: a good and a bad state, drawn with each packet (Gilbert 1960, Elliott 1963).

    Attributes:
        enter: probability that a packet in the good state is followed by one in the bad state.
        leave: probability that a packet in the bad state is followed by one in the good state.
        loss_good: share of packets that are lost in the good state.
        loss_bad: share of packets that are lost in the bad state.
    """

    enter: _Chance
    leave: _Chance
    loss_good: _Share = 0
    loss_bad: _Share = 1

    def __post_init__(self) -> None:
        if self.loss_good > self.loss_bad:
            raise ValueError("more is lost in the bad state than in the good one")

    @property
    def bad_share(self) -> float:
        """The share of packets that find the bad state, in the long run."""
        return self.enter / (self.enter + self.leave)

    @property
    def stationary(self) -> float:
        """The share of packets that are lost in the long run."""
        return self.loss_good + self.bad_share * (self.loss_bad - self.loss_good)

    @property
    def mean_burst(self) -> float:
        """How many packets are lost in a row, on average; infinite where all are."""
        both, lost = self.lost_in_pairs, self.stationary
        return lost / (lost - both) if both < lost else float("inf") if lost else 0.0

    @property
    def memory(self) -> float:
        """How much a packet's state says of the next one's: 0 nothing; negative where it swaps."""
        return 1 - self.enter - self.leave

    @property
    def lost_in_pairs(self) -> float:
        """The share of packets that are lost and followed by one that is lost."""
        return self.stationary**2 + self.memory * self.spread

    @property
    def spread(self) -> float:
        """The variance of the loss's probability, which the state alone makes."""
        bad = self.bad_share
        return bad * (1 - bad) * (self.loss_bad - self.loss_good) ** 2


class Jitter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the delay varies around its mean.

    With the order kept, the delay wanders: it is drawn anew at fixed times and goes in straight
    lines between them, so slowly that no packet overtakes. Without, each packet draws for itself.

    Attributes:
        ms: the standard deviation of the delay.
        keeps_order: whether packets leave in the order in which they came.
        shape: what is drawn from: `uniform`, `normal` (cut at three deviations), or `pareto`, which
            has a long tail above (exponent 3, cut at ten times the least).
    """

    ms: _LeastMs
    keeps_order: bool = True
    shape: Shape = "uniform"

    @property
    def below_ms(self) -> float:
        """How far below its mean the delay may come; it has to be that long at least."""
        return -reach(self.shape, keeps_order=self.keeps_order)[0] * self.ms


class Queue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where packets wait for the transmitter: how many fit, and which are dropped.

    One of bytes, packets and ms says how many; without any it is 200 ms, and 1,000 ms of CoDel. One
    packet always fits.

    Attributes:
        bytes: that may wait.
        packets: that may wait.
        ms: that what waits takes to be sent at the rate; of a trace, at its average.
        discipline: `drop-tail` drops what comes when the queue is full, `codel` beside that what
            has waited for too long, at the head (RFC 8289).
        target_ms: the wait that CoDel lets stand (RFC 8289 section 4.4).
        interval_ms: how long a wait has to be above that until CoDel drops (section 4.3).
    """

    bytes: _Bytes | None = None
    packets: _Packets | None = None
    ms: _LeastMs | None = None
    discipline: Literal["drop-tail", "codel"] = "drop-tail"
    target_ms: _LeastMs = 5
    interval_ms: _LeastMs = 100

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.bytes, self.packets, self.ms)) > 1:
            raise ValueError("one of bytes, packets and ms says how long the queue is, not several")


class Outage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time in which nothing gets through, once or again and again.

    Attributes:
        start_s: when it begins, in seconds from the start of the link.
        length_s: how long it is.
        every_s: after how long it begins again, from start to start; null for never.
        held: the transmitter stands still, so that packets wait in the queue; else they are lost.
    """

    start_s: _Start
    length_s: _Length
    every_s: _Length | None = None
    held: bool = False

    def __post_init__(self) -> None:
        if self.every_s is not None and self.length_s > MOST_HELD * self.every_s:
            raise ValueError("every_s must be longer than length_s by a thousandth at least")

    @property
    def share(self) -> float:
        """The share of the time that it takes in the long run; 0 of one that is there once."""
        return self.length_s / self.every_s if self.every_s is not None else 0.0


class Direction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to packets one way.

    Attributes:
        delay_ms: the one-way delay, from the end of sending to the arrival, on average.
        jitter: how the delay varies; null for not at all.
        loss: which packets are lost on the way; null for none.
        duplicate: share of the packets that arrive twice.
        reorder: share of the packets that are held back, so that later ones overtake them.
        reorder_by_ms: for how long they are held back.
        rate_bps: bits a second that the transmitter sends, of whole IP packets; null for any.
        trace: when the transmitter can send, instead of a rate.
        queue: where packets wait for the transmitter; null for one of 200 ms with drop-tail.
        outages: when nothing gets through.
    """

    delay_ms: _Milliseconds = 0
    jitter: Jitter | None = None
    loss: RandomLoss | GilbertElliott | None = None
    duplicate: _Share = 0
    reorder: _Share = 0
    reorder_by_ms: _LeastMs = 10
    rate_bps: _Rate | None = None
    trace: Trace | None = None
    queue: Queue | None = None
    outages: Annotated[tuple[Outage, ...], Meta(max_length=MAX_OUTAGES)] = ()

    def __post_init__(self) -> None:
        if self.rate_bps is not None and self.trace is not None:
            raise ValueError("rate_bps or trace says what the transmitter sends, not both")
        if self.jitter is not None and self.jitter.below_ms > self.delay_ms:
            shown = f"{self.jitter.ms:g} ms of {self.jitter.shape} jitter"
            raise ValueError(f"{shown} need a delay_ms of {self.jitter.below_ms:.2f} at least")
        self._check_queue()
        if sum(each.share for each in self.outages if each.held) > MOST_HELD:
            raise ValueError("the outages that hold packets leave no time to send them")

    def _check_queue(self) -> None:
        paced = self.mean_rate_bps is not None
        if self.queue is None or paced:
            return
        if self.queue.ms is not None:
            raise ValueError("a queue in ms needs a rate_bps or a trace; give bytes or packets")
        if not any(each.held for each in self.outages):
            raise ValueError("nothing waits in a queue without rate_bps, trace or a held outage")

    @property
    def mean_rate_bps(self) -> float | None:
        """What the transmitter sends on average; None where it sends at once."""
        return self.trace.rate_bps if self.trace is not None else self.rate_bps

    @property
    def keeps_order(self) -> bool:
        """Whether packets leave in the order in which they came."""
        return not self.reorder and (self.jitter is None or self.jitter.keeps_order)


class LinkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link between a client and a far side.

    Attributes:
        name: one word for it, as in a table of results.
        up: from the client to the far side.
        down: from the far side to the client.
        seed: of everything that is random; the same seed gives the same fates.
        mtu: bytes of the longest IP packet.
        title: what it is, in a few words.
        sources: where its numbers come from, a sentence each.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    up: Direction
    down: Direction
    seed: Annotated[int, Meta(ge=0, le=(1 << 53) - 1)] = 1
    mtu: _Mtu = 1500
    title: str = ""
    sources: tuple[str, ...] = ()


def symmetric(name: str, direction: Direction, **more: Any) -> LinkSettings:
    """Make a link that is alike both ways; `more` are further fields of `LinkSettings`."""
    return LinkSettings(name=name, up=direction, down=direction, **more)
