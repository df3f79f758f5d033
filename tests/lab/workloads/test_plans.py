import random
from itertools import pairwise
from statistics import fmean

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import UsageError
from wirescope.lab.workloads import (
    HEAD_BYTES,
    TEXT_HEAD_BYTES,
    WORKLOADS,
    Frames,
    Irregular,
    Pieces,
    Recorded,
    Regular,
    Sending,
    Workload,
    shortened,
    workload,
)

NAMES = sorted(WORKLOADS)


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_is_a_plan(name):
    found = workload(name)
    assert found.plan(seed=7) == found.plan(seed=7)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"file"}))
def test_another_seed_is_another_plan(name):
    assert workload(name).plan(seed=7) != workload(name).plan(seed=8)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(NAMES), st.integers(0, 1 << 53), st.floats(0.05, 5))
def test_a_plan_is_in_order_ends_in_time_and_leaves_room_for_the_heads(name, seed, duration_s):
    found = shortened(workload(name), duration_s)
    planned = found.plan(seed)
    times = [each.at_ns for each in planned]
    assert times == sorted(times)
    assert all(0 <= at_ns < duration_s * 1e9 for at_ns in times)
    assert all(each.size >= found.least_size for each in planned)
    assert {each.side for each in planned} <= {"a", "b"}


LOADS = [
    ("chat", [("a", 0.5, None), ("b", 4, None)]),
    ("ticker", [("b", 50, 80_000)]),
    ("game", [("a", 60, 19_200), ("b", 30, 96_000)]),
    ("voice", [("a", 50, 32_000), ("b", 50, 32_000)]),
    ("video", [("a", 30, 1_000_000), ("b", 30, 1_000_000)]),
    ("feed", [("a", 125, 1_000_000)]),
    ("request-response", [("a", 10, None), ("b", 10, None)]),
    ("file", []),
]


@pytest.mark.parametrize(("name", "expected"), LOADS, ids=[name for name, _ in LOADS])
def test_a_workload_sends_what_its_title_says(name, expected):
    loads = workload(name).loads()
    assert [each.side for each in loads] == [side for side, _, _ in expected]
    for load, (_, per_s, rate_bps) in zip(loads, expected, strict=True):
        # Poisson's deviation of the fewest, 30 in a minute, is 18 %.
        assert load.messages_per_s == pytest.approx(per_s, rel=0.01 if rate_bps else 0.4)
        if rate_bps is not None:
            assert load.rate_bps == pytest.approx(rate_bps, rel=0.02)


def test_every_workload_is_about_the_load_of_one():
    assert {name for name, _ in LOADS} == set(WORKLOADS)


def test_regular_messages_keep_their_pace_from_a_random_point_on():
    flow = Regular(side="a", per_s=50, size=200)
    first = list(flow.sendings(10**9, random.Random(1)))
    other = list(flow.sendings(10**9, random.Random(2)))
    assert len(first) == len(other) == 50
    assert first[0].at_ns != other[0].at_ns
    gaps = {later.at_ns - each.at_ns for each, later in pairwise(first)}
    assert all(abs(gap - 20_000_000) <= 1 for gap in gaps)


