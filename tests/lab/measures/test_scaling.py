"""What a sweep says: its bounds, its model and what there is room for."""

from typing import Any

import msgspec
import pytest

from wirescope.lab.measures import (
    Bounds,
    Curve,
    Ended,
    Point,
    Spare,
    Topology,
    bound_met,
    no_room,
)

BOUNDS = Bounds()
SPARE = Spare(seconds=60, memory_bytes=1 << 34, descriptors=20_000)


def point(participants: int, **changed: Any) -> Point:
    calm = Point(
        participants=participants,
        sender_us=100 + 20 * participants,
        spread=0.05,
        participant_us=100,
        all_us=1_000,
        sender_bytes=50 << 20,
        participant_bytes=1 << 20,
        sender_share=0.1,
        crowd_share=0.2,
        machine_share=0.15,
        p99_ms=5,
        delivered=1,
        descriptors=20 + participants,
    )
    return msgspec.structs.replace(calm, **changed)


def curve(topology: Topology, points: list[Point], *, beyond: bool = False) -> Curve:
    ended = Ended(cause="processor" if beyond else "most", words="It was enough.", beyond=beyond)
    return Curve(topology=topology, points=points, ended=ended, every_ms=10)


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"sender_share": 0.95, "delivered": 0.9}, "processor"),
        ({"crowd_share": 0.95}, "machine"),
        ({"machine_share": 0.95}, "machine"),
        ({"delivered": 0.99, "p99_ms": 900}, "loss"),
        ({"p99_ms": 900}, "delay"),
        ({"p99_ms": None}, "delay"),
    ],
)
def test_what_ended_it_is_named_by_its_cause(changed: dict[str, Any], cause: str) -> None:
    ended = bound_met(point(64, **changed), BOUNDS)
    assert ended is not None
    assert (ended.cause, ended.beyond) == (cause, True)
    assert ended.words.startswith("At 64 ")


def test_within_all_bounds_it_goes_on() -> None:
    assert bound_met(point(64), BOUNDS) is None
    assert no_room("server", [point(2), point(4)], [3, 3], SPARE, BOUNDS) is None


@pytest.mark.parametrize(
    ("spare", "cause"),
    [
        (Spare(seconds=3, memory_bytes=None, descriptors=0), "time"),
        (Spare(seconds=60, memory_bytes=1 << 20, descriptors=0), "memory"),
        (Spare(seconds=60, memory_bytes=None, descriptors=100), "descriptors"),
    ],
)
def test_a_doubling_that_does_not_fit_is_not_begun(spare: Spare, cause: str) -> None:
    ended = no_room("server", [point(32), point(64)], [3, 4], spare, BOUNDS)
    assert ended is not None
    assert (ended.cause, ended.beyond) == (cause, False)
    assert ended.words.startswith("128 would ")


def test_a_mesh_takes_four_times_as_long_with_twice_as_many() -> None:
    spare = Spare(seconds=8, memory_bytes=None, descriptors=0)
    assert no_room("server", [point(2), point(4)], [3, 5], spare, BOUNDS) is None
    ended = no_room("mesh", [point(2), point(4)], [3, 5], spare, BOUNDS)
    assert ended is not None
    assert ended.words == "8 would take 11 s or so; there are 8 s left."


def test_the_model_of_the_smaller_sizes_is_held_against_the_largest() -> None:
    found = curve("server", [*map(point, (2, 4, 8)), point(16, sender_us=500)])
    assert found.model is not None
    assert (found.model.base, found.model.slope) == pytest.approx((100, 20))
    assert found.checked is not None
    assert found.checked.error == pytest.approx(420 / 500 - 1)


def test_a_size_beyond_a_bound_is_foretold_and_not_judged() -> None:
    found = curve("server", [*map(point, (2, 4, 8)), point(16, sender_us=50)], beyond=True)
    assert [each.number for each in found.forecasts] == [8, 16]
    assert found.checked is not None
    assert found.checked.number == 8


def test_a_processor_is_full_where_a_message_takes_as_long_as_until_the_next() -> None:
    found = curve("sfu", [*map(point, (2, 4, 8))])
    assert found.full_at == pytest.approx((10_000 - 100) / 20)


def test_a_participant_of_a_mesh_sends_a_copy_less() -> None:
    points = [point(n, sender_us=100 + 20 * (n - 1)) for n in (2, 4, 8)]
    found = curve("mesh", points)
    assert found.model is not None
    assert found.model.base == pytest.approx(100)
    assert found.full_at == pytest.approx((10_000 - 100) / 20 + 1)
