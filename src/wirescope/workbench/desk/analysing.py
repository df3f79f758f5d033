"""What a capture means, found a piece at a time, while it is recorded or afterwards.

The analysis is fed from the file, so that the connection itself is never kept waiting for it, and
looks at what it would find if nothing more came: those findings are provisional until the end.
"""

from typing import Any

from wirescope.analysis import LIVE_RATE, RULES, Analyzer, Conversation, Pair, Verdict
from wirescope.capture import Capture
from wirescope.clock import SystemClock
from wirescope.events import AnyEvent, Finding, Severity, WebSocketFrame, WebSocketMessage
from wirescope.workbench.analysing import overall_verdict
from wirescope.workbench.desk.cures import Circumstances, Cure, cure_of
from wirescope.workbench.desk.model import Analysis, FindingState, Proven, Unproven
from wirescope.workbench.desk.pairs import Pairs, Timed
from wirescope.workbench.desk.reading import Deadline
from wirescope.workbench.desk.survey import Survey

LOOK_INTERVAL_NS = 1_000_000_000
"""How often at most provisional findings and figures are looked for."""

_AT_ONCE = 512
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class CaptureAnalysis:
    """The analysis of one capture.

    Args:
        pairs: is given requests with their answers.

    Attributes:
        read_seq: up to which event it has come.
        revision: rises whenever something changed.
        verdict: what happened, in a sentence, and what to do.
        findings: those so far, provisional ones included, the worst first.
        metrics: the figures so far.
        ended: whether nothing more will come.
    """

    def __init__(self, pairs: Pairs) -> None:
        self.read_seq = 0
        self.revision = 0
        self.verdict = Verdict("", "")
        self.findings: list[Finding] = []
        self.metrics: dict[str, Any] = {}
        self.ended = False
        self._pairs = pairs
        self._new_pairs: list[Pair] = []
        self._analyzer = Analyzer(content_rate=LIVE_RATE, on_pair=self._new_pairs.append)
        self._given: list[Finding] = []
        self._cures: list[Cure | None] = []
        self._looked_ns: int | None = None
        self._looked_seq = -1

    def extend(self, capture: Capture, deadline: Deadline, *, ended: bool) -> bool:
        """Go on until the deadline; whether everything so far was looked through.

        `ended` says that the capture is not recorded any more.
        """
        complete = self._feed(capture, deadline)
        if complete and ended and not self.ended:
            self._given += self._analyzer.finish()
            self.ended = True
            self._look()
        elif self._looked_seq != self.read_seq and self._is_due():
            self._look()
        return complete

    def _feed(self, capture: Capture, deadline: Deadline) -> bool:
        for batch in capture.batches(after=self.read_seq):
            events = batch.events
            for start in range(0, len(events), _AT_ONCE):
                part = events[start : start + _AT_ONCE]
                self._take([_whole(event, capture) for event in part])
                self.read_seq = part[-1].seq
                if deadline.passed:
                    return self.read_seq >= capture.last_seq
            self.read_seq = batch.last_seq
        return True

    def _take(self, events: list[AnyEvent]) -> None:
        self._given += self._analyzer.feed(events)
        if not self._new_pairs:
            return
        known = {event.seq: event for event in events}
        # What is not among them is a message whose protocol was recognised late.
        answers = [(known.get(pair.response), pair) for pair in self._new_pairs]
        last_ns = events[-1].at_ns
        self._pairs.add(
            Timed(answer.at_ns if answer else last_ns, pair, type(answer) is WebSocketFrame)
            for answer, pair in answers
        )
        self._new_pairs.clear()

    def _is_due(self) -> bool:
        now_ns = SystemClock.monotonic_ns()
        return self._looked_ns is None or now_ns - self._looked_ns >= LOOK_INTERVAL_NS

    def _look(self) -> None:
        provisional = [] if self.ended else self._analyzer.preview()
        found = [*self._given, *provisional]
        found.sort(key=lambda finding: _SEVERITIES.index(finding.severity))
        self.findings = found
        known = {each.id: each for each in self._analyzer.conversations}
        self._cures = [
            cure_of(finding, _circumstances(known.get(finding.connection))) for finding in found
        ]
        self.verdict = overall_verdict(self._analyzer.conversations, found)
        self.metrics = self._analyzer.metrics()
        self._looked_ns, self._looked_seq = SystemClock.monotonic_ns(), self.read_seq
        self.revision += 1

    def is_current(self, seq: int | None) -> bool:
        """Whether everything up to an event is in what it says; None for one that is not known."""
        return self.ended or (seq is not None and self._looked_seq >= seq)

    def counts(self) -> dict[Severity, int]:
        """Say how many findings there are of each severity."""
        counts: dict[Severity, int] = {"error": 0, "warning": 0, "info": 0}
        for finding in self.findings:
            counts[finding.severity] += 1
        return counts

    def state(
        self, survey: Survey, *, proven: list[Proven], unproven: list[Unproven], complete: bool
    ) -> Analysis:
        """Give all that is known, for a face."""
        seqs = survey.finding_seqs
        return Analysis(
            revision=self.revision,
            complete=complete,
            verdict=self.verdict.sentence,
            advice=self.verdict.advice,
            findings=[
                finding_state(
                    finding, seqs.get((finding.connection, finding.code, finding.cause), 0), cure
                )
                for finding, cure in zip(self.findings, self._cures, strict=True)
            ],
            proven=proven,
            unproven=unproven,
            metrics=self.metrics,
            rules=len(RULES),
        )


def _whole(event: AnyEvent, capture: Capture) -> AnyEvent:
    return capture.whole(event) if type(event) is WebSocketMessage else event


def _circumstances(conversation: Conversation | None) -> Circumstances:
    if conversation is None:
        return Circumstances()
    handshake = conversation.handshake
    return Circumstances(conversation.url, handshake.request if handshake else "")


def finding_state(finding: Finding, seq: int, cure: Cure | None) -> FindingState:
    """Give a finding, with what puts its fix into effect."""
    gain = finding.gain
    return FindingState(
        seq=seq,
        connection=finding.connection,
        code=finding.code,
        severity=finding.severity,
        title=finding.title,
        cause=finding.cause,
        fix=finding.fix,
        evidence=finding.evidence,
        before_bytes=gain.before_bytes if gain else -1,
        after_bytes=gain.after_bytes if gain else -1,
        method=gain.method if gain else "",
        change=cure.change if cure else None,
        button=cure.button if cure else "",
    )
