"""From the cells of a comparison to its verdicts, one for each use case, link and path.

Cells whose link missed its settings decide nothing. Where several implementations were measured, a
verdict is about the transport only if they agree.
"""

from collections.abc import Iterator, Mapping, Sequence

from wirescope.lab.results import CellResult, Verdict
from wirescope.lab.verdicts import collapsing, explaining, limiting
from wirescope.lab.verdicts.deciding import (
    INVALID,
    NO_DIFFERENCE,
    NOT_SURE,
    Decision,
    decide,
)
from wirescope.lab.verdicts.window import LinkFacts
from wirescope.lab.verdicts.wording import (
    TRANSPORTS,
    cell_name,
    listing,
    percent,
    rate,
    sentences,
    some,
)
from wirescope.lab.workloads import Workload

_OURS = "wirescope"

_Place = tuple[str, str, str]  # workload, link, path


def verdicts(
    cells: Sequence[CellResult],
    *,
    workloads: Mapping[str, Workload],
    links: Mapping[str, LinkFacts],
) -> list[Verdict]:
    """Return the verdicts, in the order in which the cells came.

    Args:
        cells: of the whole comparison; one transport alone for a workload and link gives none.
        workloads: by their names, those of all cells.
        links: by their names, likewise.
    """
    places: dict[_Place, list[CellResult]] = {}
    for cell in cells:
        places.setdefault((cell.workload, cell.link, cell.path), []).append(cell)
    compared = {
        place: found
        for place, found in places.items()
        if len({cell.transport for cell in found}) > 1
    }
    decisions = {place: _by_stack(found, workloads[place[0]]) for place, found in compared.items()}
    return [
        _verdict(place, found, decisions, workloads[place[0]], links)
        for place, found in compared.items()
    ]


def _by_stack(cells: Sequence[CellResult], workload: Workload) -> dict[str, Decision]:
    """Decide for each implementation that has valid cells of two transports; ours comes first."""
    found: dict[str, Decision] = {}
    for stack in sorted({cell.stack for cell in cells}, key=lambda name: (name != _OURS, name)):
        valid = [cell for cell in cells if cell.valid and cell.stack == stack]
        if len({cell.transport for cell in valid}) > 1:
            decision = decide(valid, workload)
            if decision is not None:
                found[stack] = decision
    return found


def _verdict(
    place: _Place,
    cells: Sequence[CellResult],
    decisions: Mapping[_Place, Mapping[str, Decision]],
    workload: Workload,
    links: Mapping[str, LinkFacts],
) -> Verdict:
    found = decisions[place]
    invalid = list(_invalid(cells, workload, links[place[1]]))
    winners = {decision.winner for decision in found.values()}
    confidence: float | None = min((each.confidence for each in found.values()), default=None)
    if not found:
        winner = INVALID
        first = [_nothing(cells)]
        valid = [cell for cell in cells if cell.valid]
        parts = [*first, *limiting.unfilled(valid, workload, links[place[1]]), *invalid]
    else:
        winner = winners.pop() if len(winners) == 1 else NOT_SURE
        stack, decision = next(iter(found.items()))
        first = [
            *_disagreement(found),
            *explaining.outcome(decision),
            *explaining.price(decision, workload),
        ]
        parts = [
            *first,
            *_reasons(decision, workload, links[place[1]]),
            *_elsewhere(place, stack, decision, decisions, links),
            *invalid,
        ]
        if winner == NOT_SURE:
            confidence = 0.0
    return Verdict(
        use_case=workload.use_case,
        link=place[1],
        winner=winner,
        why=sentences(parts),
        confidence=confidence,
        workload=workload.name,
        path=cells[0].path,
        headline=sentences(first),
    )


def _nothing(cells: Sequence[CellResult]) -> str:
    """Say why there is no verdict."""
    if len({cell.transport for cell in cells if cell.valid}) > 1:
        return "no verdict: too few messages came to compare."
    return "no verdict: fewer than two transports were measured on a link that kept its settings."


def _reasons(decision: Decision, workload: Workload, facts: LinkFacts) -> Iterator[str]:
    """Say what stands behind who is best by how much, and at what price."""
    yield from collapsing.collapse(decision, workload, facts)
    yield from explaining.blocking(decision, facts)
    yield from explaining.usefulness(decision, workload)
    yield from explaining.share_of_the_link(decision, workload, facts)
    yield from limiting.unfilled([each.cell for each in decision.all], workload, facts)
    yield from explaining.beside(decision)


def _disagreement(found: Mapping[str, Decision]) -> Iterator[str]:
    """Say whether the implementations agree."""
    if len(found) < 2:
        return
    said = [f"{stack}: {_winner_in_words(each.winner)}" for stack, each in found.items()]
    if len({each.winner for each in found.values()}) > 1:
        yield f"it depends on the implementation ({'; '.join(said)}). Of {next(iter(found))}:"
    else:
        yield f"{listing(list(found))} agree; the figures are those of {next(iter(found))}."


def _winner_in_words(winner: str) -> str:
    return f"{TRANSPORTS[winner]} wins" if winner in TRANSPORTS else winner


def _invalid(cells: Sequence[CellResult], workload: Workload, facts: LinkFacts) -> Iterator[str]:
    """Say which cells do not count, and of bulk also what they met."""
    for cell in cells:
        if not cell.valid:
            told = (each.rstrip(".") for each in cell.problems)
            why = "; ".join(told) or "its link did not keep its settings"
            yield f"the cell of {cell_name(cell)} does not count: {why}."
            yield from limiting.unfilled([cell], workload, facts)


def _elsewhere(
    place: _Place,
    stack: str,
    decision: Decision,
    decisions: Mapping[_Place, Mapping[str, Decision]],
    links: Mapping[str, LinkFacts],
) -> Iterator[str]:
    """Say on which of the other links it was decided differently."""
    workload, link, path = place
    differing: dict[str, list[str]] = {}
    for (other_workload, other, other_path), found in decisions.items():
        if (other_workload, other_path) != (workload, path) or other == link or stack not in found:
            continue
        winner = found[stack].winner
        if winner not in (decision.winner, NOT_SURE):
            differing.setdefault(winner, []).append(_described(links[other]))
    if differing:
        said = [
            f"{'there is no difference' if winner == NO_DIFFERENCE else _winner_in_words(winner)} "
            f"on {some(names)}"
            for winner, names in differing.items()
        ]
        yield f"it changes with the link: {'; '.join(said)}."


def _described(facts: LinkFacts) -> str:
    told = [f"{percent(facts.loss)} loss"]
    if facts.rate_bps is not None:
        told.append(rate(facts.rate_bps))
    return f"{facts.name} ({', '.join(told)})"
