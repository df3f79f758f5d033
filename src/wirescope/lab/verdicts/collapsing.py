"""The turn-round: messages wait at their sender, and the transport that forgets waits as well.

On a link that loses packets, a sender that takes loss for congestion sends less than it is given.
What its window does not let out waits, the next message behind it, and latencies grow with the run
instead of the link. That holds for data channels whether they send again or not.
"""

from collections.abc import Iterator, Sequence

from wirescope.lab.results import CellResult
from wirescope.lab.verdicts.deciding import Contender, Decision
from wirescope.lab.verdicts.window import LinkFacts, loss_that_allows, window_bps
from wirescope.lab.verdicts.wording import listing, milliseconds, percent, rate
from wirescope.lab.workloads import Workload

_TIMES_THE_LINK = 4
_LEAST_WAIT_MS = 100
_GROWS = 0.2  # of the median, from the first third of the messages to the last
_MODEL_ERROR = 2  # the model is an estimate within about this factor
_HEADERS = 1.1  # bytes on the wire per byte, where they were not counted


def has_collapsed(cell: CellResult, facts: LinkFacts) -> bool:
    """Tell whether the typical message waited for much longer than the link takes."""
    one_way_ms = facts.round_trip_ms / 2
    return (
        cell.p50_ms is not None
        and cell.p50_ms >= _TIMES_THE_LINK * one_way_ms
        and cell.p50_ms - one_way_ms >= _LEAST_WAIT_MS
    )


def collapse(decision: Decision, workload: Workload, facts: LinkFacts) -> Iterator[str]:
    """Say who waited at the sender, why, and who did not; nothing of a bulk workload."""
    if workload.pace == "bulk":
        return
    waiting = [each for each in decision.all if has_collapsed(each.cell, facts)]
    if not waiting:
        return
    names = listing([f"{milliseconds(each.cell.p50_ms or 0)} over {each.name}" for each in waiting])
    link = milliseconds(facts.round_trip_ms / 2)
    forgets = any(each.transport == "data-channel-unreliable" for each in waiting)
    begin = "here it turns round" if forgets else "here they pile up"
    yield (
        f"{begin}: half of the messages took at least {names}, while the link alone takes {link}, "
        "so they waited in a queue before it."
    )
    yield _growth(waiting)
    yield from _cause(waiting, workload, facts)
    if forgets:
        yield (
            "the unreliable data channel sends nothing again, but its sender obeys a congestion "
            "window all the same."
        )
    kept_up = [each for each in decision.all if not has_collapsed(each.cell, facts)]
    yield _who_kept_up(kept_up)


def _growth(waiting: Sequence[Contender]) -> str:
    growing = [
        (each, drift)
        for each in waiting
        if (drift := each.cell.drift_ms) is not None and drift > _GROWS * (each.cell.p50_ms or 0)
    ]
    if not growing:
        return ""
    said = [f"by {milliseconds(drift)} over {each.name}" for each, drift in growing]
    return (
        f"it still grew, from the first third of the messages to the last {listing(said)}: a "
        "longer run would show more."
    )


def _cause(waiting: Sequence[Contender], workload: Workload, facts: LinkFacts) -> Iterator[str]:
    offered = max((load.rate_bps for load in workload.loads()), default=0.0)
    overheads = [each.cell.wire_bytes_per_byte for each in waiting]
    overhead = min((each for each in overheads if each is not None), default=_HEADERS)
    wire = offered * overhead
    if facts.rate_bps is not None and wire > facts.rate_bps:
        yield (
            f"the workload is {rate(wire)} with all headers, more than the {rate(facts.rate_bps)} "
            "that the link carries: the queue grows whatever carries it."
        )
        return
    window = window_bps(facts)
    if window is None or window > _MODEL_ERROR * wire:
        yield "neither the link's rate nor its loss explains it; the captures of these runs may."
        return
    allowed = loss_that_allows(_MODEL_ERROR * wire, facts.round_trip_ms)
    yield (
        f"a sender that takes loss for congestion keeps about {rate(window)} at "
        f"{percent(facts.loss)} loss and {milliseconds(facts.round_trip_ms)} round trip (Mathis et "
        f"al. 1997), and the workload is {rate(wire)} with all headers: what the congestion window "
        "does not let out waits, and the next message behind it."
    )
    yield (
        f"by the same estimate it would change below about {percent(allowed)} loss, or below about "
        f"{rate(window / _MODEL_ERROR)}."
    )


def _who_kept_up(kept_up: Sequence[Contender]) -> str:
    if not kept_up:
        return "no transport kept up."
    said = [f"{each.name} ({milliseconds(each.cell.p50_ms or 0)})" for each in kept_up]
    controls = {each.cell.congestion_control for each in kept_up}
    why = ", as BBR does not take loss alone for congestion" if controls == {"bbr"} else ""
    return f"the median stayed near the link's with {listing(said)}{why}."
