"""The hops of a link together do what the link does."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.link.strategies import losses
from wirescope.errors import UsageError
from wirescope.link import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkMachine,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    Trace,
    split,
    symmetric,
)


def test_one_hop_is_the_link_itself():
    link = symmetric("x", Direction(delay_ms=5))
    assert split(link, 1) == (link,)


@pytest.mark.parametrize("parts", [2, 3, 8])
def test_delays_and_variances_add_up_to_those_of_the_link(parts):
    link = symmetric("x", Direction(delay_ms=60, jitter=Jitter(ms=4, shape="pareto")))
    hops = split(link, parts)
    assert sum(each.up.delay_ms for each in hops) == pytest.approx(60)
    assert sum(each.up.jitter.ms**2 for each in hops) == pytest.approx(16)
    assert [each.up for each in hops] == [each.down for each in hops]


@settings(deadline=None)
@given(losses(), st.integers(2, 8))
def test_what_all_hops_let_through_is_what_the_link_lets_through(loss, parts):
    passed = 1.0
    for hop in split(symmetric("x", Direction(loss=loss)), parts):
        passed *= 1 - hop.up.loss.stationary
    assert passed == pytest.approx(1 - loss.stationary, abs=1e-9)


@settings(deadline=None)
@given(st.floats(0.0001, 0.2), st.floats(0.05, 1), st.integers(2, 8))
def test_bursts_stay_as_long_as_they_were(enter, leave, parts):
    assume(enter < leave)
    loss = GilbertElliott(enter=enter, leave=leave)
    for hop in split(symmetric("x", Direction(loss=loss)), parts):
        assert hop.up.loss.mean_burst == pytest.approx(loss.mean_burst)


def test_each_hop_has_chances_of_its_own():
    hops = split(symmetric("x", Direction(loss=RandomLoss(share=0.1))), 3)
    assert len({each.seed for each in hops}) == 3


def test_rate_and_queue_are_at_each_hop_and_outages_at_the_first():
    direction = Direction(
        rate_bps=1_000_000,
        queue=Queue(ms=50),
        outages=(Outage(start_s=1, length_s=1, held=True),),
        duplicate=0.21,
        reorder=0.19,
    )
    first, second = split(symmetric("x", direction), 2)
    assert first.up.outages == direction.outages
    assert second.up.outages == ()
    assert first.up.rate_bps == second.up.rate_bps == 1_000_000
    assert first.up.queue == second.up.queue == Queue(ms=50)
    assert second.up.duplicate == pytest.approx(0.1)
    assert second.up.reorder == pytest.approx(0.1)


@pytest.mark.parametrize(
    "direction",
    [
        Direction(trace=Trace(at_ms=(5,)), queue=Queue(ms=50)),
        Direction(outages=(Outage(start_s=1, length_s=1, held=True),), queue=Queue(packets=5)),
    ],
)
def test_a_hop_without_a_transmitter_has_no_queue(direction):
    first, second = split(symmetric("x", direction), 2)
    assert first.up.queue == direction.queue
    assert (second.up.trace, second.up.outages, second.up.queue) == (None, (), None)


def test_packets_through_both_hops_take_as_long_as_through_the_link():
    link = symmetric("x", Direction(delay_ms=30))
    machines = [LinkMachine(hop.up, hop.seed) for hop in split(link, 2)]
    machines[0].offer(b"x", 0)
    assert machines[0].next_ns == 15_000_000
    (packet,) = machines[0].take(15_000_000)
    machines[1].offer(packet, 15_000_000)
    assert machines[1].next_ns == 30_000_000


@pytest.mark.parametrize("parts", [0, -1, 17])
def test_a_number_of_hops_that_cannot_be_is_refused(parts):
    with pytest.raises(UsageError, match="1 to 16 hops"):
        split(symmetric("x", Direction()), parts)


def test_jitter_that_is_too_much_for_a_hop_is_refused_in_words():
    link = LinkSettings(name="x", up=Direction(), down=Direction(delay_ms=10, jitter=Jitter(ms=4)))
    with pytest.raises(UsageError, match="A hop of 2 has a delay of 5 ms"):
        split(link, 2)
