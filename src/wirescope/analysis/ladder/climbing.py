"""Each rung by itself: whether it is needed, when it began, when and by which events it was done.

What failed is `judging`'s affair, which looks at all of them together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wirescope.analysis.ladder import words
from wirescope.analysis.ladder.facts import Facts
from wirescope.analysis.ladder.marks import Mark, Sign
from wirescope.analysis.ladder.rungs import RUNGS, RungName


@dataclass(slots=True)
class Step:
    """A rung as the events show it.

    Attributes:
        name: which one.
        began: when it began; None while it has not, or where that is not known.
        done: when it was done; None while it is not, or where later rungs alone show it.
        is_needed: False where there is nothing to do, None while that is not known.
        is_done: whether it is done.
        at_most: whether a sample showed it after it was done.
        evidence: further events that show it.
        said: what happened, once it is done, or while it is not.
    """

    name: RungName
    began: Mark | None = None
    done: Mark | None = None
    is_needed: bool | None = field(default=True, kw_only=True)
    is_done: bool = False
    at_most: bool = False
    evidence: list[int] = field(default_factory=list)
    said: str = ""

    def __post_init__(self) -> None:
        self.is_done = self.is_done or self.done is not None


def steps_of(facts: Facts) -> list[Step]:
    """Give all rungs of a try, in order; a later one that is done shows that those before are."""
    steps = [_STEPS[name](facts) for name in RUNGS]
    _put_in_order({step.name: step for step in steps})
    is_passed = facts.has_stood and facts.attempt == 1
    for step in reversed(steps):
        if step.name not in _ALONE:
            if is_passed and step.is_needed is not False and _is_passed(facts, step):
                step.is_done = True
            is_passed = is_passed or (step.is_done and step.name not in _NO_PROOF)
            # Checks begin once both descriptions are there (W3C webrtc section 5.6.3).
            is_passed = is_passed or (step.name == "first-check" and step.began is not None)
        if step.is_done and step.done is None:
            step.said = words.UNSEEN
    return steps


_ALONE = ("source", "sctp", "channel", "media")
"""Rungs that others do not need."""

_NO_PROOF = ("signaling", "offer", "gathering")
"""Rungs that do not show that those before them were taken."""


def _put_in_order(steps: dict[RungName, Step]) -> None:
    """Place what samples showed late no later than what was seen of the rungs that build on it."""
    handshake = steps["dtls"].began
    later = handshake
    for step in (steps["nominated"], steps["first-answer"], steps["first-check"]):
        if step.at_most:
            step.began = _no_later(step.began, later)
            step.done = _no_later(step.done, handshake)
        later = step.began


def _no_later(mark: Mark | None, than: Mark | None) -> Mark | None:
    """Give a mark the time of another that came before it; the event stays the one that tells."""
    if mark is None or than is None:
        return mark
    return mark._replace(at_ns=min(mark.at_ns, than.at_ns))


def _is_passed(facts: Facts, step: Step) -> bool:
    """Whether what comes later shows that a rung was taken."""
    if step.name == "signaling":  # a description of this end does not
        sides = [each[0] for each in (facts.offer, facts.answer) if each is not None]
        return "remote" in sides or "answer" not in facts.marks
    # Addresses may be looked for longer than a path.
    return step.name != "gathering" or step.began is None


def _first(marks: Iterable[Mark | None]) -> Mark | None:
    return min((each for each in marks if each is not None), default=None)


def _last(marks: Iterable[Mark | None]) -> Mark | None:
    return max((each for each in marks if each is not None), default=None)


def _again(facts: Facts, name: RungName) -> Step | None:
    """Give a rung that a restart of ICE does not take anew."""
    return Step(name, is_needed=False, said=words.KEPT) if facts.attempt > 1 else None


def _source(facts: Facts) -> Step:
    if (kept := _again(facts, "source")) is not None:
        return kept
    done = facts.marks.get("source")
    if done is not None:
        return Step("source", began=facts.began, done=done, said=words.source())
    is_known = facts.has_stood or bool({"answer", "connected"} & facts.marks.keys())
    is_described = facts.offer is not None and facts.offer[0] == "local"
    only_watches = facts.url.startswith("whep+")
    needed = False if is_known or is_described or only_watches else None
    return Step("source", is_needed=needed, said=words.NOTHING_TO_SEND if needed is False else "")


def _signaling(facts: Facts) -> Step:
    if (kept := _again(facts, "signaling")) is not None:
        return kept
    way, exchange = facts.way, facts.exchange
    if way is not None:
        return Step("signaling", way.began, way.opened, said=words.way(way))
    if exchange is not None:
        done = exchange.ended if exchange.is_agreed else None
        return Step("signaling", exchange.began, done, said=words.exchange(exchange))
    if facts.url.startswith(("whip+", "whep+")):
        return Step("signaling", facts.began, said=words.ASKING)
    return Step("signaling", is_needed=False, said=words.BY_HAND)


def _offer(facts: Facts) -> Step:
    way, began, done = facts.way, facts.began, facts.offered
    if way is not None and facts.attempt == 1:  # no offer goes over a way that is not open
        began = None if way.opened is None else _last([began, way.opened])
    if done is None and facts.attempt == 1 and facts.url.startswith(("whip+", "whep+")):
        began = None  # the request is under way, of which its end alone tells
    return Step("offer", began, done, said=words.offer(facts, is_begun=began is not None))


def _answer(facts: Facts) -> Step:
    posted = facts.posted
    began = None if posted is not None and not posted.is_agreed else facts.offered
    return Step("answer", began, facts.marks.get("answer"), said=words.answer(facts))


def _gathering(facts: Facts) -> Step:
    marks = facts.marks
    began = _first([marks.get("gathering"), marks.get("local-candidate")])
    done = marks.get("gathered") if facts.local else None
    step = Step("gathering", began, done, said=words.gathering(facts))
    step.evidence = [each.seq for each in facts.errors]
    if "local-candidate" in marks:
        step.evidence.insert(0, marks["local-candidate"].seq)
    return step


def _check(facts: Facts, name: RungName, sign: Sign, began: Mark | None) -> Step:
    """Make one of the two rungs that only samples of the statistics show."""
    marks = facts.marks
    later: tuple[Sign, ...] = ("check-answered", "connected", "chosen")
    done = _first([marks.get(sign), *(marks.get(each) for each in later)])
    return Step(name, began, done, at_most=done is not None)


def _checking(facts: Facts) -> Mark | None:
    """Say when checks began; while the path of before works, no machine tells of a restart's."""
    marks = facts.marks
    if facts.attempt == 1:
        return marks.get("checking")
    answer = marks.get("answer")
    seen = _first(marks.get(each) for each in ("check-sent", "check-answered", "chosen"))
    is_early = answer is not None and seen is not None and seen < answer
    return marks.get("offer") if is_early else answer


