"""The pure parts together, on a model of a lossy link: plan, samples, figures, cells, verdict."""

import random

import pytest

from wirescope.lab.cells import Cell, Sample
from wirescope.lab.measures import figures, intervals
from wirescope.lab.results import Repeat, cell_result
from wirescope.lab.verdicts import NO_DIFFERENCE, LinkFacts, verdicts
from wirescope.lab.workloads import WORKLOADS, shortened, workload

MS = 1_000_000
ONE_WAY_MS = 25
RECOVERY_MS = 70  # what a lost packet takes until it was sent again and came
SEEDS = (1, 2, 3)


def carried(plan, chance, *, loss, in_order):
    """Carry messages over a link: in order all of them, else those that are not lost."""
    samples, before_ns = [], 0
    for number, (side, at_ns, size) in enumerate(plan):
        took_ms = ONE_WAY_MS + chance.random() * 0.5
        lost = chance.random() < loss
        if in_order:
            received_ns = at_ns + round((took_ms + (RECOVERY_MS if lost else 0)) * MS)
            before_ns = received_ns = max(received_ns, before_ns)
            samples.append(Sample(side, number, size, at_ns, received_ns))
        else:
            came = None if lost else at_ns + round(took_ms * MS)
            samples.append(Sample(side, number, size, at_ns, came))
    return samples


def measured(transport, *, loss):
    found = shortened(workload("ticker"), 20)
    runs = {
        seed: carried(
            found.plan(seed),
            random.Random(f"{transport} {seed}"),
            loss=loss,
            in_order=transport == "websocket",
        )
        for seed in SEEDS
    }
    repeats = [
        Repeat(
            seed=seed,
            figures=figures(run, floors_ms={"b": ONE_WAY_MS}, is_state=found.is_state),
        )
        for seed, run in runs.items()
    ]
    cell = Cell(workload="ticker", transport=transport, link="link")
    return cell_result(cell, repeats, intervals(list(runs.values())))


def verdict(*, loss):
    (found,) = verdicts(
        [measured("websocket", loss=loss), measured("data-channel-unreliable", loss=loss)],
        workloads=WORKLOADS,
        links={"link": LinkFacts(name="link", round_trip_ms=2 * ONE_WAY_MS, loss=loss)},
    )
    return found


@pytest.mark.slow
@pytest.mark.parametrize("loss", [0.01, 0.05])
def test_with_loss_the_unreliable_channel_wins_and_blocking_is_seen(loss):
    found = verdict(loss=loss)
    assert found.winner == "data-channel-unreliable"
    assert found.confidence == 0.95
    assert "head-of-line blocking" in found.why
    assert "of its messages never came" in found.why
    assert "Who needs every message takes WebSocket" in found.why


@pytest.mark.slow
def test_without_loss_there_is_no_difference():
    found = verdict(loss=0)
    assert (found.winner, found.confidence) == (NO_DIFFERENCE, 0.9)
