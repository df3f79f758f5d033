"""The words of each rule as somebody has looked at them, in `expected/`: a file a rule.

`WRITE_EXPECTED=1 ./run pytest tests/analysis/findings` writes them anew; what changed is then
looked at in the difference.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from wirescope.events import Finding

EXPECTED = Path(__file__).with_name("expected")


def written(findings: Iterable[Finding]) -> str:
    """What a person reads of them, a paragraph each."""
    return "\n".join(
        f"{each.code} {each.severity}: {each.title}\n"
        f"Cause: {each.cause}\nFix: {each.fix}\nEvidence: {each.evidence}\n{gain_of(each)}"
        for each in findings
    )


def gain_of(finding: Finding) -> str:
    gain = finding.gain
    if gain is None:
        return ""
    return f"Gain: {gain.before_bytes} bytes to {gain.after_bytes}. {gain.method}\n"


def check(code: str, findings: Iterable[Finding]) -> None:
    """Compare what was found with what was looked at, or write it."""
    path, words = EXPECTED / f"{code}.txt", written(findings)
    if os.environ.get("WRITE_EXPECTED"):
        path.write_text(words, "utf-8")
    assert path.exists(), "look at its words and keep them with WRITE_EXPECTED=1"
    assert words == path.read_text("utf-8")
