"""What becomes of packets by one setting at a time, with times that can be worked out by hand."""

import pytest

from wirescope.link import (
    Direction,
    Fate,
    GilbertElliott,
    Jitter,
    LinkMachine,
    Outage,
    Queue,
    RandomLoss,
    Trace,
    make_machines,
    symmetric,
)

MS = 1_000_000
S = 1_000_000_000


def arrivals(direction, at_ms, *, length=1250, seed=1):
    """Offer a packet at each time; index and time in ms of each that arrives, and the machine."""
    machine = LinkMachine(direction, seed, start_ns=0)
    found = []

    def take(at_ns):
        found.extend((packet[0], at_ns / MS) for packet in machine.take(at_ns))

    for index, each in enumerate(at_ms):
        while (due_ns := machine.next_ns) is not None and due_ns <= each * MS:
            take(due_ns)
        machine.offer(bytes([index]) + bytes(length - 1), round(each * MS))
    while (due_ns := machine.next_ns) is not None:
        take(due_ns)
    return found, machine


@pytest.mark.parametrize(
    ("direction", "at_ms", "expected"),
    [
        (Direction(), [0, 3], [(0, 0), (1, 3)]),
        (Direction(delay_ms=25), [0, 1, 1], [(0, 25), (1, 26), (2, 26)]),
        # 1,250 bytes at 1 Mbit/s are 10 ms
        (Direction(rate_bps=1_000_000), [0, 0, 5, 100], [(0, 10), (1, 20), (2, 30), (3, 110)]),
        (Direction(rate_bps=1_000_000, delay_ms=7), [0, 12], [(0, 17), (1, 29)]),
        # an opportunity has 1,500 bytes: what the first leaves is not enough for the second
        (Direction(trace=Trace(at_ms=(4, 8, 20))), [0, 0, 0], [(0, 4), (1, 8), (2, 20)]),
        (Direction(trace=Trace(at_ms=(4, 8, 20))), [5, 21], [(0, 8), (1, 24)]),
        # what comes between the opportunities of a round waits for the next one
        (Direction(trace=Trace(at_ms=(10,))), [1, 1, 1], [(0, 10), (1, 20), (2, 30)]),
        (
            Direction(outages=(Outage(start_s=0.01, length_s=0.02),)),
            [9.999, 10, 29.999, 30],
            [(0, 9.999), (3, 30)],
        ),
        (
            Direction(outages=(Outage(start_s=0.01, length_s=0.02, every_s=0.1),)),
            [15, 60, 115, 130],
            [(1, 60), (3, 130)],
        ),
        (
            Direction(delay_ms=1, outages=(Outage(start_s=0.01, length_s=0.02, held=True),)),
            [9, 10, 20, 30],
            [(0, 10), (1, 31), (2, 31), (3, 31)],
        ),
        # what has begun is sent to its end, the rest waits
        (
            Direction(
                rate_bps=1_000_000, outages=(Outage(start_s=0.005, length_s=0.05, held=True),)
            ),
            [0, 0],
            [(0, 10), (1, 65)],
        ),
        (Direction(loss=RandomLoss(share=1)), [0, 1], []),
        (Direction(duplicate=1, delay_ms=2), [0, 1], [(0, 2), (0, 2), (1, 3), (1, 3)]),
        (Direction(reorder=1, reorder_by_ms=4), [0, 1], [(0, 4), (1, 5)]),
    ],
)
def test_packets_arrive_at_the_times_of_the_settings(direction, at_ms, expected):
    found, _ = arrivals(direction, at_ms)
    assert found == expected


def test_short_packets_share_an_opportunity_and_a_long_one_takes_several():
    direction = Direction(trace=Trace(at_ms=(5, 10, 15)))
    found, _ = arrivals(direction, [0, 0, 0, 0], length=500)
    assert found == [(0, 5), (1, 5), (2, 5), (3, 10)]
    found, _ = arrivals(direction, [0, 0], length=2000)
    assert found == [(0, 10), (1, 15)]


def test_a_trace_stands_still_in_an_outage_that_holds():
    outage = Outage(start_s=0.004, length_s=0.01, held=True)
    found, _ = arrivals(Direction(trace=Trace(at_ms=(5, 10, 15)), outages=(outage,)), [0, 0])
    assert found == [(0, 15), (1, 20)]


def test_outages_that_take_every_opportunity_have_an_end():
    outage = Outage(start_s=0.0095, length_s=0.001, every_s=0.01, held=True)
    direction = Direction(trace=Trace(at_ms=(10,)), outages=(outage,))
    found, _ = arrivals(direction, [0, 0])
    assert [index for index, _ in found] == [0, 1]
    assert all(9_000 < at_ms < 30_000 for _, at_ms in found)


