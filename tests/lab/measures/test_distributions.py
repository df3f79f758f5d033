import pytest

from wirescope.lab.cells import Sample
from wirescope.lab.measures import MOST_STEPS, SHARES, distribution, figures

MS = 1_000_000
S = 1_000 * MS


def sample(number, took_ms, *, at_ns=0):
    received_ns = None if took_ms is None else at_ns + round(took_ms * MS)
    return Sample("a", number, 100, at_ns, received_ns)


def run_of(latencies, *, every_ns=20 * MS):
    return [sample(n, took, at_ns=n * every_ns) for n, took in enumerate(latencies)]


def test_quantiles_are_the_medians_of_the_repeats_with_the_lowest_and_the_highest():
    runs = [run_of([base + n for n in range(100)]) for base in (10, 30, 20)]
    found = {each.share: each for each in distribution(runs).quantiles}
    assert (found[0.5].ms, found[0.5].low_ms, found[0.5].high_ms) == (69, 59, 79)


@pytest.mark.parametrize(
    ("share", "field"), [(0.5, "p50_ms"), (0.95, "p95_ms"), (0.99, "p99_ms"), (0.999, "p999_ms")]
)
def test_quantiles_of_a_run_are_its_figures(share, field):
    run = run_of([25 + (n * 7919 % 1000) / 10 for n in range(1_000)])
    found = {each.share: each.ms for each in distribution([run]).quantiles}
    assert found[share] == getattr(figures(run, floors_ms={}), field)


def test_the_tail_goes_as_far_as_there_are_messages_for():
    assert distribution([run_of([25.0] * 100)]).quantiles[-1].share == 0.99
    assert distribution([run_of([25.0, 26.0])]).quantiles[-1].share == 0.5
    assert distribution([run_of([25.0])]).quantiles == ()
    assert distribution([run_of([25.0] * 10_000)]).quantiles[-1].share == SHARES[-1]


def test_a_step_has_the_messages_of_all_repeats_that_were_sent_in_it():
    runs = [
        [sample(0, 10), sample(1, 30, at_ns=S // 4), sample(2, None, at_ns=2 * S)],
        [sample(0, 20, at_ns=5 * S), sample(1, 40, at_ns=7 * S)],
    ]
    found = distribution(runs)
    assert found.step_s == 0.5
    assert len(found.steps) == 5
    first, *between, last = found.steps
    assert (first.sent, first.received, first.p50_ms, first.max_ms) == (3, 3, 20, 30)
    assert [(each.sent, each.p50_ms, each.max_ms) for each in between] == [(0, None, None)] * 3
    assert (last.sent, last.received, last.p50_ms) == (2, 1, 40)


@pytest.mark.parametrize("length_s", [29.9, 30, 60, 3_600, 86_400, 1_000_000])
def test_there_are_never_too_many_steps_however_long_the_runs_are(length_s):
    found = distribution([[sample(0, 10), sample(1, 10, at_ns=round(length_s * S))]])
    assert 2 <= len(found.steps) <= MOST_STEPS
    assert found.step_s * len(found.steps) >= length_s


@pytest.mark.parametrize("runs", [[], [[]], [[sample(0, None)]]])
def test_where_nothing_came_there_are_no_quantiles(runs):
    found = distribution(runs)
    assert found.quantiles == ()
    assert all(each.p50_ms is None for each in found.steps)
