"""What is shown of a comparison is refused where nothing is behind it."""

import pytest

from acceptance.comparing import is_filled, unfounded
from wirescope.lab.cells import Cell, TransportName
from wirescope.lab.measures import Figures
from wirescope.lab.results import CellResult, Repeat, Row, Verdict, cell_result

UNTRIED = "Not tried: there is no WebRTC engine for this machine."
NO_BROWSER = "Not tried: no browser was found. Install Chromium or Chrome so that it is on PATH."


def row(websocket: str, webrtc: str, aspect: str = "Data types") -> Row:
    return Row(aspect=aspect, websocket=websocket, webrtc=webrtc, evidence="")


def cell(transport: TransportName, *p99_ms: float, link: str = "clean") -> CellResult:
    run = Cell(
        workload="ticker", transport=transport, link=link, path="direct", congestion_control=""
    )
    figures = [Figures(sent=9, received=9, p99_ms=each, p50_ms=1.0) for each in p99_ms]
    return cell_result(run, [Repeat(seed=n, figures=each) for n, each in enumerate(figures)])


def not_sure(why: str) -> Verdict:
    return Verdict(
        use_case="live ticker",
        link="clean",
        winner="not sure",
        why=why,
        confidence=0.0,
        workload="ticker",
        path="direct",
    )


@pytest.mark.parametrize(
    ("websocket", "webrtc", "expected"),
    [
        ("40 of 40 intact", "40 of 40 intact", True),
        ("40 of 40 intact", UNTRIED, False),
        ("could not be tried here", "could not be tried here", False),
        ("40 of 40 intact", "could not be tried here", False),
        ("40 of 40 intact", "", False),
        (NO_BROWSER, NO_BROWSER, False),
    ],
)
def test_a_row_is_filled_where_both_columns_are(
    websocket: str, webrtc: str, *, expected: bool
) -> None:
    assert is_filled(row(websocket, webrtc), has_browser=False) is expected


def test_the_row_of_the_browser_may_say_that_there_is_none_where_that_is_so() -> None:
    said = row(NO_BROWSER, NO_BROWSER, "Browser integration")
    assert is_filled(said, has_browser=False)
    assert not is_filled(said, has_browser=True)
    failed = row("could not be tried here", "could not be tried here", "Browser integration")
    assert not is_filled(failed, has_browser=False)


def test_spreads_that_are_said_to_overlap_have_to() -> None:
    verdict = not_sure("Not sure: the spreads of the p99 latency overlap, 5 ms; more may tell.")
    overlapping = [cell("websocket", 10, 30, 50), cell("data-channel-reliable", 45, 60, 70)]
    assert unfounded(verdict, overlapping) == ""
    elsewhere = [*overlapping[:1], cell("data-channel-reliable", 45, 60, 70, link="lossy")]
    apart = [*overlapping[:1], cell("data-channel-reliable", 55, 60, 70)]
    alike = [*apart, cell("websocket", 40, 41)]
    for cells in (elsewhere, apart, alike):
        assert "no repeats of the p99 latency overlap" in unfounded(verdict, cells)


def test_a_verdict_that_is_not_sure_says_another_reason_where_no_spreads_overlap() -> None:
    assert unfounded(not_sure("Not sure: one run says too little of the p99 latency."), []) == ""
    assert unfounded(not_sure("Not sure: who knows."), []) == "not sure, without a reason"
    assert "without the figure" in unfounded(not_sure("Not sure: the spreads overlap."), [])
