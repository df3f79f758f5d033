"""Which rung a try has stuck on, and the ladder as it is shown.

It stuck where the connection failed, where it ended before it stood, or where a rung stands still
for longer than its patience. What the events say of a failure goes before what is concluded.
"""

from wirescope.analysis.ladder import words
from wirescope.analysis.ladder.climbing import Step, steps_of
from wirescope.analysis.ladder.facts import Facts
from wirescope.analysis.ladder.marks import Mark
from wirescope.analysis.ladder.rungs import (
    PATIENCE_NS,
    TITLES,
    Ladder,
    LadderState,
    Rung,
    RungName,
    RungState,
)
from wirescope.analysis.ladder.stuck import explain_stuck

_OF_PHASE: dict[str, RungName] = {
    "source": "source",
    "dns": "signaling",
    "tcp": "signaling",
    "proxy": "signaling",
    "tls": "signaling",
    "upgrade": "signaling",
    "gathering": "gathering",
    "dtls": "dtls",
    "sctp": "sctp",
}
_OF_KIND: dict[tuple[str, str], RungName] = {
    ("signaling", "status"): "signaling",
    ("signaling", "refused"): "signaling",
    ("signaling", "rejected"): "answer",
    ("ice", "no-candidates"): "first-check",
}
"""Rungs of what `connection.failed` says; the rest of signaling and ICE is where it stood."""

_ICE: tuple[RungName, ...] = ("first-check", "first-answer", "nominated")

_DESCRIBING: tuple[RungName, ...] = ("source", "signaling", "offer", "answer")
"""Rungs on which a failure of the signaling may have stood."""


def ladder_of(facts: Facts, *, now_ns: int, is_last: bool = True) -> Ladder:
    """Make the ladder of a try.

    Args:
        facts: what is known of it.
        now_ns: the time to judge by; that of its end goes before.
        is_last: whether no other try followed it.
    """
    steps = steps_of(facts)
    ended_ns = _ended_ns(facts)
    until_ns = now_ns if ended_ns is None else ended_ns
    is_over = ended_ns is not None or not is_last
    ends = [each.seq for each in (facts.failed, facts.closed) if each is not None]
    is_kept = _keeps_path(facts, steps, until_ns)
    failing = _failing(facts, steps, until_ns, is_last=is_last)
    stood_ns = _stands_since(facts, steps)
    stands = stood_ns is not None or (is_kept and failing is None)
    happened, advice = ("", "")
    if failing is not None:
        stuck_ns = _stuck_ns(steps, failing, until_ns)
        happened, advice = explain_stuck(facts, failing, stuck_ns, is_over=is_over)
    began_ns = _began_ns(facts)
    return Ladder(
        connection=facts.connection,
        attempt=facts.attempt,
        state=_state(facts, failing, is_over=is_over, stands=stands),
        began_ns=began_ns,
        took_ns=None if stood_ns is None or began_ns is None else max(0, stood_ns - began_ns),
        rungs=[
            _rung(step, failing, until_ns, ends, is_over=is_over)
            for step in (_settled(facts, each) if is_over else each for each in steps)
        ],
        failing=failing,
        happened=happened,
        advice=advice,
    )


def _state(facts: Facts, failing: RungName | None, *, is_over: bool, stands: bool) -> LadderState:
    if failing is not None and not stands:
        return "failed"
    if is_over:
        return "ended"
    return "stands" if stands else "climbing"


def _began_ns(facts: Facts) -> int | None:
    """Say when a try began: in a server's capture a request comes before its connection."""
    began = [] if facts.began is None else [facts.began.at_ns]
    if facts.way is not None:
        began.append(facts.way.began.at_ns)
    if facts.exchange is not None and facts.began is not None and facts.attempt == 1:
        began.append(facts.exchange.began.at_ns)
    return min(began, default=None)


def _stands_since(facts: Facts, steps: list[Step]) -> int | None:
    if facts.attempt > 1:
        chosen, answer = _step(steps, "nominated").done, facts.marks.get("answer")
        return None if chosen is None or answer is None else max(chosen, answer).at_ns
    stands = facts.marks.get("stands")
    return None if stands is None else stands.at_ns


def _ended_ns(facts: Facts) -> int | None:
    ends = [event.at_ns for event in (facts.failed, facts.closed) if event is not None]
    way = facts.way
    if way is not None and way.failed is not None and facts.offer is None:
        ends.append(way.failed.at_ns)
    return min(ends, default=None)


# Where it stuck


def _failing(facts: Facts, steps: list[Step], until_ns: int, *, is_last: bool) -> RungName | None:
    stood = _stood(facts, steps)
    if facts.failed is not None:
        return _named(facts, steps, stood)
    if facts.way is not None and facts.way.failed is not None and facts.offer is None:
        return "signaling"
    if stood is None:
        return None
    if "dtls-failed" in facts.marks and not _step(steps, "dtls").is_done:
        return "dtls"
    if "ice-failed" in facts.marks and stood.name in _ICE:
        return stood.name
    if stood.name == "gathering":
        return stood.name  # it is over, and there is nothing to try
    is_before = facts.attempt > 1 or "stands" not in facts.marks
    is_cut = is_before and (facts.closed is not None or not is_last)
    if is_cut and not _is_hung_up(facts):
        return stood.name
    patience_ns = PATIENCE_NS[stood.name]
    if stood.name in ("offer", "answer") and _is_by_hand(steps):
        return None  # people take as long as they take
    began = stood.began
    if began is not None and until_ns - began.at_ns > patience_ns:
        return stood.name
    return None


