"""CoDel (RFC 8289): what waits for too long is dropped at the head, faster the longer it lasts."""

from itertools import pairwise
from math import sqrt

import pytest

from wirescope.link import Direction, LinkMachine, Queue, RandomLoss
from wirescope.link.waiting import CodelQueue

MS = 1_000_000
PACKET = bytes(1000)
BACKLOG = 4
"""One is taken, one dropped, and what is left is more than a packet, of which none is dropped."""


def codel(**more):
    return CodelQueue(Queue(packets=100_000, discipline="codel", **more), None)


def drops(queue, wait_ms, until_ms, *, step_ms=1):
    """Take packets that have waited for so long, or some steps more; when some were dropped."""
    for _ in range(BACKLOG):
        queue.put(PACKET, -wait_ms * MS)
    found = []
    for now_ms in range(0, until_ms, step_ms):
        while len(queue) < BACKLOG:
            queue.put(PACKET, (now_ms - wait_ms) * MS)
        _, dropped = queue.take(now_ms * MS)
        found += [now_ms] * len(dropped)
    return found


def test_a_wait_below_the_target_drops_nothing():
    assert drops(codel(), 1, 5000) == []


def test_a_wait_above_the_target_drops_after_an_interval_and_then_faster():
    found = drops(codel(), 40, 1000)
    assert found[0] == 100
    # the next drop is an interval over the root of their number later (section 5.4)
    expected = 100.0
    for number, at_ms in enumerate(found[1:6], start=1):
        expected += 100 / sqrt(number)
        assert abs(at_ms - expected) <= 1
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert max(gaps[8:]) < gaps[0] / 2


def test_a_wait_that_ends_begins_the_interval_anew():
    queue = codel()
    assert drops(queue, 40, 99) == []
    assert drops(queue, 1, 10) == []
    # again a whole interval from the first packet that waits too long
    assert drops(queue, 40, 99) == []


def test_the_last_packet_is_never_dropped():
    queue = codel()
    for now_ms in range(0, 3000, 10):
        queue.put(PACKET, (now_ms - 500) * MS)
        assert queue.take(now_ms * MS)[1] == []


def test_it_goes_on_where_it_was_when_the_wait_comes_back_soon():
    queue = codel()
    first = drops(queue, 40, 2000)
    while len(queue):
        queue.take(2000 * MS)
    queue.put(PACKET, 2000 * MS)
    queue.take(2000 * MS)
    found = []
    for now_ms in range(2001, 2400):
        while len(queue) < BACKLOG:
            queue.put(PACKET, (now_ms - 40) * MS)
        _, dropped = queue.take(now_ms * MS)
        found += [now_ms] * len(dropped)
    assert len(first) > 10
    # one that had never dropped would wait for 100 ms between the first two
    assert found[1] - found[0] < 50


def test_target_and_interval_are_those_of_the_settings():
    assert drops(codel(target_ms=50), 40, 3000) == []
    assert drops(codel(interval_ms=20), 40, 100)[0] == 20


def usual_wait_ms(discipline):
    """Let a sender in that halves what it sends at a loss, as TCP does; the usual wait, late on."""
    direction = Direction(
        delay_ms=10, rate_bps=8_000_000, queue=Queue(ms=500, discipline=discipline)
    )
    log = []
    machine = LinkMachine(direction, 1, start_ns=0, log=log.append)
    gap_ns, now_ns, seen = 2 * MS, 0, 0
    for _ in range(15_000):
        now_ns += gap_ns
        machine.offer(PACKET, now_ns)
        machine.take(now_ns)
        gone = any(each.left_ns is None for each in log[seen:])
        seen = len(log)
        gap_ns = min(2 * gap_ns, 50 * MS) if gone else max(gap_ns - gap_ns // 500, 100_000)
    late = [each for each in log[len(log) // 2 :] if each.left_ns is not None]
    return sorted((each.left_ns - each.at_ns) / MS - 11 for each in late)[len(late) // 2]


@pytest.mark.slow
def test_it_keeps_the_queue_short_for_a_sender_that_slows_down():
    assert usual_wait_ms("codel") < 60 < 150 < usual_wait_ms("drop-tail")


def test_what_is_dropped_is_counted_apart_from_what_found_no_room():
    direction = Direction(
        rate_bps=1_000_000,
        queue=Queue(packets=50, discipline="codel"),
        loss=RandomLoss(share=0.1),
    )
    machine = LinkMachine(direction, 1, start_ns=0)
    for index in range(2000):
        machine.offer(PACKET, index * 4 * MS)
        machine.take(index * 4 * MS)
    counts = machine.counts
    assert min(counts.codel, counts.queue_full, counts.lost) > 10
    assert counts.offered == counts.passed + counts.gone + counts.waiting
