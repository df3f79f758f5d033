"""What a capture lacks is not taken for something that happened."""

from tests.analysis.findings.traffic import Traffic, feed
from tests.analysis.making import Story
from wirescope.analysis import Analyzer
from wirescope.events import MESSAGES_ONLY, CaptureGap


def analysed(events):
    analyzer = Analyzer()
    found = [*analyzer.feed(events), *analyzer.finish()]
    return analyzer, {finding.code for finding in found}


def silence_of(*, missing: int) -> set[str]:
    story = feed(Traffic().begin(), count=150)
    if missing:
        story.add(CaptureGap, missing, "The disk was full.")
    story.wait(70)
    return analysed(feed(story, count=150).end())[1]


def test_a_silence_with_missing_events_in_it_is_none():
    assert {"WS401", "WS602"} <= silence_of(missing=0)
    assert silence_of(missing=9).isdisjoint({"WS401", "WS602"})


def test_the_first_message_behind_missing_events_ends_no_gap():
    story = feed(Traffic().begin(), count=30)
    story.add(CaptureGap, 9, "The disk was full.")
    events = feed(story.wait(70), count=30).end()
    analyzer, _ = analysed(events)
    received = analyzer.metrics()["connections"]["c1"]["received"]
    assert received["gaps_ms"]["count"] == 58
    assert received["gaps_ms"]["max"] == 50
    assert analyzer.metrics()["overall"]["events_missing"] == 9


def test_requests_that_wait_when_events_are_missing_are_left_out():
    story = Traffic().begin()
    for number in range(30):
        story.message("sent", f'{{"jsonrpc":"2.0","id":{number},"method":"m"}}')
        if number < 20:
            story.wait(0.01).message("received", f'{{"jsonrpc":"2.0","id":{number},"result":1}}')
    story.add(CaptureGap, 10, "The disk was full.")
    analyzer, codes = analysed(story.wait(60).end())
    requests = analyzer.metrics()["connections"]["c1"]["requests"]["sent"]
    assert (requests["left_out"], requests["unanswered"]) == (10, 0)
    assert "WS604" not in codes


def test_an_end_behind_missing_events_is_not_put_down_to_a_silence():
    story = Story().opened()
    story.message("received", "hello")
    story.add(CaptureGap, 3, "This part of the file is damaged.")
    analyzer, codes = analysed(story.wait(60).closed(1006, "network", "eof"))
    assert "silence" not in analyzer.verdict().sentence
    assert "WS201" not in codes


def test_where_control_frames_are_not_known_no_heartbeat_is_missed():
    story = Traffic()
    story.events.clear()
    story.add(CaptureGap, 0, MESSAGES_ONLY)
    story.begin()
    for _ in range(4):
        story.wait(70).message("received", "hello")
    assert "WS401" not in analysed(story.events)[1]


def test_fragments_that_come_one_by_one_are_no_silence():
    story = Story().opened()
    for number in range(4):
        story.wait(20).frame("received", 0 if number else 1, b"x", fin=number == 3)
    analyzer, _ = analysed(story.events)
    assert analyzer.conversations[0].silence.ns == 20_000_000_000
