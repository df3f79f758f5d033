"""For how long the credentials of a TURN server had run out, in words."""

import pytest

from tests.analysis.findings.call_stories import expired
from wirescope.workbench import analyze


@pytest.mark.parametrize(
    ("late_s", "words"),
    [
        (90, "90 s"),
        (600, "10 min"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 days"),
        (195_804_000, "2,266 days"),
    ],
)
def test_it_is_told_in_a_unit_that_can_be_pictured(late_s: int, words: str) -> None:
    (found,) = [each for each in analyze(expired(-late_s)).findings if each.code == "ICE103"]
    assert f"had run out {words} before it answered 401" in found.cause
