"""Why: the sentences that a decision's own figures give.

Each function looks at the figures for one reason and says it, or nothing where they do not show it.
The turn-round, where nothing is as quick as the link, is in `collapsing`.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from wirescope.lab.measures import LATE_MS
from wirescope.lab.results import CellResult
from wirescope.lab.verdicts.deciding import (
    NO_DIFFERENCE,
    NOT_SURE,
    Contender,
    Criterion,
    Decision,
    best_of,
)
from wirescope.lab.verdicts.limiting import rate_of_the_way
from wirescope.lab.verdicts.window import LinkFacts
from wirescope.lab.verdicts.wording import listing, milliseconds, percent, rate, times
from wirescope.lab.workloads import Workload

_RELIABLE = ("websocket", "data-channel-reliable")
_ABOUT_THE_SAME = 1.1
_NEAR = 0.001  # of the shares that came in time


def outcome(decision: Decision) -> Iterator[str]:
    """Say who is best, by how much, and how sure that is."""
    criterion = decision.criterion
    if decision.winner == NO_DIFFERENCE:
        group = (decision.best, *decision.equal)
        yield (
            f"no difference that matters: the {criterion.title} is "
            f"{listing([_with_value(each, criterion) for each in group])}"
        ) + "."
    elif decision.winner == NOT_SURE:
        group = (decision.best, *decision.unsure)
        said = listing([_with_bounds(each, criterion) for each in group])
        yield f"not sure: {_why_unsure(decision)}, {said}; more repeats may tell."
    else:
        yield _win(decision)
    yield _beaten(decision)


def _why_unsure(decision: Decision) -> str:
    """Say what keeps those that may be as good from being told apart."""
    title, best = decision.criterion.title, decision.best.estimate
    others = [each.estimate for each in decision.unsure]
    if any(len(each.repeats) < 2 for each in (best, *others)):
        return f"one run says too little of the {title}"
    overlap = (
        min(best.repeats) <= max(each.repeats) and min(each.repeats) <= max(best.repeats)
        for each in others
    )
    if any(overlap):
        return f"the spreads of the {title} overlap"
    return f"the {title} differs, but perhaps by too little to matter"


def _win(decision: Decision) -> str:
    best, criterion = decision.best, decision.criterion
    rivals = [each for each in decision.worse if each.transport != best.transport]
    said = f"{_said(best, criterion)}{_spread(best, criterion)}"
    if decision.out and not rivals:
        return f"only {best.name} delivered every message; its {criterion.title} is {said}."
    most = "highest" if criterion.wants_more else "lowest"
    first = f"{best.name} has the {most} {criterion.title}, {said}"
    if decision.out:
        first = f"of those that delivered every message, {first}"
    if not rivals:
        return f"{first}."
    than = listing([_distance(best, each, criterion) for each in rivals])
    return f"{first}: {than}. That is {percent(decision.confidence)} sure."


def _distance(best: Contender, other: Contender, criterion: Criterion) -> str:
    """Say how far apart two are, and how far at least by their spreads."""
    word = "higher" if criterion.wants_more else "lower"
    low, high = sorted((best.estimate, other.estimate), key=lambda each: each.value)
    middle = times(_ratio(low.value, high.value))
    least = times(_ratio(low.bounds[1], high.bounds[0]))
    bound = f", {least} at least," if least != middle else ""
    return f"{middle} {word}{bound} than over {other.name} ({_said(other, criterion)})"


def _ratio(low: float, high: float) -> float:
    return high / low if low > 0 else math.inf


def _beaten(decision: Decision) -> str:
    """Say what is worse for sure beside a decision that is none, or with another control."""
    best, criterion = decision.best, decision.criterion
    if decision.winner in (NO_DIFFERENCE, NOT_SURE):
        worse: Sequence[Contender] = decision.worse
    else:
        worse = [each for each in decision.worse if each.transport == best.transport]
    if not worse:
        return ""
    return f"worse for sure: {listing([_with_value(each, criterion) for each in worse])}."


def price(decision: Decision, workload: Workload) -> Iterator[str]:
    """Say which messages are missing, and what somebody takes who needs all of them."""
    for each in decision.out:
        missing = _missing(each.cell)
        yield f"{each.name} is out: {missing}, and {workload.use_case} needs every one."
    for name in decision.silent:
        yield f"nothing came over {name}."
    yield from _broken(decision)
    best = decision.best
    if decision.winner in (NO_DIFFERENCE, NOT_SURE) or best.cell.is_complete:
        return
    yield f"the price: {_missing(best.cell)}."
    complete = [each for each in decision.all if each.cell.is_complete]
    if not complete:
        yield "nothing else delivered all of them either."
        return
    safe = best_of(complete, decision.criterion)
    group = (safe.best, *safe.equal, *safe.unsure)
    names = [f"{each.name} ({_said(each, safe.criterion)})" for each in group]
    between = {
        NO_DIFFERENCE: ", between which there is no difference that matters",
        NOT_SURE: ", of which none is surely the better one",
    }
    yield (
        f"who needs every message takes {listing(names, 'or')}{between.get(safe.winner, '')}: "
        "there all of them came."
    )


def _broken(decision: Decision) -> Iterator[str]:
    """Say which connections did not live to the end of their runs."""
    for each in decision.all:
        broken = [run.broke for run in each.cell.counted if run.broke]
        if broken:
            yield (
                f"over {each.name} the connection ended in {len(broken)} of "
                f"{len(each.cell.counted)} runs: {broken[0]}"
            )


def _missing(cell: CellResult) -> str:
    share = percent(1 - (cell.delivered or 0))
    if cell.transport in _RELIABLE:
        return f"{share} of its messages had not come when the run ended"
    return f"{share} of its messages never came"


def blocking(decision: Decision, facts: LinkFacts) -> Iterator[str]:
    """Say that messages wait behind lost ones, where more are late than packets were lost."""
    if not facts.loss or decision.best.transport != "data-channel-unreliable":
        return
    for each in decision.worse:
        late = each.cell.late_share
        if each.transport not in _RELIABLE or late is None or late <= 1.5 * facts.loss:
            continue
        yield (
            f"over {each.name} {percent(late)} of the messages were more than {LATE_MS} ms late, "
            f"although only {percent(facts.loss)} of the packets were lost: those behind a lost "
            "one wait until it was sent again (head-of-line blocking)."
        )
        return


def usefulness(decision: Decision, workload: Workload) -> Iterator[str]:
    """Say what of it an application notices: what came in time, and how old what it knows is."""
    shown = (decision.best, *decision.equal, *decision.unsure, *decision.worse)
    in_time = [(each, each.cell.in_time) for each in shown if each.cell.in_time is not None]
    if workload.useful_for_ms is not None and len(in_time) > 1:
        said = listing([f"{percent(share)} over {each.name}" for each, share in in_time])
        yield f"within the {workload.useful_for_ms:g} ms that a message is of use came {said}."
        (_, first), *rest = in_time
        as_many = [each.name for each, share in rest if share >= first - _NEAR]
        if as_many and decision.winner == decision.best.transport:
            yield f"who only needs them by then does as well with {listing(as_many, 'or')}."
    answers = [(each, each.cell.answer_p99_ms) for each in shown if each.cell.answer_p99_ms]
    if len(answers) > 1:
        said = listing([f"{milliseconds(took)} over {each.name}" for each, took in answers])
        yield f"of the answers 99 % were there within {said}."
    ages = [(each, each.cell.age_p99_ms) for each in shown if each.cell.age_p99_ms is not None]
    if len(ages) > 1:
        said = listing([f"{milliseconds(age)} over {each.name}" for each, age in ages])
        yield f"for 99 % of the time what was known was no older than {said}."


def share_of_the_link(decision: Decision, workload: Workload, facts: LinkFacts) -> Iterator[str]:
    """Say how much of what the link carries became goodput, where that is what counts."""
    carries = rate_of_the_way(workload, facts)
    if not decision.criterion.wants_more or carries is None:
        return
    said = [f"{percent(each.estimate.value / carries)} over {each.name}" for each in decision.all]
    yield f"of the {rate(carries)} that the link carries these are {listing(said)}."


def beside(decision: Decision) -> Iterator[str]:
    """Say what else tells the transports apart, where what counts does not."""
    if decision.winner != NO_DIFFERENCE:
        return
    group = (decision.best, *decision.equal)
    said = [
        _compared("set-up time", [(each, each.cell.setup_ms) for each in group], milliseconds),
        _compared(
            "bytes on the wire per useful byte",
            [(each, each.cell.wire_bytes_per_byte) for each in group],
            lambda value: f"{value:.2f}",
        ),
        _compared(
            "CPU time", [(each, each.cell.cpu_s) for each in group], lambda value: f"{value:.2f} s"
        ),
    ]
    known = [each for each in said if each]
    if known:
        yield f"what else decides: {'; '.join(known)}."


def _compared(
    title: str, values: Sequence[tuple[Contender, float | None]], say: Callable[[float], str]
) -> str:
    known = sorted((value, each.name) for each, value in values if value is not None)
    if len(known) < 2:
        return ""
    (least, _), (most, _) = known[0], known[-1]
    if most <= _ABOUT_THE_SAME * least:
        return f"{title} about the same ({say(least)} to {say(most)})"
    return f"{title} {listing([f'{say(value)} over {name}' for value, name in known])}"


def _said(contender: Contender, criterion: Criterion) -> str:
    return _value(contender.estimate.value, criterion)


def _value(value: float, criterion: Criterion) -> str:
    return rate(value) if criterion.wants_more else milliseconds(value)


def _spread(contender: Contender, criterion: Criterion) -> str:
    low, high = (_value(each, criterion) for each in contender.estimate.bounds)
    return f" ({low} to {high})" if low != high else ""


def _with_value(contender: Contender, criterion: Criterion) -> str:
    return f"{_said(contender, criterion)} over {contender.name}"


def _with_bounds(contender: Contender, criterion: Criterion) -> str:
    return f"{_with_value(contender, criterion)}{_spread(contender, criterion)}"
