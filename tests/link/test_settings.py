"""Settings that cannot be are refused when they are made, and derived figures are right."""

import msgspec
import pytest
from hypothesis import given, settings

from tests.link.strategies import directions
from wirescope.link import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    Trace,
    symmetric,
)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: GilbertElliott(enter=0.1, leave=0.1, loss_good=0.5, loss_bad=0.2), "bad state"),
        (lambda: Queue(bytes=1, ms=1), "not several"),
        (lambda: Queue(packets=1, bytes=1), "not several"),
        (lambda: Outage(start_s=0, length_s=2, every_s=2), "longer than length_s"),
        (lambda: Outage(start_s=0, length_s=1, every_s=1.0000000001), "longer than length_s"),
        (lambda: Direction(rate_bps=8000, trace=Trace(at_ms=(1,))), "not both"),
        (lambda: Direction(delay_ms=5, jitter=Jitter(ms=5)), "delay_ms of 10.61"),
        (lambda: Direction(queue=Queue(ms=5)), "needs a rate_bps or a trace"),
        (lambda: Direction(queue=Queue(packets=5)), "nothing waits"),
        (
            lambda: Direction(
                outages=(
                    Outage(start_s=0, length_s=1, every_s=2, held=True),
                    Outage(start_s=1, length_s=1, every_s=2, held=True),
                )
            ),
            "no time to send",
        ),
    ],
)
def test_settings_that_contradict_themselves_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(
    ("loss", "share", "burst"),
    [
        (RandomLoss(share=0), 0, 1),
        (RandomLoss(share=0.5), 0.5, 2),
        (RandomLoss(share=1), 1, float("inf")),
        (GilbertElliott(enter=0.01, leave=0.25), 0.01 / 0.26, 4),
        (GilbertElliott(enter=1, leave=1), 0.5, 1),
        # where both states are alike it is random loss
        (GilbertElliott(enter=0.3, leave=0.4, loss_good=0.2, loss_bad=0.2), 0.2, 1.25),
        (GilbertElliott(enter=0.5, leave=0.5, loss_bad=0), 0, 0),
    ],
)
def test_share_and_burst_of_a_loss_follow_from_its_model(loss, share, burst):
    assert loss.stationary == pytest.approx(share)
    assert loss.mean_burst == pytest.approx(burst)


@settings(deadline=None)
@given(directions())
def test_settings_travel_as_json(direction):
    link = symmetric("any", direction, seed=9)
    assert msgspec.json.decode(msgspec.json.encode(link), type=LinkSettings) == link
