"""A capture, or any events, analysed from beginning to end."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import msgspec

from wirescope.analysis import Analyzer, Conversation, Verdict
from wirescope.capture import Capture, open_capture
from wirescope.events import AnyEvent, Finding, Severity

_AT_ONCE = 2048
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

OnProgress = Callable[[int], None]
"""Is told now and then up to which event the analysis has come."""


class Report(msgspec.Struct, frozen=True):
    """What an analysis found.

    Attributes:
        verdict: what happened and what to do; of several connections, of the one that fared worst.
        findings: what is wrong or could be better, the worst first.
        metrics: figures of each connection and of all together, see docs/reference/metrics.md.
    """

    verdict: Verdict
    findings: list[Finding]
    metrics: dict[str, Any]


def analyze(
    source: Capture | str | PathLike[str] | Iterable[AnyEvent],
    *,
    on_progress: OnProgress = lambda _: None,
) -> Report:
    """Analyse a capture, the file of one, or events in order.

    Raises:
        CaptureError: the file does not exist.
        CaptureFormatError: it is not a capture.
    """
    if isinstance(source, str | PathLike):
        with open_capture(Path(source)) as capture:
            return analyze(capture, on_progress=on_progress)
    events = source.events() if isinstance(source, Capture) else iter(source)
    analyzer = Analyzer()
    found: list[Finding] = []
    for batch in _batches(events):
        found += analyzer.feed(batch)
        on_progress(batch[-1].seq)
    found += analyzer.finish()
    found.sort(key=lambda finding: _SEVERITIES.index(finding.severity))
    conversations = analyzer.conversations
    return Report(overall_verdict(conversations, found), found, analyzer.metrics())


def _batches(events: Iterator[AnyEvent]) -> Iterator[list[AnyEvent]]:
    while batch := list(islice(events, _AT_ONCE)):
        yield batch


def overall_verdict(conversations: list[Conversation], found: list[Finding]) -> Verdict:
    """Speak of the one connection, or of the one that the worst finding is about."""
    if len(conversations) <= 1:
        return next(iter(conversations), Conversation()).verdict()
    worst = found[0].connection if found and found[0].severity != "info" else ""
    chosen = next((each for each in conversations if each.id == worst), None)
    if chosen is None:
        chosen = next((each for each in conversations if not _fared_well(each)), conversations[-1])
    ill = sum(not _fared_well(each) for each in conversations)
    how = f"{ill} did not end as they should" if ill != 1 else "1 did not end as it should"
    verdict = chosen.verdict()
    count = len(conversations)
    return Verdict(f"Of {count} connections {how}. {chosen.id}: {verdict.sentence}", verdict.advice)


def _fared_well(conversation: Conversation) -> bool:
    closed = conversation.closed
    if closed is None:
        return conversation.failed is None
    return closed.clean and closed.code in (1000, 1001, 1005)