def _first_check(facts: Facts) -> Step:
    step = _check(facts, "first-check", "check-sent", _checking(facts))
    step.said = words.first_check(facts, is_done=step.is_done)
    return step


def _first_answer(facts: Facts) -> Step:
    marks = facts.marks
    checking, sent = _checking(facts), marks.get("check-sent")
    answered = _first([marks.get("check-answered"), marks.get("connected"), marks.get("chosen")])
    began = sent if sent is not None and (answered is None or sent < answered) else None
    step = _check(
        facts, "first-answer", "check-answered", began or (checking if answered else None)
    )
    step.said = words.first_answer(facts, is_done=step.is_done)
    return step


def _nominated(facts: Facts) -> Step:
    marks = facts.marks
    done = _first([marks.get("connected"), marks.get("chosen")])
    answered = marks.get("check-answered")
    is_apart = answered is not None and (done is None or answered < done)
    began = answered if is_apart else _checking(facts) if done is not None else None
    step = Step("nominated", began, done, said=words.nominated(facts))
    step.at_most = done is not None and done == marks.get("chosen")
    step.evidence = [facts.pair.seq] if facts.pair is not None else []
    return step


def _dtls(facts: Facts) -> Step:
    if (kept := _again(facts, "dtls")) is not None:
        return kept
    marks = facts.marks
    done = marks.get("dtls-done")
    began = marks.get("dtls-began") or _first([marks.get("connected"), marks.get("chosen")])
    return Step("dtls", began, done, said=words.dtls(facts))


def _sctp(facts: Facts) -> Step:
    if (kept := _again(facts, "sctp")) is not None:
        return kept
    marks = facts.marks
    done = marks.get("sctp-done")
    began = _last([marks.get("dtls-done") or marks.get("stands"), marks.get("channels-agreed")])
    if "dtls-done" not in marks and "stands" not in marks:
        began = None
    needed = _channels_needed(facts)
    step = Step("sctp", began, done, is_needed=needed, said=words.sctp(facts))
    step.is_done = step.is_done or bool({"channel", "channel-used"} & marks.keys())
    return step


def _channel(facts: Facts) -> Step:
    if (kept := _again(facts, "channel")) is not None:
        return kept
    marks = facts.marks
    done, began = marks.get("channel"), marks.get("sctp-done")
    if began is not None:
        began = _last([began, marks.get("channels-agreed")])
    if began is not None and done is not None and done < began:
        began = done
    needed = _channels_needed(facts)
    step = Step("channel", began, done, is_needed=needed, said=words.channel(facts))
    step.is_done = step.is_done or "channel-used" in marks
    return step


def _channels_needed(facts: Facts) -> bool | None:
    if {"channel", "channel-used", "sctp-done"} & facts.marks.keys():
        return True
    if facts.has_channels is None and facts.has_stood:
        return False  # nothing was seen of them
    return facts.has_channels


def _media(facts: Facts) -> Step:
    if (kept := _again(facts, "media")) is not None:
        return kept
    marks = facts.marks
    came, went = marks.get("media-came"), marks.get("media-went")
    if came is not None or facts.receives:
        done, agreed = came, marks.get("media-agreed")
    else:
        done, agreed = went, marks.get("sending-agreed")
    stands = marks.get("stands") or marks.get("dtls-done")
    began = _last([stands, agreed]) if stands is not None else None
    if began is not None and done is not None and done < began:
        began = done
    step = Step("media", began, done, is_needed=_media_needed(facts), said=words.media(facts))
    step.at_most = done is not None and done is not came
    return step


def _media_needed(facts: Facts) -> bool | None:
    marks = facts.marks
    if facts.receives or not marks.keys().isdisjoint({"media-came", "media-went"}):
        return True
    if facts.sends and "sampled" in marks:  # samples alone tell what goes out
        return True
    if facts.has_stood:
        return False
    return False if facts.receives is False and facts.sends is False else None


_STEPS: dict[RungName, Callable[[Facts], Step]] = {
    "source": _source,
    "signaling": _signaling,
    "offer": _offer,
    "answer": _answer,
    "gathering": _gathering,
    "first-check": _first_check,
    "first-answer": _first_answer,
    "nominated": _nominated,
    "dtls": _dtls,
    "sctp": _sctp,
    "channel": _channel,
    "media": _media,
}
