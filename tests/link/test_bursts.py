"""Bursts are counted, a model says how long they are, and a chi-square test compares both."""

from collections import Counter
from itertools import islice
from random import Random

import pytest

from wirescope.link import GilbertElliott, RandomLoss, agreement, burst_lengths
from wirescope.link.bursts import chi_square_above, expected_shares
from wirescope.link.chance import loser

LOSSES = [
    RandomLoss(share=0.05),
    RandomLoss(share=0.5),
    GilbertElliott(enter=0.01, leave=0.25),
    GilbertElliott(enter=0.02, leave=0.1, loss_bad=0.6),
    GilbertElliott(enter=0.02, leave=0.1, loss_good=0.01, loss_bad=0.8),
]


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("", {}),
        ("....", {}),
        (".x.", {1: 1}),
        (".xx.x.xx.", {2: 2, 1: 1}),
        ("xx.x.", {1: 1}),  # one that the beginning cuts has no length
        (".x.xx", {1: 1}),
        ("xxx", {}),
        (".x?x.xx.", {2: 1}),  # so has one that an outage cuts
        (".?x.?", {}),
    ],
)
def test_a_burst_is_a_run_of_losses_between_two_arrivals(seen, counted):
    meaning = {".": False, "x": True, "?": None}
    assert burst_lengths([meaning[each] for each in seen]) == Counter(counted)


@pytest.mark.parametrize(
    ("loss", "shares"),
    [
        (RandomLoss(share=0.5), [0.5, 0.25, 0.125]),
        (GilbertElliott(enter=0.1, leave=0.25), [0.25, 0.1875, 0.140625]),
        (GilbertElliott(enter=1, leave=1), [1, 0, 0]),
        (RandomLoss(share=0), [0, 0, 0]),
        (RandomLoss(share=1), [0, 0, 0]),
    ],
)
def test_the_model_says_how_long_bursts_are(loss, shares):
    assert list(islice(expected_shares(loss), 3)) == pytest.approx(shares)


@pytest.mark.parametrize("loss", LOSSES)
def test_shares_of_all_lengths_add_up_and_have_the_mean_of_the_model(loss):
    shares = list(islice(expected_shares(loss), 2000))
    assert sum(shares) == pytest.approx(1)
    mean = sum(length * share for length, share in enumerate(shares, start=1))
    assert mean == pytest.approx(loss.mean_burst)


@pytest.mark.parametrize(
    ("statistic", "freedom", "above"),
    # the quantiles that tables of the distribution give
    [
        (0, 3, 1),
        (2.706, 1, 0.1),
        (3.841, 1, 0.05),
        (6.635, 1, 0.01),
        (5.991, 2, 0.05),
        (11.345, 3, 0.01),
        (0.115, 3, 0.99),
        (18.307, 10, 0.05),
        (29.707, 50, 0.99),
        (76.154, 50, 0.01),
        (124.342, 100, 0.05),
    ],
)
def test_the_distribution_is_that_of_the_tables(statistic, freedom, above):
    assert chi_square_above(statistic, freedom) == pytest.approx(above, rel=0.002)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_agree_with_their_own_model(loss):
    lost = loser(loss, Random(11))
    found = agreement(burst_lengths([lost() for _ in range(100_000)]), loss)
    assert found is not None
    assert found.classes > 1
    assert found.p_value > 0.01


def test_losses_do_not_agree_with_another_model_of_the_same_share():
    bursty = GilbertElliott(enter=0.01, leave=0.25)
    lost = loser(bursty, Random(11))
    lengths = burst_lengths([lost() for _ in range(100_000)])
    found = agreement(lengths, RandomLoss(share=bursty.stationary))
    assert found is not None
    assert found.p_value < 1e-6


def test_too_few_bursts_say_nothing():
    assert agreement(Counter({1: 3, 2: 1}), RandomLoss(share=0.1)) is None
    assert agreement(Counter(), RandomLoss(share=0)) is None
