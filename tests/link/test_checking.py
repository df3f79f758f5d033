"""A link that does what it was told is found to be right, and one that does not is found out."""

from random import Random
from statistics import pvariance

import pytest
from msgspec.structs import replace

from tests.support.virtual_link import calmly, fully, pass_through
from wirescope.link import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkMachine,
    Outage,
    Queue,
    RandomLoss,
    judge,
    judge_rate,
    trace_of_rates,
)
from wirescope.link.chance import loser
from wirescope.link.checking import variance_of_losses

COUNT = 6_000

PLAIN = Direction(delay_ms=50)
NARROW = Direction(delay_ms=50, rate_bps=1_000_000, queue=Queue(ms=100))
RIGHT = {
    "plain": PLAIN,
    "loss": Direction(delay_ms=5, loss=RandomLoss(share=0.05)),
    "bursts": Direction(loss=GilbertElliott(enter=0.02, leave=0.25)),
    "jitter": Direction(delay_ms=50, jitter=Jitter(ms=2)),
    "no order": Direction(delay_ms=50, jitter=Jitter(ms=5, keeps_order=False, shape="normal")),
    "copies": Direction(duplicate=0.1, reorder=0.1, reorder_by_ms=50),
    "narrow": NARROW,
    "codel": replace(NARROW, queue=Queue(discipline="codel")),
    "trace": Direction(delay_ms=50, trace=trace_of_rates([2e6, 5e5, 1e6])),
    "outage": replace(NARROW, outages=(Outage(start_s=5, length_s=2, every_s=20),)),
    "held": replace(
        NARROW,
        queue=Queue(ms=2000),
        outages=(Outage(start_s=5, length_s=1, every_s=20, held=True),),
    ),
}


def checks(told, done):
    """Judge by one direction's settings what another one did."""
    sent = calmly(told, COUNT)
    found = judge(told, sent, pass_through(LinkMachine(done, 4, start_ns=0), sent))
    sent = fully(told, COUNT)
    return found + judge_rate(told, sent, pass_through(LinkMachine(done, 4, start_ns=0), sent))


def missed(told, done):
    return {each.name.partition(" of ")[0] for each in checks(told, done) if not each.ok}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_link_that_does_what_it_was_told_is_right(name):
    assert missed(RIGHT[name], RIGHT[name]) == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("told", "done", "names"),
    [
        (PLAIN, Direction(delay_ms=51.1), {"delay"}),
        (PLAIN, Direction(delay_ms=48.9), {"delay"}),
        (PLAIN, Direction(delay_ms=50, jitter=Jitter(ms=4)), {"deviation", "held back"}),
        (PLAIN, Direction(delay_ms=50, loss=RandomLoss(share=0.001)), {"loss"}),
        (PLAIN, Direction(delay_ms=50, duplicate=0.01), {"copies"}),
        (
            PLAIN,
            Direction(delay_ms=50, reorder=0.001, reorder_by_ms=60),
            {"overtaken", "held back", "deviation"},
        ),
        (RIGHT["jitter"], PLAIN, {"deviation"}),
        (RIGHT["loss"], Direction(delay_ms=5, loss=RandomLoss(share=0.06)), {"loss"}),
        (
            RIGHT["bursts"],
            Direction(loss=RandomLoss(share=RIGHT["bursts"].loss.stationary)),
            {"burst lengths"},
        ),
        (NARROW, replace(NARROW, rate_bps=1_050_000), {"rate"}),
        (NARROW, replace(NARROW, rate_bps=970_000), {"rate"}),
        (NARROW, replace(NARROW, queue=Queue(ms=150)), {"longest delay"}),
        (
            RIGHT["trace"],
            replace(RIGHT["trace"], trace=trace_of_rates([2e6, 5e5, 1.2e6])),
            {"rate"},
        ),
    ],
)
def test_a_link_that_does_something_else_is_found_out(told, done, names):
    assert missed(told, done) == names


def test_a_check_says_what_was_wanted_and_found():
    found = {each.name: str(each) for each in checks(PLAIN, Direction(delay_ms=60))}
    assert found["delay"] == "delay 60 ms, wanted 50 ± 1: missed"
    assert found["loss"] == "loss 0, wanted 0 ± 0"


def test_bounds_of_a_test_are_shown_as_such():
    told = RIGHT["bursts"]
    (shown,) = (str(each) for each in checks(told, told) if each.name.startswith("burst"))
    assert "at least 0.01" in shown


def test_nothing_that_arrived_is_nothing_to_judge_a_delay_by():
    sent = calmly(PLAIN, 10)
    found = {each.name: each for each in judge(PLAIN, sent, [])}
    assert "delay" not in found
    assert not found["loss"].ok
    assert judge_rate(NARROW, fully(NARROW, 10), []) == []


def test_without_a_rate_there_is_none_to_judge():
    assert judge_rate(PLAIN, calmly(PLAIN, 10), [(0, 5), (1, 6)]) == []


@pytest.mark.parametrize(
    "loss",
    [
        RandomLoss(share=0.1),
        GilbertElliott(enter=0.05, leave=0.2),
        GilbertElliott(enter=0.9, leave=0.9),
        GilbertElliott(enter=0.02, leave=0.1, loss_good=0.05, loss_bad=0.7),
    ],
)
def test_the_number_of_losses_varies_as_much_as_is_worked_out(loss):
    counts = []
    for seed in range(600):
        lost = loser(loss, Random(seed))
        counts.append(sum(lost() for _ in range(200)))
    assert pvariance(counts) == pytest.approx(variance_of_losses(loss, 200), rel=0.25)