def _keeps_path(facts: Facts, steps: list[Step], until_ns: int) -> bool:
    """Whether a restart was agreed on and the path of before, which works, is kept all the same.

    The engine keeps to it where the pairs of the new addresses rank no higher. The rungs that are
    not taken for that reason are marked as not needed.
    """
    stood = _stood(facts, steps)
    if facts.attempt == 1 or not facts.path_works or stood is None or stood.name not in _ICE:
        return False
    answer = facts.marks.get("answer")
    if answer is None or until_ns - answer.at_ns <= PATIENCE_NS[stood.name]:
        return False
    for name in _ICE:
        step = _step(steps, name)
        if not step.is_done:
            step.is_needed, step.said = False, words.PATH_KEPT
    return True


def _is_hung_up(facts: Facts) -> bool:
    """Whether a side took leave while a restart went on: the path of before stood, or may have."""
    return facts.attempt > 1 and facts.closed is not None and facts.closed.cause == "close"


def _named(facts: Facts, steps: list[Step], stood: Step | None) -> RungName | None:
    """Give the rung that `connection.failed` names, or where it stood then."""
    failed = facts.failed
    assert failed is not None
    at = None if stood is None else stood.name
    if failed.kind == "aborted" and failed.phase != "source":
        return at
    named = _OF_KIND.get((failed.phase, failed.kind)) or _OF_PHASE.get(failed.phase)
    if failed.phase == "ice" and named is None:
        named = at if at in _ICE else "nominated"
    if failed.phase == "signaling" and named is None and at not in _DESCRIBING:
        named = "answer"  # both are there, and do not belong together
    if named in ("signaling", "answer"):
        return named  # an answer may have come and be the refusal
    if named is None or (_step(steps, named).is_done and stood is not None):
        return at
    return named


def _stood(facts: Facts, steps: list[Step]) -> Step | None:
    """Give the first rung that had to be taken next and was not."""
    for step in steps:
        if step.is_done or step.is_needed is False:
            continue
        if step.name == "source" and step.is_needed is None:
            continue
        if step.name == "gathering" and (facts.local or "gathered" not in facts.marks):
            continue  # addresses may come as long as there is time
        if step.name in ("sctp", "channel", "media") and step.is_needed is None:
            continue
        return step
    return None


def _is_by_hand(steps: list[Step]) -> bool:
    return _step(steps, "signaling").is_needed is False


def _step(steps: list[Step], name: RungName) -> Step:
    return next(step for step in steps if step.name == name)


def _stuck_ns(steps: list[Step], failing: RungName, until_ns: int) -> int | None:
    began = _step(steps, failing).began
    return None if began is None else max(0, until_ns - began.at_ns)


# The ladder


def _settled(facts: Facts, step: Step) -> Step:
    """Take what nobody was seen to want for what is not needed, once it is over."""
    is_unknown = facts.offer is None or step.name == "source"
    if step.is_needed is None and not step.is_done and is_unknown:
        step.is_needed, step.said = False, words.NOT_KNOWN
    return step


def _rung(
    step: Step, failing: RungName | None, until_ns: int, ends: list[int], *, is_over: bool
) -> Rung:
    began, done = step.began, step.done
    state = _state_of(step, failing, is_over=is_over)
    took_ns = None
    if state == "failed" and began is not None:
        took_ns = max(0, until_ns - began.at_ns)
    elif began is not None and done is not None and began.at_ns <= done.at_ns:
        took_ns = done.at_ns - began.at_ns
    seqs = [each.seq for each in (began, done) if each is not None]
    said = step.said
    if state == "failed":
        seqs += ends
        said = words.in_vain(step.name, said, is_over=is_over)
    elif state == "waiting" and is_over:
        said = "It was not done when the connection ended." if began is not None else ""
    return Rung(
        name=step.name,
        title=TITLES[step.name],
        state=state,
        began_ns=None if began is None else _began_at(began, done),
        took_ns=took_ns,
        at_most=step.at_most and state == "done",
        evidence=sorted({*seqs, *step.evidence}),
        words=said,
    )


def _began_at(began: Mark, done: Mark | None) -> int:
    """Say when it began; two machines may tell of the same moment in either order."""
    return began.at_ns if done is None else min(began.at_ns, done.at_ns)


def _state_of(step: Step, failing: RungName | None, *, is_over: bool) -> RungState:
    if step.name == failing:
        return "failed"
    if step.is_done:
        return "done"
    if step.is_needed is False:
        return "not-needed"
    return "running" if step.began is not None and not is_over else "waiting"
