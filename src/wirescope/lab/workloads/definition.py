"""A workload: what an application sends, whatever carries it.

One definition runs over every transport. What of it an application depends on (every message, the
newest one, an answer in time) is a property of the workload, as the verdicts are drawn from it.
"""

import random
from collections.abc import Iterator
from heapq import merge
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from wirescope.lab.workloads.flows import SECOND_NS, Flow, Pieces, Sending, Side
from wirescope.lab.workloads.message import HEAD_BYTES, TEXT_HEAD_BYTES

Pace = Literal["paced", "answered", "bulk"]
"""`paced`: each message at its time. `answered`: those of `a` at their times, and `b` answers each
with one as long and with its number, `think_ms` after it came. `bulk`: as fast as it goes."""

PayloadKind = Literal["text", "binary", "audio", "video"]


class Load(Struct, frozen=True, kw_only=True):
    """What one side of a workload sends, on average.

    Attributes:
        side: who sends it.
        messages_per_s: messages a second.
        rate_bps: bits a second of messages, without what the transport adds.
    """

    side: Side
    messages_per_s: float
    rate_bps: float


class Workload(Struct, frozen=True, kw_only=True):
    """What an application sends.

    Attributes:
        name: one word for it, as in a table of results.
        title: what is sent, in a few words.
        use_case: the application that it stands for.
        payload: what the messages are.
        flows: who sends what when; a bulk workload's say how long its messages are.
        duration_s: how long it runs.
        pace: what makes a message go.
        think_ms: how long `b` takes to answer, where it answers.
        bulk_bytes: of messages in all, of a bulk workload; None sends for the whole duration.
        bulk_bytes_per_s: of messages a second at most, of a bulk workload; None for what the path
            takes.
        is_state: whether a newer message makes the older ones worthless, so that the age of what
            is known counts, not the arrival of each.
        useful_for_ms: after which a message is of no use any more; None where it is useful however
            late.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    title: str
    use_case: str
    payload: PayloadKind
    flows: tuple[Flow, ...]
    duration_s: Annotated[float, Meta(gt=0, le=86_400)]
    pace: Pace = "paced"
    think_ms: Annotated[float, Meta(ge=0, le=60_000)] = 0
    bulk_bytes: Annotated[int, Meta(ge=1)] | None = None
    bulk_bytes_per_s: Annotated[float, Meta(gt=0)] | None = None
    is_state: bool = False
    useful_for_ms: Annotated[float, Meta(gt=0)] | None = None

    def __post_init__(self) -> None:
        pieces = [isinstance(each, Pieces) for each in self.flows]
        if not pieces:
            raise ValueError("a workload has at least one flow")
        if self.pace == "bulk":
            if pieces != [True]:
                raise ValueError("a bulk workload is one flow of pieces")
        elif any(pieces) or self.bulk_bytes is not None or self.bulk_bytes_per_s is not None:
            raise ValueError("pieces, bulk_bytes and a pace of them belong to a bulk workload")

    @property
    def needs_every_message(self) -> bool:
        """Whether a message that never arrives is an error, not only a gap."""
        return not self.is_state and self.useful_for_ms is None

    @property
    def bulk_side(self) -> Side | None:
        """Who sends the bulk; None where there is none."""
        return self.plan(seed=1)[0].side if self.pace == "bulk" else None

    @property
    def sends_for_s(self) -> float:
        """For how many seconds it sends at least, as no bytes end it before; 0 of all others."""
        return self.duration_s if self.pace == "bulk" and self.bulk_bytes is None else 0

    @property
    def least_size(self) -> int:
        """The bytes that a message has at least, for its head."""
        return TEXT_HEAD_BYTES if self.payload == "text" else HEAD_BYTES

    def plan(self, seed: int) -> list[Sending]:
        """Return what is sent, in the order of times; the same for the same seed.

        Where `b` answers, these are the requests. Of a bulk workload it is one message, which is
        sent again and again until `bulk_bytes` are gone, or the time is.
        """
        duration_ns = round(self.duration_s * SECOND_NS)
        flows = [self._sendings(index, duration_ns, seed) for index in range(len(self.flows))]
        return list(merge(*flows, key=lambda each: (each.at_ns, each.side)))

    def _sendings(self, index: int, duration_ns: int, seed: int) -> Iterator[Sending]:
        chance = random.Random(f"{seed} {self.name} {index}")
        for each in self.flows[index].sendings(duration_ns, chance):
            yield each if each.size >= self.least_size else each._replace(size=self.least_size)

    def loads(self) -> tuple[Load, ...]:
        """Return what each side that sends does send, on average, `a` first; none of bulk."""
        if self.pace == "bulk":
            return ()
        planned = self.plan(seed=1)
        found = []
        for side in ("a", "b"):
            answers = self.pace == "answered" and side == "b"
            sizes = [each.size for each in planned if answers or each.side == side]
            if sizes:
                found.append(
                    Load(
                        side=side,
                        messages_per_s=len(sizes) / self.duration_s,
                        rate_bps=8 * sum(sizes) / self.duration_s,
                    )
                )
        return tuple(found)


def shortened(workload: Workload, duration_s: float) -> Workload:
    """Return the same workload for a shorter time; of bulk the same share of the bytes."""
    if duration_s >= workload.duration_s:
        return workload
    share = duration_s / workload.duration_s
    whole = workload.bulk_bytes
    return msgspec.structs.replace(
        workload,
        duration_s=duration_s,
        bulk_bytes=None if whole is None else max(1, round(whole * share)),
    )
