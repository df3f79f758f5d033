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
_LED_ON = ("redirected", "challenged")  # a further attempt followed
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
    verdict = _addressed(conversations, overall_verdict(conversations, found))
    return Report(verdict, found, analyzer.metrics())


def _batches(events: Iterator[AnyEvent]) -> Iterator[list[AnyEvent]]:
    while batch := list(islice(events, _AT_ONCE)):
        yield batch


def overall_verdict(conversations: list[Conversation], found: list[Finding]) -> Verdict:
    """Speak of the one connection; of several, of the one that fared worst, or of the last."""
    if len(conversations) <= 1:
        return next(iter(conversations), Conversation()).verdict()
    ill = {each.id: each for each in conversations if not _fared_well(each)}
    worst = next((ill[each.connection] for each in found if each.connection in ill), None)
    chosen = worst or next(iter(ill.values()), conversations[-1])
    verdict = chosen.verdict()
    is_told = not chosen.place or chosen.place in verdict.sentence
    which = chosen.id if is_told else f"{chosen.id}, {chosen.place}"
    how = _how_they_fared(len(conversations), len(ill))
    return Verdict(f"{how} {which}: {verdict.sentence}", verdict.advice)


def _addressed(conversations: list[Conversation], verdict: Verdict) -> Verdict:
    """Say where the one connection leads, which nobody knows who is told of a file."""
    place = conversations[0].place if len(conversations) == 1 else ""
    if not place or place in verdict.sentence:
        return verdict
    return Verdict(f"{place}: {verdict.sentence}", verdict.advice)


def _how_they_fared(count: int, ill: int) -> str:
    if not ill:
        return f"{'Both' if count == 2 else f'All {count:,}'} connections went well."
    if ill == count:
        return f"None of the {count:,} connections went well."
    how = "did not end as it should" if ill == 1 else "did not end as they should"
    return f"Of {count:,} connections {ill:,} {how}."


def _fared_well(conversation: Conversation) -> bool:
    closed, failed = conversation.closed, conversation.failed
    if closed is None:
        return failed is None or failed.kind in _LED_ON
    return closed.clean and closed.code in (0, 1000, 1001, 1005)  # 0 is WebRTC's, which has none
