from itertools import chain, zip_longest

from tests.analysis.findings.traffic import Traffic, calls, feed
from wirescope.analysis import Analyzer
from wirescope.events import PayloadChunk


def moved(events, connection):
    """Give the events to another connection."""
    return [type(e)(e.seq, e.at_ns, connection, *rest(e)) for e in events]


def rest(event):
    return [getattr(event, name) for name in event.__struct_fields__[3:]]


def metrics_of(events, *, at_once):
    analyzer = Analyzer()
    found = []
    for start in range(0, len(events), at_once):
        found += analyzer.feed(events[start : start + at_once])
    found += analyzer.finish()
    return analyzer.metrics(), sorted((each.connection, each.code) for each in found)


def test_connections_side_by_side_are_told_apart_in_whatever_batches_they_come():
    stories = calls([0.02] * 150).end(), feed(Traffic().begin(), count=150).end()
    both = [moved(events, f"c{number}") for number, events in enumerate(stories)]
    mixed = [event for event in chain(*zip_longest(*both)) if event is not None]
    singly = metrics_of(mixed, at_once=1)
    assert metrics_of(mixed, at_once=7) == singly
    assert metrics_of(mixed, at_once=100_000) == singly
    assert singly[0]["connections"]["c0"]["requests"]["sent"]["answered"] == 150
    assert singly[0]["connections"]["c1"]["received"]["messages"] == 150


def test_a_whole_file_is_taken_in_pieces():
    events = feed(Traffic().begin(), count=20_000).end()
    analyzer = Analyzer()
    analyzer.feed(iter(events))
    assert analyzer.conversations[0].received.messages == 20_000


def test_what_is_no_event_is_passed_over():
    analyzer = Analyzer()
    assert not analyzer.feed([PayloadChunk(1, "c1", "sent", b"x")])
    assert not analyzer.conversations


def test_the_longest_silence_counts_both_directions_and_control_frames():
    story = Traffic().begin()
    story.message("sent", "a")
    story.wait(20).frame("sent", 9, b"x")
    story.wait(25).message("received", "b")
    story.wait(10).message("sent", "c")
    analyzer = Analyzer()
    analyzer.feed(story.end())
    assert analyzer.conversations[0].silence.ns == 25_000_000_000
