from wirescope.lab.cells import Sample
from wirescope.lab.measures import recovery_ms

MS = 1_000_000


def after_outage(latencies, *, side="b"):
    """Messages each 20 ms; the outage is over at 100 ms."""
    return [
        Sample(side, n, 100, n * 20 * MS, None if took is None else (n * 20 + took) * MS)
        for n, took in enumerate(latencies)
    ]


def recovered(samples):
    return recovery_ms(samples, side="b", ended_ns=100 * MS, floor_ms=25)


def test_it_is_over_with_the_first_of_three_that_are_not_late():
    # Sent at 0, 20 … ms; the one of 120 ms is the first that is not late again.
    assert recovered(after_outage([25, None, 200, 180, 160, 140, 25, 25, 25, 25])) == 45


def test_one_that_happens_to_be_quick_does_not_end_it():
    assert recovered(after_outage([25, None, None, None, None, 25, 40, 25, 25, 25])) == 65


def test_what_came_before_its_end_does_not_count():
    assert recovered(after_outage([25, 25, 25, 25])) is None


def test_messages_that_stay_late_never_recover():
    assert recovered(after_outage([500] * 20)) is None


def test_the_other_side_does_not_count():
    assert recovered(after_outage([25] * 20, side="a")) is None
