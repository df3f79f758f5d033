"""Events in, findings and verdicts out; live and on a file alike."""

from itertools import chain, zip_longest

import pytest

from tests.analysis.findings.traffic import Traffic, calls, feed
from tests.analysis.making import Story
from wirescope.analysis import Analyzer, Rule
from wirescope.analysis.findings import Found, Moment
from wirescope.analysis.findings.rule import rule
from wirescope.events import CaptureGap, Finding, PayloadChunk


def looks(*moments: Moment, about: str = "", evidence: tuple[int, ...] | None = None) -> Rule:
    """Make a rule that finds something whenever it is asked."""

    @rule("WS999", "Something is", "warning", *moments, page="A page.")
    def look(conversation, event):
        yield Found(conversation.url, "Do it.", evidence or (event.seq,), about=about)

    return look


def closed_story() -> Story:
    story = Story().opened()
    story.message("received", "hello")
    story.closed(1000, "remote", "close")
    return story


@pytest.mark.parametrize(
    ("moment", "type_"),
    [(Moment.OPENED, "connection.opened"), (Moment.CLOSED, "connection.closed")],
)
def test_a_rule_looks_at_its_moment_and_nowhere_else(moment, type_):
    events = closed_story().events
    (finding,) = Analyzer(rules=[looks(moment)]).feed(events)
    (seen,) = [event for event in events if event.type == type_]
    assert finding.evidence == [seen.seq]
    assert finding.at_ns == seen.at_ns
    assert (finding.code, finding.severity, finding.connection) == ("WS999", "warning", "c1")


def test_a_refused_opening_is_a_moment():
    story = Story()
    story.failed("tcp", "refused", "Nobody listens.")
    (finding,) = Analyzer(rules=[looks(Moment.FAILED)]).feed(story.events)
    assert finding.evidence == [story.events[-1].seq]


def test_the_end_of_the_events_is_a_moment_once():
    analyzer = Analyzer(rules=[looks(Moment.END)])
    assert analyzer.feed(Story().opened().events) == []
    assert [finding.code for finding in analyzer.finish()] == ["WS999"]
    assert analyzer.finish() == []


def test_the_same_is_found_once_a_connection():
    story = Story().opened()
    for _ in range(3):
        story.violation("RFC 6455 5.2", "RSV2 is set.")
    assert len(Analyzer(rules=[looks(Moment.VIOLATION)]).feed(story.events)) == 1


def test_a_finding_without_evidence_is_an_error_of_the_rule():
    @rule("WS998", "Nothing shows it", "info", Moment.CLOSED, page="A page.")
    def look(_conversation, _event):
        yield Found("So it is.", "Do it.", ())

    with pytest.raises(ValueError, match="WS998 found something without evidence"):
        Analyzer(rules=[look]).feed(closed_story().events)


def test_findings_are_numbered_by_who_asks_for_it():
    (finding,) = Analyzer(rules=[looks(Moment.CLOSED)], next_seq=lambda: 77).feed(
        closed_story().events
    )
    assert finding.seq == 77


def test_earlier_findings_and_gaps_are_no_connections():
    analyzer = Analyzer()
    earlier = Finding(9, 0, "c7", "WS201", "error", "a", "b", "c", [1])
    assert analyzer.feed([earlier, CaptureGap(10, 0, "", 3, "The disk was full.")]) == []
    assert analyzer.conversations == []


def test_batches_make_no_difference():
    story = Story().opened()
    for number in range(50):
        story.wait(0.01).message("received" if number % 3 else "sent", f"number {number}")
    story.close_frame("received", 1001, "bye").closed(1001, "remote", "close")
    whole, apart = Analyzer(), Analyzer()
    found = whole.feed(story.events)
    assert found == [finding for event in story.events for finding in apart.feed([event])]
    one, other = whole.conversations[0], apart.conversations[0]
    for flow, same in ((one.sent, other.sent), (one.received, other.received)):
        assert (flow.messages, flow.payload_bytes, flow.wire_bytes) == (
            same.messages,
            same.payload_bytes,
            same.wire_bytes,
        )
        assert flow.gaps_ns.count == same.gaps_ns.count
        assert flow.longest_gap == same.longest_gap
        assert flow.busiest_second == same.busiest_second
    assert whole.verdict() == apart.verdict()


def test_the_memory_is_bounded_by_connections(monkeypatch):
    monkeypatch.setattr("wirescope.analysis.analyzer.CONNECTIONS", 1)
    analyzer = Analyzer()
    analyzer.feed(closed_story().events)
    other = Finding(1, 0, "c2", "X", "info", "a", "b", "c", [1])
    analyzer.feed([other])
    story = Story().opened()
    analyzer.feed(moved(story.events, "c2"))
    assert analyzer.feed(moved(closed_story().events, "c3")) == []
    assert [each.id for each in analyzer.conversations] == ["c1"]
    assert analyzer.passed_over == 2


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


def test_a_preview_gives_nothing_away():
    analyzer = Analyzer(rules=[looks(Moment.END)])
    analyzer.feed(Story().opened().events)
    (early,) = analyzer.preview()
    assert early.seq == 0
    assert analyzer.preview() == [early]
    assert [finding.code for finding in analyzer.finish()] == ["WS999"]
    assert analyzer.preview() == []


def test_what_was_found_is_not_in_a_preview():
    analyzer = Analyzer(rules=[looks(Moment.OPENED, Moment.END)])
    assert len(analyzer.feed(Story().opened().events)) == 1
    assert analyzer.preview() == []


def test_a_preview_leaves_the_search_for_a_protocol_open():
    story = calls([0.02] * 20)
    analyzer = Analyzer()
    for event in story.events:
        analyzer.feed([event])
        analyzer.preview()
    requests = analyzer.metrics()["connections"]["c1"]["requests"]
    assert requests["sent"]["answered"] == 20


def test_each_request_is_told_with_its_answer():
    pairs = []
    story = calls([0.02, 0.5, 0.02])
    analyzer = Analyzer(on_pair=pairs.append)
    analyzer.feed(story.events)
    analyzer.finish()
    sent = [event.seq for event in story.events if getattr(event, "direction", "") == "sent"]
    assert [pair.request in sent for pair in pairs] == [True] * 3
    assert pairs[1].latency_ns == 500_000_000


def test_each_ping_is_told_with_its_pong():
    pairs = []
    story = Story().opened()
    ping = story.frame("sent", 0x9, b"1")
    pong = story.wait(0.25).frame("received", 0xA, b"1")
    Analyzer(on_pair=pairs.append).feed(story.events)
    assert pairs == [(ping.seq, pong.seq, 250_000_000)]


def test_frames_and_messages_of_no_connection_belong_to_none():
    nameless = moved(feed(Traffic().begin(), count=5).end(), "")
    analyzer = Analyzer()
    assert analyzer.feed([*nameless, *closed_story().events, *nameless]) == []
    assert [each.id for each in analyzer.conversations] == ["c1"]
    assert analyzer.conversations[0].received.messages == 1
