"""The order of rungs that samples of the statistics show, each later than it was done."""

from operator import itemgetter
from typing import Any

import pytest

from tests.analysis.test_ladder import MS, Story
from wirescope.analysis import RungName


@pytest.mark.parametrize(
    ("sent_ms", "answered_ms", "connected_ms", "chosen_ms", "dtls_ms", "expected"),
    [
        (84, None, 99, 110, 100, [(31, 53), (31, 68), (31, 68), (100, 80)]),
        (84, 90, 99, 110, 100, [(31, 53), (84, 6), (90, 9), (100, 80)]),
        (84, 90, None, 150, 100, [(31, 53), (84, 6), (90, 10), (100, 80)]),
        (84, 120, None, 150, 100, [(31, 53), (84, 16), (100, 0), (100, 80)]),
        (120, 130, None, 150, 100, [(31, 69), (100, 0), (100, 0), (100, 80)]),
        (None, None, None, 150, 100, [(31, 69), (31, 69), (31, 69), (100, 80)]),
    ],
)
def test_no_rung_begins_before_the_one_below_it_whenever_samples_show_them(
    sent_ms: int | None,
    answered_ms: int | None,
    connected_ms: int | None,
    chosen_ms: int,
    dtls_ms: int,
    expected: list[tuple[int, int]],
) -> None:
    told = Story().move(31, "ice", "checking")
    happened: list[tuple[int | None, Any]] = [
        (sent_ms, lambda at: told.pair(at, "in-progress", 1, 0, 0)),
        (answered_ms, lambda at: told.pair(at, "succeeded", 2, 1, 1)),
        (connected_ms, lambda at: told.move(at, "ice", "connected")),
        (chosen_ms, lambda at: told.pair(at, "succeeded", 2, 1, 1, chosen=True)),
        (dtls_ms, lambda at: told.move(at, "dtls", "connecting")),
        (180, lambda at: told.move(at, "dtls", "connected")),
    ]
    for at, tell in sorted(((at, tell) for at, tell in happened if at), key=itemgetter(0)):
        tell(at)
    ladder = told.ladder()
    names: list[RungName] = ["first-check", "first-answer", "nominated", "dtls"]
    rungs = [ladder.rung(name) for name in names]
    assert [(each.began_ns, each.took_ns) for each in rungs] == [
        (began_ms * MS, took_ms * MS) for began_ms, took_ms in expected
    ]
