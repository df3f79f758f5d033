"""Findings as a person reads them: what is wrong, how it shows, what to do, where to read on."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from wirescope.cli.escape import escape
from wirescope.cli.width import folded
from wirescope.events import Finding, Gain

_RED, _YELLOW, _BOLD, _DIM, _RESET = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
_COLOURS = {"error": _RED, "warning": _YELLOW, "info": _DIM}
_INDENT = 2
_EVIDENCE_SHOWN = 6


def lines_of(
    findings: Iterable[Finding],
    *,
    width: int,
    colour: bool,
    several: bool,
    told: Collection[str] = (),
) -> Iterator[str]:
    """Yield the lines that tell of findings, an empty one before each.

    Args:
        findings: in the order to tell them.
        width: columns to fold to.
        colour: whether to paint.
        several: whether to say of which connection each is.
        told: sentences that stand above already, the verdict's; they are not said again.
    """
    for finding in findings:
        yield ""
        head = f"{finding.severity.upper():<8} {finding.code:<7} {escape(finding.title)}"
        yield f"{_BOLD}{_COLOURS[finding.severity]}{head}{_RESET}" if colour else head
        label = f"{finding.connection}: " if several and finding.connection else ""
        if finding.cause not in told:
            yield from _paragraph(escape(label + finding.cause), width)
        if finding.gain is not None:
            yield from _paragraph(f"Gain: {_gain_words(finding.gain)}", width)
        if finding.fix not in told:
            yield from _paragraph(f"Fix: {escape(finding.fix)}", width)
        evidence = f"{_evidence_words(finding.evidence)}; wirescope explain {finding.code}"
        for line in _paragraph(evidence, width):
            yield f"{_DIM}{line}{_RESET}" if colour else line


def counted(findings: Sequence[Finding]) -> str:
    """Say how many findings of which severity there are, as `1 error, 2 warnings`.

    >>> counted([])
    'nothing was found'
    """
    words = []
    for severity, plural in (("error", "errors"), ("warning", "warnings"), ("info", "hints")):
        number = sum(finding.severity == severity for finding in findings)
        if number:
            words.append(f"{number} {plural if number > 1 else plural.removesuffix('s')}")
    return ", ".join(words) or "nothing was found"


def _paragraph(text: str, width: int) -> list[str]:
    lines = folded(text, max(20, width - _INDENT)).split("\n")
    return [" " * _INDENT + line for line in lines]


def _evidence_words(evidence: Sequence[int]) -> str:
    shown = [f"{seq}" for seq in evidence[:_EVIDENCE_SHOWN]]
    if len(evidence) > _EVIDENCE_SHOWN:
        shown.append("…")
    return f"Seen in {'event' if len(evidence) == 1 else 'events'} {', '.join(shown)}"


def _gain_words(gain: Gain) -> str:
    saved = 1 - gain.after_bytes / gain.before_bytes if gain.before_bytes else 0.0
    return (
        f"{gain.before_bytes:,} bytes would be {gain.after_bytes:,} ({saved:.0%} less)."
        f" {escape(gain.method)}"
    )
