"""What a bulk transfer met, from messages and figures that are made up."""

import pytest

from wirescope.lab.cells import Sample
from wirescope.lab.measures import Looks, Processors, TcpLimits, Wire, figures, limits

MS = 1_000_000
SECOND = 1000 * MS
SIZE = 10_000

IDLE = Processors(sender_s=0.2, receiver_s=0.4, link_s=1.0, server_s=0.0, there=2)
WIRE = Wire(packets=900, passed_bytes=1_100_000, queue_drops=3, losses=0)
NOTHING = Looks([], [], [])


def sent(*came_ms: float | None) -> list[Sample]:
    """Make messages that were all there at the beginning, and came when it is said."""
    return [
        Sample("b", number, SIZE, SECOND, None if at is None else SECOND + round(at * MS))
        for number, at in enumerate(came_ms)
    ]


def evenly(until_ms: float, count: int) -> list[float]:
    return [(number + 0.5) * until_ms / count for number in range(count)]


def test_shares_of_processors_and_of_tcp_are_those_of_the_time_that_it_took() -> None:
    found = limits(
        sent(*evenly(2_000, 99), 2_000),
        processors=IDLE,
        wire=WIRE,
        looks=Looks([10, 30, 20], [5_000, 9_000], [21.0, 25.0, 60.0]),
        tcp=TcpLimits(busy_s=1.6, receive_window_s=0.4, send_buffer_s=0.8, retransmits=3),
    )
    assert found is not None
    assert found.seconds == 2
    assert (found.sender_cpu, found.receiver_cpu, found.link_cpu) == (0.1, 0.2, 0.5)
    assert found.wire_bytes_per_byte == pytest.approx(1.1)
    assert found.link_bps == pytest.approx(4_400_000)
    assert (found.busy_share, found.receive_window_share, found.send_buffer_share) == (
        pytest.approx(0.8),
        pytest.approx(0.25),
        pytest.approx(0.5),
    )
    assert (found.buffered_bytes, found.congestion_window_bytes) == (20, 9_000)
    assert found.round_trip_ms == 25
    assert found.ramp_share == pytest.approx(0, abs=0.02)


def test_a_beginning_that_is_slow_is_told_by_what_it_cost() -> None:
    slow = [500.0, 900.0]
    quick = [1_000 + each for each in evenly(1_000, 100)]
    found = limits(sent(*slow, *quick), processors=IDLE, wire=WIRE, looks=NOTHING)
    assert found is not None
    assert found.later_bps == pytest.approx(8_000_000)
    assert found.ramp_s == pytest.approx(1.0)
    assert found.ramp_share == pytest.approx(0.5, abs=0.02)
    assert found.retransmits is None


def test_a_transfer_that_stands_still_counts_until_its_time_is_over() -> None:
    samples = sent(*evenly(500, 50), None)
    found = limits(samples, processors=IDLE, wire=WIRE, looks=NOTHING, least_s=4)
    assert found is not None
    assert found.seconds == 4
    assert found.still_share == pytest.approx(35 / 40)
    assert found.stood_s == pytest.approx(3.505)
    assert found.best_bps == pytest.approx(8_000_000)
    assert figures(samples, floors_ms={}, least_s=4).goodput_bps == pytest.approx(1_000_000)


def test_of_nothing_that_came_nothing_is_said() -> None:
    assert limits(sent(None), processors=IDLE, wire=WIRE, looks=NOTHING) is None
