import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.cells import Sample
from wirescope.lab.measures import (
    PARTS,
    figures,
    goodputs_bps,
    intervals,
    latencies_ms,
    spread,
    spreads,
    wire_bytes_per_byte,
)

MS = 1_000_000
FLOORS = {"a": 25.0, "b": 25.0}


def paced(latencies, *, side="b", size=100, every_ms=20):
    """One message each `every_ms`; None where it never came."""
    return [
        Sample(
            side,
            number,
            size,
            number * every_ms * MS,
            None if latency is None else round((number * every_ms + latency) * MS),
        )
        for number, latency in enumerate(latencies)
    ]


def test_the_latencies_are_of_what_came_and_the_rest_is_counted_beside():
    found = figures(paced([25.0] * 98 + [None, 40.0]), floors_ms=FLOORS)
    assert (found.sent, found.received) == (100, 99)
    assert found.delivered == 0.99
    assert (found.p50_ms, found.p95_ms, found.max_ms) == (25, 25, 40)
    assert found.mean_ms == pytest.approx((98 * 25 + 40) / 99)


def test_a_percentile_with_too_few_messages_is_not_given():
    found = figures(paced([25.0] * 100), floors_ms=FLOORS)
    assert found.p99_ms == 25
    assert found.p999_ms is None
    assert figures(paced([25.0] * 1_000), floors_ms=FLOORS).p999_ms == 25


def test_late_is_more_than_five_milliseconds_over_the_link_of_that_side():
    samples = paced([29.9, 30.1, None]) + paced([5.0, 9.0, 11.0], side="a")
    found = figures(samples, floors_ms={"a": 5, "b": 25})
    assert found.late_share == pytest.approx(2 / 5)


def test_what_was_overtaken_is_not_in_order():
    samples = paced([100.0, 10.0, 10.0, 10.0])
    assert figures(samples, floors_ms=FLOORS).in_order == 0.75
    assert figures(paced([10.0] * 4), floors_ms=FLOORS).in_order == 1


def test_the_sides_do_not_overtake_each_other():
    samples = paced([500.0] * 4) + paced([1.0] * 4, side="a")
    assert figures(samples, floors_ms=FLOORS).in_order == 1


def test_what_never_came_was_not_in_time_either():
    samples = paced([90.0, 110.0, None, 100.0])
    assert figures(samples, floors_ms=FLOORS, useful_for_ms=100).in_time == 0.5
    assert figures(samples, floors_ms=FLOORS).in_time is None


def test_goodput_is_what_came_from_the_first_sent_to_the_last_received():
    samples = paced([30.0, None, 10.0], size=1_000)
    assert figures(samples, floors_ms=FLOORS).goodput_bps == pytest.approx(2 * 8_000 / 0.050)


def test_the_goodput_of_the_parts_adds_up_to_the_whole():
    samples = paced([25.0] * 200, size=1_000)
    parts = goodputs_bps(samples)
    assert len(parts) == PARTS
    whole = figures(samples, floors_ms=FLOORS).goodput_bps
    assert sum(parts) / PARTS == pytest.approx(whole)


def test_a_queue_that_grows_is_seen_in_the_drift():
    assert figures(paced([25.0 + 10 * n for n in range(90)]), floors_ms=FLOORS).drift_ms == 600
    assert figures(paced([25.0] * 90), floors_ms=FLOORS).drift_ms == 0


def test_the_age_of_information_is_that_of_states_only():
    samples = paced([25.0] * 100)
    assert figures(samples, floors_ms=FLOORS).age_p99_ms is None
    found = figures(samples, floors_ms=FLOORS, is_state=True)
    assert found.age_p50_ms == pytest.approx(35)
    assert found.age_p99_ms == pytest.approx(44.8, abs=0.1)


def test_an_answer_is_counted_from_its_request():
    asked = [Sample("a", n, 100, n * 50 * MS, (n * 50 + 20) * MS) for n in range(3)]
    answers = [Sample("b", n, 100, (n * 50 + 25) * MS, (n * 50 + 50 + n) * MS) for n in range(3)]
    lost = answers[2]._replace(received_ns=None)
    found = figures(asked + answers, floors_ms=FLOORS, is_answered=True)
    assert found.answer_p50_ms == 51
    found = figures([*asked, *answers[:2], lost], floors_ms=FLOORS, is_answered=True)
    assert found.answer_p50_ms == 50
    assert figures(asked + answers, floors_ms=FLOORS).answer_p50_ms is None
    assert found.answer_p99_ms is None


def test_nothing_sent_and_nothing_received_are_figures_too():
    found = figures([], floors_ms=FLOORS)
    assert (found.sent, found.received, found.delivered, found.goodput_bps) == (0, 0, None, None)
    found = figures(paced([None, None]), floors_ms=FLOORS, useful_for_ms=5, is_state=True)
    assert (found.received, found.delivered, found.in_time, found.in_order) == (0, 0, 0, None)
    assert goodputs_bps(paced([None, None])) == []


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.integers(0, 10**10),
            st.integers(0, 10**9) | st.none(),
            st.integers(12, 2_000),
        ),
        max_size=60,
    )
)
def test_figures_are_ordered_and_shares_are_shares(messages):
    samples = [
        Sample(side, number, size, sent, None if took is None else sent + took)
        for number, (side, sent, took, size) in enumerate(messages)
    ]
    found = figures(samples, floors_ms=FLOORS, useful_for_ms=100, is_state=True, is_answered=True)
    known = [each for each in (found.p50_ms, found.p95_ms, found.max_ms) if each is not None]
    assert known == sorted(known)
    shares = (found.delivered, found.in_order, found.late_share, found.in_time)
    assert all(share is None or 0 <= share <= 1 for share in shares)
    assert found.received == len(latencies_ms(samples))
    for each in (found.age_p50_ms, found.age_p99_ms):
        assert each is None or each >= 0


def test_wire_bytes_are_told_for_each_byte_that_came():
    assert wire_bytes_per_byte(1_500, 1_000) == 1.5
    assert wire_bytes_per_byte(1_500, 0) is None


def test_the_spread_of_repeats_is_their_median_lowest_and_highest():
    found = spread([95.0, 188.0, None, 343.0])
    assert (found.median, found.low, found.high, found.count) == (188, 95, 343, 3)
    assert found.width == pytest.approx(248 / 188)
    assert spread([None]) is None
    assert spread([0.0, 0.0]).width == 0


def test_the_spreads_name_the_figures_that_any_repeat_has():
    runs = [figures(paced([25.0 + n] * 30), floors_ms=FLOORS) for n in range(3)]
    found = spreads(runs)
    assert found["p50_ms"].median == 26
    assert "p999_ms" not in found


def test_the_intervals_are_those_of_all_repeats_together():
    runs = [paced([25.0, 26.0, 27.0, 28.0] * 100, size=1_000) for _ in range(2)]
    found = intervals(runs)
    assert (found["p50_ms"].low, found["p50_ms"].high) == (26, 27)
    assert (found["p99_ms"].low, found["p99_ms"].high) == (28, 28)
    assert found["goodput_bps"].low == pytest.approx(400_000, rel=0.01)
    assert intervals([[]])["p99_ms"].low is None
