"""What every examination keeps: what was found, and to which connection it belongs."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from wirescope.analysis import Found, Rule
from wirescope.events import Emission, Event, EventSink, Finding, Full, Timeline

_OWNERS = 100_000


class Notebook(ABC):
    """Notes whose events they are, passes them on, and makes findings of what rules find.

    Args:
        timeline: numbers the events.
        sink: keeps them.

    Attributes:
        timeline: it.
        findings: what was found so far.
        noted: what a step has seen before it failed, for its facts.
    """

    def __init__(self, timeline: Timeline, sink: EventSink) -> None:
        self.timeline = timeline
        self.findings: list[Finding] = []
        self.noted: dict[str, object] = {}
        self._sink = sink
        self._owners: dict[int, str] = {}

    @abstractmethod
    def judge_seen(self) -> None:
        """Show the rules what was seen until now; what is found is told once."""

    def pass_on(self, emissions: Sequence[Emission]) -> Full | None:
        """Take what a connection emits."""
        for each in emissions:
            if isinstance(each, Event) and len(self._owners) < _OWNERS:
                self._owners[each.seq] = each.connection
        return self._sink(emissions)

    def add(self, rule: Rule, found: Iterable[Found]) -> None:
        """Make findings of what a rule found, each cause once."""
        given = {each.cause for each in self.findings if each.code == rule.code}
        self.keep([self._finding(rule, each) for each in found if each.cause not in given])

    def _finding(self, rule: Rule, found: Found) -> Finding:
        return Finding(
            self.timeline.next_seq(),
            self.timeline.now_ns(),
            self._owners.get(found.evidence[0], ""),
            rule.code,
            found.severity or rule.severity,
            rule.title,
            found.cause,
            found.fix,
            sorted(set(found.evidence)),
        )

    def keep(self, findings: list[Finding]) -> None:
        """Keep findings, and pass them on."""
        if findings:
            self.findings += findings
            self._sink(findings)
