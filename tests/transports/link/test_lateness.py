"""Lateness is summed up over all packets, and keeps its latest."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.transports.link.lateness import LatenessLog
from wirescope.transports.link.records import Lateness


def test_nothing_that_left_was_late() -> None:
    none = Lateness(packets=0, p50_us=0, p99_us=0, p999_us=0, max_us=0)
    assert LatenessLog().summary() == none


def test_a_batch_counts_as_often_as_it_has_packets() -> None:
    log = LatenessLog()
    log.note(10_000, 98)
    log.note(20_000, 1)
    log.note(2_500_500, 1)
    wanted = Lateness(packets=100, p50_us=10, p99_us=20, p999_us=2500, max_us=2500.5)
    assert log.summary() == wanted


@given(st.lists(st.tuples(st.integers(0, 10**10), st.integers(1, 100)), min_size=1))
@settings(deadline=None)
def test_shares_are_in_order(batches: list[tuple[int, int]]) -> None:
    log = LatenessLog()
    for late_ns, packets in batches:
        log.note(late_ns, packets)
    found = log.summary()
    assert found.packets == sum(packets for _, packets in batches)
    assert found.p50_us <= found.p99_us <= found.p999_us <= found.max_us
