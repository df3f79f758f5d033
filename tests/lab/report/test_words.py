import pytest

from wirescope.lab.measures import Figures
from wirescope.lab.report import columns, link_words, short_name, what_does_not_count
from wirescope.lab.report.words import signed
from wirescope.lab.results import CellResult, Repeat
from wirescope.link import (
    PROFILES,
    Direction,
    GilbertElliott,
    Jitter,
    Outage,
    Queue,
    RandomLoss,
    symmetric,
)


def cell(transport="websocket", **more):
    return CellResult(workload="ticker", transport=transport, link="clean", **more)


def test_what_all_have_in_common_is_not_in_their_names():
    one, channel = cell(congestion_control="cubic"), cell("data-channel-reliable")
    assert short_name(one, [one, channel]) == "WebSocket"
    other = cell(congestion_control="bbr")
    assert short_name(other, [one, other, channel]) == "WebSocket BBR"
    assert short_name(channel, [one, other, channel]) == "reliable channel"
    chromium = cell("data-channel-reliable", stack="chromium")
    assert short_name(chromium, [channel, chromium]) == "reliable channel chromium"


def test_goodput_is_in_the_unit_that_fits_the_table():
    slow, fast = cell(goodput_bps=80_000.0), cell(goodput_bps=48_730_000.0)
    by_field = {each.field: each for each in columns([slow])}
    assert (by_field["goodput_bps"].unit, by_field["goodput_bps"].shown(slow)) == ("kbit/s", "80.0")
    by_field = {each.field: each for each in columns([slow, fast])}
    assert by_field["goodput_bps"].shown(fast) == "48.73"


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("p50_ms", 25.294, "25.3"),
        ("max_ms", 13_475.07, "13,475.1"),
        ("p999_ms", None, "–"),
        ("delivered", 0.99999, ">99.99"),
        ("delivered", 1.0, "100"),
        ("delivered", 0.0, "0"),
        ("in_order", 0.00001, "<0.01"),
    ],
)
def test_figures_have_the_digits_that_are_known(field, value, shown):
    found = cell(**{field: value})
    (column,) = [each for each in columns([found]) if each.field == field]
    assert column.shown(found) == shown


def test_times_below_0_have_a_minus():
    assert [signed(each) for each in (-0.04, -3.21, 1_384.6)] == ["0.0 ms", "−3.2 ms", "1.4 s"]


def test_the_runs_that_do_not_count_are_named():
    runs = tuple(
        Repeat(seed=seed, figures=Figures(sent=1, received=1), problems=problems)
        for seed, problems in ((1, ()), (2, ("It stood still.",)), (3, ("It stood still.",)))
    )
    assert what_does_not_count(cell(repeats=runs)) == (
        "the runs with seed 2 and 3 do not count: It stood still"
    )
    assert what_does_not_count(cell(repeats=runs[1:], valid=False)) == (
        "does not count: It stood still"
    )
    assert what_does_not_count(cell(repeats=runs[:1])) == ""


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        (Direction(), "0 ms each way"),
        (
            Direction(delay_ms=30, loss=GilbertElliott(enter=0.01, leave=0.25)),
            "30 ms each way, 3.8 % lost in bursts of 4",
        ),
        (
            Direction(delay_ms=50, jitter=Jitter(ms=5, shape="normal"), reorder=0.01),
            "50 ms ± 5 ms (normal) each way, 1 % held back by 10 ms",
        ),
        (
            Direction(rate_bps=1_000_000, queue=Queue(packets=50, discipline="codel")),
            "0 ms each way, 1 Mbit/s, queue of 50 packets with CoDel",
        ),
        (
            Direction(
                loss=RandomLoss(share=0.01),
                duplicate=0.001,
                outages=(Outage(start_s=10, length_s=2, every_s=30),),
            ),
            "0 ms each way, 1 % lost, 0.1 % twice, nothing passes for 2 s at 10 s, every 30 s",
        ),
    ],
)
def test_a_link_is_told_in_words(direction, words):
    assert link_words(symmetric("link", direction)) == words


def test_a_link_that_is_not_alike_both_ways_has_both_told():
    assert link_words(PROFILES["codel"]) == (
        "up 14 ms one way, 1 Mbit/s, queue of 1000 ms with CoDel; "
        "down 14 ms one way, 5 Mbit/s, queue of 1000 ms with CoDel"
    )


def test_every_named_link_has_words():
    assert all(link_words(each) for each in PROFILES.values())
