import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.verdicts import LinkFacts, loss_that_allows, window_bps

SHARES = st.floats(0.0001, 0.5)
TIMES = st.floats(1, 1_000)


def test_the_window_of_a_known_case():
    # 1,200 bytes each 50 ms at 5 %: 192 kbit/s * sqrt(1.5 / 0.05)
    facts = LinkFacts(name="l", round_trip_ms=50, loss=0.05)
    assert window_bps(facts) == pytest.approx(1_051_627, rel=1e-4)


@pytest.mark.parametrize(("round_trip_ms", "loss"), [(50, 0), (0, 0.05)])
def test_without_loss_or_delay_the_model_says_nothing(round_trip_ms, loss):
    assert window_bps(LinkFacts(name="l", round_trip_ms=round_trip_ms, loss=loss)) is None


@settings(deadline=None)
@given(TIMES, SHARES)
def test_the_loss_that_allows_a_rate_is_the_one_whose_window_it_is(round_trip_ms, loss):
    window = window_bps(LinkFacts(name="l", round_trip_ms=round_trip_ms, loss=loss))
    assert loss_that_allows(window, round_trip_ms) == pytest.approx(loss)


def test_a_rate_that_any_loss_allows_is_allowed_by_all():
    assert loss_that_allows(1, 50) == 1
