"""Why a bulk transfer did not fill its link: the share that it had, and its reasons in sentences.

A cell has several reasons where several show. Not here: what each of them looks at (`causes`),
which transport is the better one (`deciding`), latencies that grow (`collapsing`).
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final

from wirescope.lab.measures import Limits
from wirescope.lab.results import CellResult, Repeat
from wirescope.lab.verdicts.causes import LOOKS, Met, stands
from wirescope.lab.verdicts.window import LinkFacts
from wirescope.lab.verdicts.wording import cell_name, percent, rate
from wirescope.lab.workloads import Workload

FULL: Final = 0.9
"""A transfer whose goodput is less than this share of the link's rate is one that has a reason."""

NOT_KNOWN: Final = "nothing that was noted says why; the captures of its runs may"
"""The reason of a transfer that has none that shows."""

_PACED = 0.95  # of the link's rate, or of the pace


def goodput_bps(cell: CellResult) -> float | None:
    """Return a cell's goodput, of the repeats that count, or of all where none does."""
    if cell.goodput_bps is not None:
        return cell.goodput_bps
    known = [each.figures.goodput_bps for each in cell.repeats]
    return median([each for each in known if each is not None] or [0]) if cell.repeats else None


def share(cell: CellResult, workload: Workload, facts: LinkFacts) -> float | None:
    """Return the goodput of a bulk transfer as a share of the link's rate; None without a rate."""
    rate_bps = rate_of_the_way(workload, facts)
    found = goodput_bps(cell)
    return None if rate_bps is None or found is None else found / rate_bps


def reasons(cell: CellResult, workload: Workload, facts: LinkFacts) -> tuple[str, ...]:
    """Return why a bulk transfer did not fill the link, a part of a sentence each.

    It is empty where the link was filled, where it has no rate, and of what is no bulk; where no
    reason shows, it says that.
    """
    found, rate_bps = share(cell, workload, facts), rate_of_the_way(workload, facts)
    if workload.pace != "bulk" or found is None or rate_bps is None or found >= FULL:
        return ()
    limits = _typical(cell)
    if limits is None:
        return ("nothing came",) if not found else (NOT_KNOWN,)
    pace = workload.bulk_bytes_per_s
    met = Met(limits, rate_bps, facts, None if pace is None else 8 * pace, cell)
    if met.pace_bps is not None and found * rate_bps >= _PACED * met.pace_bps:
        return (f"no more was sent than its pace, {rate(met.pace_bps)}",)
    said = tuple(each for look in LOOKS for each in look(met))
    return said or (NOT_KNOWN,)


def unfilled(cells: Iterable[CellResult], workload: Workload, facts: LinkFacts) -> Iterator[str]:
    """Say of each cell that did not fill the link why, a sentence each, and what to do."""
    stood = False
    for cell in cells:
        said = reasons(cell, workload, facts)
        if said:
            part = percent(share(cell, workload, facts) or 0)
            yield f"why it is {part} over {cell_name(cell)}: {'; '.join(said)}."
        stood = stood or (bool(said) and stands_still(cell))
    if stood:
        yield (
            "a pace below the link's rate keeps a channel from standing still (its option "
            "`pace_bytes_per_s`)."
        )


def stands_still(cell: CellResult) -> bool:
    """Tell whether a channel filled the link's queue and stood still again and again after that."""
    limits = _typical(cell)
    return cell.transport != "websocket" and limits is not None and stands(limits)


def rate_of_the_way(workload: Workload, facts: LinkFacts) -> float | None:
    """Return what a link carries a second the way that a bulk workload goes; None for any rate."""
    to_client = workload.bulk_side == "b" and facts.down_bps is not None
    return facts.down_bps if to_client else facts.rate_bps


def _typical(cell: CellResult) -> Limits | None:
    """Give what the repeat met that is in the middle; of those that count, if any does."""

    def value(repeat: Repeat) -> float:
        return repeat.figures.goodput_bps or 0

    runs: Sequence[Repeat] = cell.counted or cell.repeats
    known = sorted((each for each in runs if each.limits is not None), key=value)
    return known[(len(known) - 1) // 2].limits if known else None
