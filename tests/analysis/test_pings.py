"""Pings are paired with their pongs, and what is open stays known."""

from tests.analysis.making import Story
from wirescope.analysis import Analyzer
from wirescope.events import CaptureGap


def pings_of(story):
    analyzer = Analyzer(rules=())
    analyzer.feed(story.events)
    return analyzer.conversations[0].pings


def test_pings_and_pongs_are_counted_and_their_round_trips_kept():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.wait(0.02).frame("received", 10, b"one")
    story.frame("received", 9, b"two")
    story.frame("sent", 10, b"two")
    story.frame("sent", 9, b"three")
    pings = pings_of(story)
    assert (pings.sent, pings.pongs_received) == (2, 1)
    assert (pings.received, pings.pongs_sent) == (1, 1)
    assert pings.round_trips_ns == [20_000_000]
    assert [frame.payload for frame in pings.unanswered] == [b"three"]


def test_pings_with_the_same_payload_are_each_counted_while_they_wait():
    story = Story().opened()
    for _ in range(3):
        story.wait(1).frame("sent", 9)
    pings = pings_of(story)
    assert (pings.unanswered_count, pings.unanswered_since_ns) == (3, 1_000_000_000)


def test_an_answer_that_was_left_out_does_not_lengthen_the_round_trips_after_it():
    story = Story().opened()
    story.frame("sent", 9)
    for _ in range(3):
        story.wait(10).frame("sent", 9)
        story.wait(0.5).frame("received", 10)
    assert pings_of(story).round_trips_ns == [10_500_000_000, 500_000_000, 500_000_000]


def test_pings_sent_at_the_same_time_are_told_apart():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.frame("sent", 9, b"two")
    story.frame("received", 10, b"one")
    assert [frame.payload for frame in pings_of(story).unanswered] == [b"two"]


def test_a_pong_is_found_again_after_however_many_pings_without_one():
    story = Story().opened()
    for number in range(1000):
        story.wait(1).frame("sent", 9, b"%d" % number)
    silent = pings_of(story)
    assert (silent.unanswered_count, silent.unanswered_since_ns) == (1000, 1_000_000_000)
    story.wait(0.25).frame("received", 10, b"999")
    pings = pings_of(story)
    assert (pings.unanswered_count, pings.round_trips_ns) == (0, [250_000_000])


def test_a_pong_that_nobody_asked_for_answers_nothing():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.frame("received", 10, b"heartbeat")
    pings = pings_of(story)
    assert (pings.pongs_received, pings.unanswered_count) == (1, 1)


def test_pings_before_missing_events_are_not_called_unanswered():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.wait(50).add(CaptureGap, 7, "The disk was full.")
    story.wait(10).frame("sent", 9, b"two")
    pings = pings_of(story)
    assert [frame.payload for frame in pings.unanswered] == [b"two"]
    assert pings.longest_wait_ns == 0