def test_irregular_messages_have_the_gaps_of_chance_and_lengths_with_a_tail():
    flow = Irregular(side="a", per_s=100, size=120, longest=1_000)
    found = list(flow.sendings(100 * 10**9, random.Random(1)))
    gaps = [(later.at_ns - each.at_ns) / 1e9 for each, later in pairwise(found)]
    assert fmean(gaps) == pytest.approx(0.01, rel=0.05)
    assert fmean(gap**2 for gap in gaps) == pytest.approx(2 * 0.01**2, rel=0.1)
    sizes = sorted(each.size for each in found)
    assert sizes[len(sizes) // 2] == pytest.approx(120, rel=0.05)
    assert sizes[-1] == 1_000


def test_every_so_many_pictures_one_is_a_larger_key_frame():
    flow = Frames(side="a", per_s=30, rate_bps=1_000_000, key_every=10, key_times=6)
    sizes = [each.size for each in flow.sendings(100 * 10**9, random.Random(1))]
    keys, others = sizes[::10], [size for index, size in enumerate(sizes) if index % 10]
    assert fmean(keys) / fmean(others) == pytest.approx(6, rel=0.05)
    assert min(keys) > max(others)
    assert 8 * sum(sizes) / 100 == pytest.approx(1_000_000, rel=0.02)


def test_bulk_is_planned_as_its_first_piece():
    assert workload("file").plan(seed=1) == [Sending("b", 0, 16_384)]


def test_a_shorter_bulk_has_the_same_share_of_the_bytes_or_less_time():
    file = workload("file")
    whole = msgspec.structs.replace(file, bulk_bytes=20_000_000)
    assert shortened(whole, 6).bulk_bytes == 2_000_000
    assert (whole.sends_for_s, shortened(file, 6).sends_for_s) == (0, 6)


def test_shortening_never_prolongs():
    assert shortened(workload("chat"), 120) == workload("chat")


def test_messages_too_small_for_a_head_are_made_as_long_as_it():
    def plan(payload):
        flows = (Regular(side="a", per_s=10, size=1),)
        return Workload(
            name="w", title="", use_case="", payload=payload, flows=flows, duration_s=1
        ).plan(1)

    assert {each.size for each in plan("audio")} == {HEAD_BYTES}
    assert {each.size for each in plan("text")} == {TEXT_HEAD_BYTES}


PIECES = Pieces(side="a", size=100)
REGULAR = Regular(side="a", per_s=1, size=100)
MISTAKES = [
    ({"flows": ()}, "at least one flow"),
    ({"flows": (PIECES,)}, "belong to a bulk workload"),
    ({"flows": (REGULAR,), "bulk_bytes": 5}, "belong to a bulk workload"),
    ({"flows": (REGULAR,), "bulk_bytes_per_s": 5.0}, "belong to a bulk workload"),
    ({"flows": (PIECES, PIECES), "pace": "bulk", "bulk_bytes": 5}, "one flow of pieces"),
    ({"flows": (REGULAR,), "pace": "bulk", "bulk_bytes": 5}, "one flow of pieces"),
]


@pytest.mark.parametrize(("fields", "message"), MISTAKES)
def test_a_workload_that_contradicts_itself_is_an_error(fields, message):
    with pytest.raises(ValueError, match=message):
        Workload(name="w", title="", use_case="", payload="text", duration_s=1, **fields)


def test_what_an_application_needs_follows_from_what_it_is():
    needing = [name for name in WORKLOADS if workload(name).needs_every_message]
    assert needing == ["chat", "file", "request-response"]


def test_each_workload_stands_for_an_application():
    assert [each.use_case for each in WORKLOADS.values()] == [
        "chat",
        "live ticker",
        "multiplayer game",
        "voice agent",
        "video call",
        "sensor feed",
        "file transfer",
        "request and response",
    ]


def test_only_where_the_far_side_answers_it_takes_time_for_that():
    answering = {each.name: each.think_ms for each in WORKLOADS.values() if each.think_ms}
    assert answering == {"request-response": 5}
    assert workload("request-response").pace == "answered"


@pytest.mark.parametrize("name", NAMES)
def test_a_workload_goes_through_json(name):
    found = workload(name)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Workload) == found


def test_a_recording_ends_where_the_workload_does():
    flow = Recorded(messages=(Sending("a", 0, 10), Sending("b", 10**9, 10)))
    assert len(list(flow.sendings(10**9, random.Random(1)))) == 1


def test_a_name_that_is_none_says_which_there_are():
    with pytest.raises(UsageError, match=r"no workload called 'chess'.\nThere are chat, ticker,"):
        workload("chess")
