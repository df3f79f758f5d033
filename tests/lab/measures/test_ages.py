import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.cells import Sample
from wirescope.lab.measures import age_percentiles

MS = 1_000_000


def sample(number, sent_ms, received_ms, side="b"):
    came = None if received_ms is None else received_ms * MS
    return Sample(side, number, 100, sent_ms * MS, came)


def test_the_age_grows_from_the_latency_to_that_and_the_pace():
    samples = [sample(number, 20 * number, 20 * number + 25) for number in range(101)]
    low, half, high = age_percentiles(samples, (0.0, 0.5, 1.0))
    assert low == pytest.approx(25)
    assert half == pytest.approx(35)
    assert high == pytest.approx(45)


def test_a_message_that_never_comes_makes_what_is_known_older():
    samples = [sample(0, 0, 10), sample(1, 20, None), sample(2, 40, 50)]
    assert age_percentiles(samples, (1.0,)) == [pytest.approx(50)]


def test_a_message_that_was_overtaken_does_no_harm():
    kept = [sample(0, 0, 10), sample(2, 40, 50), sample(3, 60, 70)]
    late = sample(1, 20, 65)
    assert age_percentiles([*kept, late], (0.5, 0.99)) == age_percentiles(kept, (0.5, 0.99))


def test_when_nothing_comes_any_more_the_age_grows_until_the_last_was_sent():
    samples = [sample(0, 0, 10), *(sample(number, 20 * number, None) for number in range(1, 51))]
    assert age_percentiles(samples, (1.0,)) == [pytest.approx(1_000)]


def test_both_sides_count():
    here = [sample(number, 20 * number, 20 * number + 5) for number in range(101)]
    there = [sample(number, 20 * number, 20 * number + 205, side="a") for number in range(101)]
    assert age_percentiles(here + there, (0.5,)) == [pytest.approx(25, abs=1)]
    assert age_percentiles(here + there, (0.75,)) == [pytest.approx(215, abs=1)]


@pytest.mark.parametrize("samples", [[], [sample(0, 0, None)]])
def test_without_any_message_there_is_no_age(samples):
    assert age_percentiles(samples, (0.5, 0.99)) == [None, None]


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 200) | st.none()), min_size=1, max_size=15
    ),
    st.sampled_from([0.1, 0.5, 0.9]),
)
def test_the_age_is_what_looking_at_it_every_moment_would_find(times, share):
    samples = [
        sample(number, sent, None if took is None else sent + took)
        for number, (sent, took) in enumerate(times)
    ]
    found = age_percentiles(samples, (share,))[0]
    came = [each for each in samples if each.received_ns is not None]
    if not came:
        assert found is None
        return
    begin = min(each.received_ns for each in came) // MS
    end = max(max(each.received_ns for each in came), max(each.sent_ns for each in samples)) // MS
    if begin == end:
        assert found is None
        return
    steps = 10
    ages = sorted(
        at / steps - max(each.sent_ns for each in came if each.received_ns <= at * MS / steps) / MS
        for at in range(begin * steps, end * steps)
    )
    # Looking ten times a millisecond sees the share at most a step early or late.
    below, above = int(share * len(ages)) - 1, int(share * len(ages)) + 1
    assert ages[max(0, below)] - 0.11 <= found <= ages[min(len(ages) - 1, above)] + 0.11
