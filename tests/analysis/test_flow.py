"""What the messages of a direction amount to, and their pings."""

import pytest

from tests.analysis.making import Story
from wirescope.analysis import Analyzer
from wirescope.analysis.flow import Spread


def test_a_spread_of_few_values_is_exact():
    spread = Spread()
    spread.add([5, 1, 9, 1])
    assert [spread.percentile(share) for share in (0, 0.5, 0.75, 1)] == [1, 1, 5, 9]
    assert spread.count == 4


def test_a_spread_of_many_values_is_right_to_a_128th():
    spread = Spread()
    spread.add(range(1, 100_001))
    assert spread.count == 100_000
    for share in (0.01, 0.5, 0.99):
        assert spread.percentile(share) == pytest.approx(share * 100_000, rel=1 / 128)


def test_a_spread_without_values_is_nothing():
    assert Spread().percentile(0.5) == 0


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
