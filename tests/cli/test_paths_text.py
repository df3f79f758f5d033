"""The ways of WebRTC connections in a terminal, from what the metrics have of them."""

import pytest

from tests.analysis.findings.call_making import HERE, THERE, tried
from wirescope.cli.paths_text import lines_of
from wirescope.events import ConnectionOpening, IceError, IceServerAsked, IceServersSet
from wirescope.workbench import analyze


def test_what_a_server_said_more_than_once_is_counted() -> None:
    url = "turn:192.0.2.9?transport=udp"
    asked = [IceServerAsked(url, None)]
    told = analyze(
        [
            ConnectionOpening(1, 0, "c1", "webrtc:", "webrtc"),
            IceServersSet(2, 1, "c1", asked, "relay"),
            IceError(3, 2, "c1", url, 401, "Unauthorized.", "", 0),
            IceError(4, 3, "c1", url, 401, "Unauthorized.", "", 0),
        ]
    )
    lines = list(lines_of(told.metrics["paths"], width=100))
    assert f"  {url} over udp: 401 Unauthorized (2 times)" in lines


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        (27, 37, "pairs not tried: 999"),
        (4, 250, "pairs not tried: 1,000"),
        (7, 143, "pairs not tried: at least 1,000"),
    ],
)
def test_of_more_pairs_than_are_counted_the_least_is_said(here: int, there: int, told: str) -> None:
    story = tried()
    for port in range(here):
        story.candidate("local", HERE, port=5000 + port)
    for port in range(there):
        story.candidate("remote", THERE, port=6000 + port)
    lines = list(lines_of(analyze(story.events).metrics["paths"], width=100))
    assert f"  {told}" in lines
    count = told.rpartition(" ")[2]
    assert lines[lines.index(f"  {told}") + 1] == f"    {count}: No check was begun."


def test_a_failure_with_very_many_pairs_says_the_least_of_them() -> None:
    story = tried().candidate("remote", THERE, kind="relay", port=7000)
    for port in range(5):
        story.candidate("local", HERE, port=5000 + port)
    for port in range(250):
        story.candidate("remote", "c2ad.local", port=6000 + port)
    story.pair(f"host udp {HERE}:5000", f"relay udp {THERE}:7000", "failed")
    failed = story.failed("ice", "no-path", "No path was found.", "Give a server.")
    (finding,) = analyze(failed).findings
    assert finding.cause.endswith(
        "1 pair was tried, at least 1,000 not: It came when the connection was over."
    )