@pytest.mark.parametrize(
    ("queue", "fits"),
    [
        (Queue(packets=3), 3),
        (Queue(bytes=3 * 1250), 3),
        (Queue(bytes=3 * 1250 + 1249), 3),
        (Queue(ms=30), 3),
        (Queue(ms=39.9), 3),
        (Queue(bytes=1), 1),
        (Queue(packets=3, discipline="codel"), 3),
        (None, 20),
    ],
)
def test_a_queue_takes_what_fits_and_drops_what_comes_then(queue, fits):
    found, machine = arrivals(Direction(rate_bps=1_000_000, queue=queue), [0] * 30)
    # one is being sent, which is in the queue no more
    assert [index for index, _ in found] == list(range(fits + 1))
    assert machine.counts.queue_full == 30 - fits - 1


def test_a_queue_without_a_rate_is_bounded_by_the_machine():
    outage = Outage(start_s=0, length_s=1, held=True)
    machine = LinkMachine(Direction(outages=(outage,)), 1, start_ns=0, most_held_bytes=10_000)
    for _ in range(50):
        machine.offer(bytes(800), 0)
    assert machine.counts.waiting == 10
    assert machine.counts.overflow == machine.counts.dropped == 40


def test_a_rate_loses_nothing_to_rounding():
    # 9 bytes at 7 Gbit/s take 10.2857 ns
    direction = Direction(rate_bps=7_000_000_000, queue=Queue(packets=100_000))
    machine = LinkMachine(direction, 1, start_ns=0)
    for _ in range(70_000):
        machine.offer(bytes(9), 0)
    machine.take(719_999)
    assert machine.counts.waiting == 1
    assert machine.next_ns == 720_000


def test_a_fate_is_told_as_soon_as_it_is_known():
    log = []
    direction = Direction(delay_ms=1, rate_bps=1_000_000, queue=Queue(packets=1))
    machine = LinkMachine(direction, 1, log=log.append)
    for _ in range(3):
        machine.offer(bytes(1250), 100)
    assert [(each.fate, each.left_ns) for each in log] == [
        (Fate.PASSED, 100 + 11 * MS),
        (Fate.QUEUE_FULL, None),
    ]
    machine.take(10 * MS + 100)
    assert log[2] == (100, 1250, Fate.PASSED, 100 + 21 * MS)


def test_times_count_from_the_first_call_where_no_start_is_given():
    outage = Outage(start_s=1, length_s=1)
    machine = LinkMachine(Direction(outages=(outage,)), 1)
    for at_s in (1_000, 1_001.5, 1_002):
        machine.offer(b"x", round(at_s * S))
    assert machine.counts.outage == 1


def test_a_clock_before_the_start_stands_at_the_start():
    machine = LinkMachine(Direction(rate_bps=8_000), 1, start_ns=10 * S)
    machine.offer(b"x", 0)
    assert machine.next_ns == 10 * S + MS


@pytest.mark.parametrize("length", [0, 1, 65_535])
def test_a_packet_of_any_length_passes(length):
    machine = LinkMachine(Direction(delay_ms=1, rate_bps=1_000_000), 1, start_ns=0)
    machine.offer(bytes(length), 0)
    assert machine.take(10 * S) == [bytes(length)]


def test_nothing_is_waited_for_when_nothing_came():
    machine = LinkMachine(Direction(delay_ms=1, rate_bps=1_000_000), 1)
    assert machine.next_ns is None
    assert machine.take(5) == []
    assert machine.counts.offered == 0


@pytest.mark.parametrize("keeps_order", [True, False])
@pytest.mark.parametrize("shape", ["uniform", "normal", "pareto"])
def test_jitter_keeps_or_breaks_the_order_as_it_was_told(shape, keeps_order):
    jitter = Jitter(ms=5, shape=shape, keeps_order=keeps_order)
    found, _ = arrivals(
        Direction(delay_ms=30, jitter=jitter), [index * 0.5 for index in range(250)]
    )
    order = [index for index, _ in found]
    assert (order == sorted(order)) is keeps_order
    assert sorted(order) == list(range(250))


def test_both_directions_have_chances_of_their_own():
    link = symmetric("x", Direction(loss=RandomLoss(share=0.5)), seed=3)
    logs = [], []
    for machine in make_machines(link, log_up=logs[0].append, log_down=logs[1].append):
        for at_ns in range(100):
            machine.offer(b"x", at_ns)
    up, down = ([each.fate for each in log] for log in logs)
    assert up != down


def test_a_further_setting_leaves_the_losses_as_they_were():
    loss = GilbertElliott(enter=0.1, leave=0.3)
    plain = Direction(loss=loss)
    more = Direction(loss=loss, delay_ms=20, jitter=Jitter(ms=1), duplicate=0.2, reorder=0.1)
    logs = []
    for direction in (plain, more):
        log = []
        machine = LinkMachine(direction, 1, log=log.append)
        for at_ns in range(500):
            machine.offer(b"x", at_ns)
        logs.append([each.fate for each in log])
    assert logs[0] == logs[1]
