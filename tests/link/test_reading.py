"""A link's file is read, and what is wrong is said with the key where it stands."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.strategies import directions
from wirescope.errors import ForeignFormatError, UsageError
from wirescope.link import (
    PROFILES,
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    Trace,
    read_link,
    symmetric,
)


def both(**fields):
    return read_link({"name": "x", "both": fields}).up


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Direction()),
        ({"delay_ms": 25}, Direction(delay_ms=25)),
        ({"loss": 0.05}, Direction(loss=RandomLoss(share=0.05))),
        ({"loss": {"share": 0.05}}, Direction(loss=RandomLoss(share=0.05))),
        (
            {"loss": {"enter": 0.1, "leave": 0.2}},
            Direction(loss=GilbertElliott(enter=0.1, leave=0.2)),
        ),
        (
            {"loss": {"kind": "gilbert-elliott", "enter": 0.1, "leave": 1}},
            Direction(loss=GilbertElliott(enter=0.1, leave=1)),
        ),
        ({"delay_ms": 25, "jitter": 2}, Direction(delay_ms=25, jitter=Jitter(ms=2))),
        ({"rate_bps": 1e6}, Direction(rate_bps=1_000_000)),
        (
            {"rate_bps": 1_000_000, "queue": {"ms": 50, "discipline": "codel"}},
            Direction(rate_bps=1_000_000, queue=Queue(ms=50, discipline="codel")),
        ),
        ({"trace": {"at_ms": [1, 2]}}, Direction(trace=Trace(at_ms=(1, 2)))),
        (
            {"outages": [{"start_s": 1, "length_s": 2, "held": True}]},
            Direction(outages=(Outage(start_s=1, length_s=2, held=True),)),
        ),
        ({"loss": None, "jitter": None, "trace": None}, Direction()),
    ],
)
def test_a_direction_is_read(fields, expected):
    assert both(**fields) == expected


def test_up_and_down_may_be_unlike():
    link = read_link({"name": "x", "up": {"delay_ms": 1}, "down": {"delay_ms": 2}, "seed": 4})
    assert (link.up.delay_ms, link.down.delay_ms, link.seed) == (1, 2, 4)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "keys with values"),
        ({}, "name: this key is missing"),
        ({"name": "x", "up": {}}, "down: this key is missing"),
        ({"name": "x", "both": {}, "up": {}}, "up: `both` has said it already"),
        ({"name": "x", "both": 3}, "both: keys with values"),
        ({"name": "x", "both": {}, "sead": 1}, "sead: there is no such key.\nIs `seed` meant"),
        ({"name": "x", "both": {3: 4}}, "both.3: there is no such key"),
        ({"name": 4, "both": {}}, "name: a text is expected, not a whole number"),
        ({"name": "", "both": {}}, "name: at least 1 character is expected"),
        ({"name": "x", "both": {}, "seed": -1}, "seed: a whole number of at least 0"),
        ({"name": "x", "both": {}, "sources": [1]}, r"sources\[0\]: a text is expected"),
        ({"name": "x", "both": {"delay_ms": "5"}}, "both.delay_ms: a number is expected"),
        ({"name": "x", "both": {"delay_ms": float("nan")}}, "both.delay_ms: a number of at least"),
        ({"name": "x", "both": {"rate_bps": 1.5}}, "both.rate_bps: a whole number or nothing"),
        ({"name": "x", "both": {"loss": 1.5}}, "both.loss.share: a number of at most 1"),
        ({"name": "x", "both": {"loss": True}}, "both.loss: keys with values or nothing"),
        ({"name": "x", "both": {"loss": {"kind": "x"}}}, "both.loss.kind: 'x' is none"),
        ({"name": "x", "both": {"loss": {"kind": [1]}}}, "both.loss.kind: "),
        ({"name": "x", "both": {"loss": {"enter": 0.1}}}, "both.loss.leave: this key is missing"),
        ({"name": "x", "up": {"loss": {"share": 2}}, "down": {}}, "up.loss.share: "),
        (
            {"name": "x", "both": {"delay_ms": 9, "jitter": {"ms": 1, "shape": "round"}}},
            "both.jitter.shape: 'round' is none; there are uniform, normal, pareto",
        ),
        ({"name": "x", "both": {"delay_ms": 1, "jitter": 5}}, "both: 5 ms of uniform jitter"),
        ({"name": "x", "both": {"queue": {"ms": 5}}}, "both: a queue in ms needs a rate_bps"),
        ({"name": "x", "both": {"outages": 5}}, "both.outages: a list is expected"),
        ({"name": "x", "both": {"outages": [5]}}, r"both.outages\[0\]: keys with values"),
        (
            {"name": "x", "both": {"outages": [{"start_s": 0, "length_s": 0}]}},
            r"both.outages\[0\].length_s: a number of at least 0.001",
        ),
        ({"name": "x", "both": {"trace": "t.up"}}, "both.trace: 't.up' names a file"),
        ({"name": "x", "both": {"trace": {"at_ms": []}}}, "both.trace.at_ms: at least 1 item"),
        ({"name": "x", "both": {"trace": {"at_ms": [2, 1]}}}, "both.trace: a trace's times"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(data, says):
    with pytest.raises(UsageError, match=says):
        read_link(data)


def test_a_trace_may_be_a_file_of_its_own():
    data = {"name": "x", "up": {"trace": "lte.up"}, "down": {"trace": "lte.down"}}
    files = {"lte.up": b"1\n4\n", "lte.down": b"2\n"}
    link = read_link(data, read_file=files.__getitem__)
    assert (link.up.trace, link.down.trace) == (Trace(at_ms=(1, 4)), Trace(at_ms=(2,)))


def test_a_file_that_is_no_trace_is_named():
    data = {"name": "x", "both": {"trace": "lte.up"}}
    with pytest.raises(ForeignFormatError) as caught:
        read_link(data, read_file=lambda _: b"1\nx\n")
    assert caught.value.where == "both.trace (lte.up), line 2"


@settings(deadline=None)
@given(directions())
def test_what_was_written_is_read_back(direction):
    link = symmetric("any", direction)
    assert read_link(msgspec.to_builtins(link)) == link


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_could_be_a_file(name):
    assert read_link(msgspec.to_builtins(PROFILES[name])) == PROFILES[name]


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Direction.__struct_fields__, "ms", "share", "kind"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*LinkSettings.__struct_fields__, "both"]), json))
def test_any_keys_and_values_are_a_link_or_are_refused(data):
    try:
        link = read_link(data)
    except UsageError:
        return
    assert read_link(msgspec.to_builtins(link)) == link
