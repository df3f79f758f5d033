"""Pings are paired with their pongs, and what is open stays known."""

from tests.analysis.making import Story
from wirescope.analysis import Analyzer


def test_pings_and_pongs_are_counted_and_their_round_trips_kept():
    story = Story().opened()
    story.frame("sent", 9, b"one")
    story.wait(0.02).frame("received", 10, b"one")
    story.frame("received", 9, b"two")
    story.frame("sent", 10, b"two")
    story.frame("sent", 9, b"three")
    analyzer = Analyzer(rules=())
    analyzer.feed(story.events)
    pings = analyzer.conversations[0].pings
    assert (pings.sent, pings.pongs_received) == (2, 1)
    assert (pings.received, pings.pongs_sent) == (1, 1)
    assert pings.round_trips_ns == [20_000_000]
    assert [frame.payload for frame in pings.unanswered] == [b"three"]
