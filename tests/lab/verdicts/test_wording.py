import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.lab.verdicts.wording import (
    brief_name,
    control_name,
    listing,
    milliseconds,
    percent,
    rate,
    some,
    times,
    winner_name,
)

SAID = [
    (milliseconds, 0.04, "0.0 ms"),
    (milliseconds, 25.66, "25.7 ms"),
    (milliseconds, 99.96, "100 ms"),
    (milliseconds, 136.4, "136 ms"),
    (milliseconds, 999.6, "1.0 s"),
    (milliseconds, 13_709, "13.7 s"),
    (percent, 0, "0 %"),
    (percent, 0.0004, "less than 0.1 %"),
    (percent, 0.011, "1.1 %"),
    (percent, 0.05, "5 %"),
    (percent, 0.9996, "more than 99.9 %"),
    (percent, 1, "100 %"),
    (rate, 500, "500 bit/s"),
    (rate, 80_000, "80 kbit/s"),
    (rate, 1_051_627, "1.05 Mbit/s"),
    (rate, 2.5e9, "2.5 Gbit/s"),
    (times, 3.68, "3.7 times"),
    (times, 9.96, "10 times"),
    (times, 55.4, "55 times"),
    (times, math.inf, "many times"),
    (brief_name, "data-channel-unreliable", "unreliable channel"),
    (brief_name, "media", "RTP"),
    (control_name, "cubic", "CUBIC"),
    (control_name, "vegas", "vegas"),
    (winner_name, "data-channel-reliable", "Reliable data channel"),
    (winner_name, "websocket", "WebSocket"),
    (winner_name, "not sure", "Not sure"),
    (listing, [], ""),
    (listing, ["a"], "a"),
    (listing, ["a", "b", "c"], "a, b and c"),
    (some, ["a", "b", "c", "d"], "a, b, c and d"),
    (some, ["a", "b", "c", "d", "e", "f"], "a, b, c, d and 2 more"),
]


@pytest.mark.parametrize(("say", "value", "expected"), SAID)
def test_a_figure_in_words(say, value, expected):
    assert say(value) == expected


@settings(deadline=None)
@given(st.floats(0, 1))
def test_only_nothing_is_nothing_and_only_all_is_all(share):
    assert (percent(share) == "0 %") == (share == 0)
    assert (percent(share) == "100 %") == (share == 1)
