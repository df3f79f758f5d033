"""A capture analysed as a whole, and what is found while a connection lives."""

import asyncio

import msgspec
import pytest

import wirescope
from tests.analysis.findings.call_making import CallStory
from tests.analysis.findings.closing_stories import closed_with, lost
from tests.analysis.making import Story
from tests.workbench.test_live import serving
from wirescope.analysis import Analyzer
from wirescope.errors import CaptureError
from wirescope.events import Finding, Timeline
from wirescope.workbench import analyze, recording


def silent_story() -> Story:
    """A connection that a gateway ended after a minute of silence."""
    story = Story().opened()
    story.message("received", "hello")
    story.wait(60).closed(1006, "network", "eof")
    return story


def test_events_are_analysed():
    report = analyze(silent_story().events)
    assert report.verdict.sentence.startswith(
        "ws://127.0.0.1:8765/echo: Closed by the network after 60.0 s of silence"
    )
    assert [finding.code for finding in report.findings] == ["WS201"]
    assert report.findings[0].evidence == [4, 6]


def test_a_capture_and_its_file_give_the_same(tmp_path):
    path = tmp_path / "a.wirescope"
    story = silent_story()

    async def main():
        async with recording(path, timeline=Timeline()) as kept:
            kept.sink(story.events)

    asyncio.run(main())
    with wirescope.open_capture(path) as capture:
        assert analyze(capture) == analyze(path) == analyze(story.events)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CaptureError, match="does not exist"):
        analyze(tmp_path / "no.wirescope")


def moved(event, connection):
    """Make an event one of another connection, later in the capture."""
    return msgspec.structs.replace(event, connection=connection, seq=event.seq + 100)


def test_of_several_connections_the_worst_is_told_of():
    good = Story().opened()
    good.close_frame("received", 1000).closed(1000, "remote", "close")
    bad = [moved(event, "c2") for event in silent_story().events]
    report = analyze([*good.events, *bad])
    assert report.verdict.sentence.startswith(
        "Of 2 connections 1 did not end as it should. c2, ws://127.0.0.1:8765/echo: Closed by"
    )


def two_that_were_lost():
    """One of which it is not quite sure why, and then another of which it is."""
    unsure = lost("eof", after=45.1)
    return [*unsure, *(moved(event, "c2") for event in silent_story().events)]


def test_errors_stand_before_warnings_and_these_before_hints():
    events = two_that_were_lost()
    events += [moved(moved(each, "c3"), "c3") for each in closed_with(1001)]
    given = Analyzer()
    as_found = [*given.feed(events), *given.finish()]
    report = analyze(events)
    told = [(each.severity, each.code, each.connection) for each in report.findings]
    assert told == [
        ("error", "WS201", "c2"),
        ("warning", "WS201", "c1"),
        ("info", "WS222", "c3"),
    ]
    assert [each.connection for each in as_found] == ["c1", "c2", "c3"]  # in the order of time


def test_findings_of_one_severity_stay_in_the_order_in_which_they_were_found():
    events = [*silent_story().events, *(moved(each, "c2") for each in silent_story().events)]
    assert [each.connection for each in analyze(events).findings] == ["c1", "c2"]


def test_the_headline_is_of_the_connection_with_the_worst_finding_not_of_the_first():
    sentence = analyze(two_that_were_lost()).verdict.sentence
    assert sentence.startswith(
        "None of the 2 connections went well. c2, ws://127.0.0.1:8765/echo: Closed by the network"
        " after 60.0 s of silence"
    )


def test_of_connections_that_went_well_the_last_is_told_of():
    story = Story()
    story.failed("upgrade", "redirected", status=302)
    good = Story().opened()
    good.close_frame("received", 1000).closed(1000, "remote", "close")
    events = [*story.events, *(moved(event, "c2") for event in good.events)]
    assert analyze(events).verdict.sentence.startswith("Both connections went well. c2, ws://")


def test_an_address_that_the_sentence_has_is_not_said_twice():
    good = Story().opened()
    good.close_frame("received", 1000).closed(1000, "remote", "close")
    call = [moved(event, "c2") for event in CallStory().agreed().connected().events]
    sentence = analyze([*good.events, *call]).verdict.sentence
    assert sentence.startswith("Both connections went well. c2: The connection to webrtc+ws://")


async def test_what_is_found_is_an_event_behind_its_evidence():
    seen = []
    timeline = Timeline()
    for _ in range(6):
        timeline.next_seq()
    analyzer = Analyzer(next_seq=timeline.next_seq)
    async with recording(watchers=[seen.extend], analyzer=analyzer, timeline=timeline) as kept:
        kept.sink(silent_story().events)
    assert [event.seq for event in seen] == [1, 2, 3, 4, 5, 6, 7]
    assert isinstance(seen[-1], Finding)


async def test_what_is_found_live_is_found_in_the_capture(tmp_path):
    async def chatter(connection):
        for number in range(600):
            await connection.send(f'{{"type":"trade","price":{number}}}')
        await connection.close(1011, "no more")

    path = tmp_path / "a.wirescope"
    async with (
        serving(chatter) as url,
        wirescope.connect(url, capture=path, compression=None) as connection,
    ):
        assert len([message async for message in connection]) == 600
    with wirescope.open_capture(path) as capture:
        live = [event for event in capture.events() if isinstance(event, Finding)]
    again = analyze(path).findings
    assert {"WS210", "WS501", "WS504"} <= {finding.code for finding in live}
    assert sorted(map(told_by, live)) == sorted(map(told_by, again))


def test_of_attempts_that_all_failed_the_first_is_told_of():
    story = Story("ws://h/")
    story.failed("tcp", "refused", "Nobody listens.")
    events = [*story.events, *(moved(event, "c2") for event in story.events)]
    assert analyze(events).verdict.sentence == (
        "None of the 2 connections went well. c1, ws://h/: Nobody listens."
    )


def told_by(finding):
    """Give what a finding says, without its number and time."""
    return finding.code, finding.severity, finding.cause, finding.fix, finding.evidence


async def test_a_connection_that_is_in_order_has_no_findings(tmp_path):
    async def greet(connection):
        await connection.send("hello")

    path = tmp_path / "a.wirescope"
    async with serving(greet) as url, wirescope.connect(url, capture=path) as connection:
        assert [message.text async for message in connection] == ["hello"]
    assert all(finding.severity == "info" for finding in analyze(path).findings)
