"""What holds for any direction of a link and any packets."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.link.strategies import directions, packets
from wirescope.link import Direction, Fate, LinkMachine
from wirescope.link.machine import PACKET_COST

START_NS = 5_000_000_000


def offered(steps):
    """Give packets with their times; each has its number in its first bytes."""
    at_ns = START_NS
    for number, (gap_ns, length) in enumerate(steps):
        at_ns += gap_ns
        yield number.to_bytes(4, "big") + bytes(length - 4), at_ns


def run(direction, steps, *, seed=1, eager=True):
    """Pass packets through; what was taken with its times, the outcomes, the machine."""
    log, taken = [], []
    machine = LinkMachine(direction, seed, start_ns=START_NS, log=log.append)

    def take(at_ns):
        taken.extend((int.from_bytes(each[:4], "big"), at_ns) for each in machine.take(at_ns))

    for packet, at_ns in offered(steps):
        while eager and (due_ns := machine.next_ns) is not None and due_ns <= at_ns:
            take(due_ns)
        machine.offer(packet, at_ns)
    rounds = 0
    while (due_ns := machine.next_ns) is not None:
        take(due_ns)
        rounds += 1
        assert rounds < 100_000
    return taken, log, machine


@settings(deadline=None)
@given(directions(), packets)
def test_every_packet_meets_one_fate(direction, steps):
    taken, log, machine = run(direction, steps)
    counts = machine.counts
    assert counts.offered == len(steps) == len(log)
    assert counts.offered_bytes == sum(length for _, length in steps)
    assert counts.offered == counts.passed + counts.gone
    assert counts.waiting == counts.overflow == 0
    assert len(taken) == counts.passed + counts.duplicates
    passed = {number for number, _ in taken}
    assert len(passed) == counts.passed
    assert counts.passed_bytes == sum(steps[number][1] for number in passed)
    for fate, count in [
        (Fate.PASSED, counts.passed),
        (Fate.LOST, counts.lost),
        (Fate.OUTAGE, counts.outage),
        (Fate.QUEUE_FULL, counts.queue_full),
        (Fate.CODEL, counts.codel),
    ]:
        assert sum(each.fate is fate for each in log) == count


@settings(deadline=None)
@given(directions(), packets)
def test_what_is_held_is_counted_at_any_time(direction, steps):
    machine = LinkMachine(direction, 1, start_ns=START_NS)
    held = 0
    for packet, at_ns in offered(steps):
        machine.offer(packet, at_ns)
        held += len(machine.take(at_ns))
        counts = machine.counts
        assert counts.waiting >= 0
        assert counts.offered == counts.passed + counts.gone + counts.waiting


@settings(deadline=None)
@given(directions(), packets)
def test_order_is_kept_where_it_must_be(direction, steps):
    taken, _, _ = run(direction, steps)
    if direction.keeps_order:
        numbers = [number for number, _ in taken]
        assert numbers == sorted(numbers)


@settings(deadline=None)
@given(directions(), packets)
def test_nothing_arrives_before_it_was_sent_and_time_goes_on(direction, steps):
    taken, log, _ = run(direction, steps)
    sent = {int.from_bytes(packet[:4], "big"): at_ns for packet, at_ns in offered(steps)}
    below_ms = direction.jitter.below_ms if direction.jitter is not None else 0
    least_ns = max(0, (direction.delay_ms - below_ms) * 1_000_000 - 2)
    assert all(at_ns >= sent[number] + least_ns for number, at_ns in taken)
    times = [at_ns for _, at_ns in taken]
    assert times == sorted(times)
    assert all(each.left_ns is None or each.left_ns >= each.at_ns for each in log)


@settings(deadline=None)
@given(directions(), packets)
def test_the_same_seed_gives_the_same_fates(direction, steps):
    assert run(direction, steps, seed=7)[:2] == run(direction, steps, seed=7)[:2]


@settings(deadline=None)
@given(directions(), packets)
def test_fates_and_times_do_not_depend_on_when_somebody_looks(direction, steps):
    _, often, _ = run(direction, steps)
    _, seldom, _ = run(direction, steps, eager=False)
    assert often == seldom


@settings(deadline=None)
@given(directions(), st.lists(st.integers(0, 100_000_000), max_size=40))
def test_a_clock_that_goes_back_stands_still(direction, times):
    logs = []
    for steady in (False, True):
        log, highest = [], 0
        machine = LinkMachine(direction, 1, log=log.append)
        for number, at_ns in enumerate(times):
            highest = max(highest, at_ns)
            machine.offer(number.to_bytes(100, "big"), highest if steady else at_ns)
            machine.take(highest if steady else at_ns)
        while (due_ns := machine.next_ns) is not None:
            machine.take(due_ns)
        logs.append(log)
    assert logs[0] == logs[1]


@settings(deadline=None)
@given(directions(), packets, st.integers(4, 1500), st.integers(0, 30_000))
@example(Direction(duplicate=1, rate_bps=10_000), [(0, 4)] * 3 + [(3_200_000, 4)], 4, 1020)
def test_memory_has_a_bound_whatever_the_settings_say(direction, steps, length, most_held):
    machine = LinkMachine(direction, 1, start_ns=START_NS, most_held_bytes=most_held)
    taken = 0

    def look():
        counts = machine.counts
        assert counts.offered == counts.passed + counts.gone + counts.waiting
        copies_left = counts.duplicates - (taken - counts.passed)
        assert (counts.waiting + copies_left) * (length + PACKET_COST) <= most_held

    for _, at_ns in offered(steps):
        machine.offer(bytes(length), at_ns)
        look()
    while (due_ns := machine.next_ns) is not None:
        taken += len(machine.take(due_ns))
        look()


@settings(deadline=None)
@given(directions(), packets)
def test_it_says_when_to_come_back_as_long_as_something_waits(direction, steps):
    machine = LinkMachine(direction, 1, start_ns=START_NS)
    for packet, at_ns in offered(steps):
        machine.offer(packet, at_ns)
        counts = machine.counts
        assert (machine.next_ns is None) == (counts.waiting == 0)
