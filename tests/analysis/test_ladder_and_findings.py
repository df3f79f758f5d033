"""The connect ladder and the findings tell of the same step, whatever happened to a connection."""

from collections.abc import Callable, Sequence

import pytest

from tests.analysis.findings.call_making import healthy
from tests.analysis.findings.call_stories import STORIES
from tests.analysis.test_ladder import FAILURES, failed, story
from wirescope.analysis import Analyzer, Ladder, RungName
from wirescope.events import AnyEvent, ConnectionClosed, ConnectionFailed, Finding

PATH: frozenset[RungName] = frozenset({"first-check", "first-answer", "nominated"})

CONCERNS: dict[str, frozenset[RungName]] = {
    "SIG": frozenset({"signaling"}),
    "SIG101": frozenset({"answer"}),
    "SIG102": frozenset({"offer", "answer"}),
    "SIG110": frozenset({"answer"}),
    "SIG111": frozenset({"answer"}),
    "SIG112": frozenset({"answer"}),
    "SIG113": frozenset({"dtls"}),  # the roles that the descriptions give are those of DTLS
    "SIG114": PATH,  # two lite sides begin no checks
    "SIG115": frozenset({"answer"}),
    "SIG116": frozenset({"offer", "answer"}),
    "ICE1": frozenset({"gathering"}),
    "ICE112": PATH | {"gathering"},  # a server is missed where it was needed for a path as well
    "ICE119": PATH,  # the relay is there, and relays to nobody
    "ICE2": PATH,
    "ICE201": frozenset({"first-check"}),
    "ICE302": frozenset(),  # the path of a connection that stood
    "DTLS": frozenset({"dtls"}),
    "DTLS103": frozenset(),  # of one that stood
    "SCTP102": frozenset({"sctp"}),
    "SCTP103": frozenset({"channel"}),
    "RTP": frozenset({"media"}),
}
"""The rungs that a finding concerns, by its code or the longest beginning of it that is here; none
where it tells of a connection that had taken them all."""

Tell = Callable[[], Sequence[AnyEvent]]

CLOSED = (ConnectionClosed, 0, "", "local", True, "close")


def on_the_ladder(until: str, phase: str, kind: str) -> Tell:
    return lambda: story(until=until).tell(30_000, *failed(phase, kind)).events


def stuck_until(until: str) -> Tell:
    return lambda: story(until=until).tell(30_000, *CLOSED).events


TOLD: dict[str, Tell] = {
    "healthy": healthy,
    "all rungs": stuck_until(""),
    **{f"no {until}": stuck_until(until) for until in ("sctp", "channel", "media")},
    **{code: tell for code, (tell, _) in STORIES.items()},
    **{f"like {code}": tell for code, (_, tell) in STORIES.items()},
    **{
        f"{until} {phase} {kind}": on_the_ladder(until, phase, kind)
        for until, phase, kind, _ in FAILURES
        if phase != "source" and kind != "aborted"  # of which there are no findings
    },
}


def concerned(finding: Finding) -> frozenset[RungName]:
    code = finding.code
    return next(CONCERNS[code[:end]] for end in range(len(code), 0, -1) if code[:end] in CONCERNS)


def looked_at(events: Sequence[AnyEvent]) -> tuple[Ladder, list[Finding]]:
    analyzer = Analyzer()
    found = [*analyzer.feed(events), *analyzer.finish()]
    (ladder,) = analyzer.ladders.of("c1")
    return ladder, found


@pytest.mark.parametrize("name", sorted(TOLD))
def test_the_rung_that_failed_is_the_one_that_the_findings_concern(name: str) -> None:
    events = TOLD[name]()
    ladder, found = looked_at(events)
    errors = [each for each in found if each.severity == "error"]
    end = events[-1]
    if isinstance(end, ConnectionFailed):
        assert ladder.state == "failed"
        assert ladder.failing in concerned(errors[0])
    elif ladder.failing is not None:  # it stands, and something on it does not
        assert any(ladder.failing in concerned(each) for each in found)
        assert all(ladder.failing in concerned(each) for each in errors)
    else:
        assert isinstance(end, ConnectionClosed)
        assert [each.code for each in errors if concerned(each)] == []
        assert bool(errors) == (end.cause != "close")


@pytest.mark.parametrize("kind", ["healthy", "all rungs"])
def test_a_connection_that_is_well_has_no_rung_that_failed_and_no_error(kind: str) -> None:
    ladder, found = looked_at(TOLD[kind]())
    assert ladder.failing is None
    assert {each.state for each in ladder.rungs} <= {"done", "not-needed"}
    assert found == []
