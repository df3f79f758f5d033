import math
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.decoders import MAX_PAYLOAD, brief, tree_from_json, tree_to_json
from wirescope.decoders.messagepack import read_messagepack
from wirescope.decoders.tree import read_json, readable
from wirescope.errors import ComposeError, DecodeError


def test_what_json_has_no_word_for_is_written_out():
    assert readable(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    assert readable(Decimal("1.50")) == "1.50"
    assert readable(msgspec.msgpack.Ext(5, b"x")) == {"extension": 5, "data": b"x"}
    assert readable((1, {2})) == [1, [2]]


def test_keys_that_are_no_text_are_written_out_and_kept_apart():
    assert readable({1: "a", "1": "b", b"k": "c"}) == {"1": "a", "1'": "b", "h'6b'": "c"}


def test_many_keys_that_are_written_alike_stay_apart_and_take_no_long_names():
    alike = {b"x" * 200 + number.to_bytes(4, "big"): number for number in range(5000)}
    names = readable(alike)
    assert len(names) == 5000
    assert max(map(len, names)) < 220
    assert list(names.values()) == list(range(5000))


def test_a_name_that_was_made_of_another_is_not_given_twice():
    names = readable({"1": "a", "1'": "b", 1: "c", "1''": "d"})
    assert sorted(names.values()) == ["a", "b", "c", "d"]


def test_a_huge_integer_is_written_in_hex():
    assert readable(1 << 2000) == hex(1 << 2000)
    assert brief(1 << 40000, 20) == "0x1" + "0" * 17


def test_a_tree_has_a_deepest_level():
    deep = value = []
    for _ in range(100):
        value.append([])
        value = value[0]
    with pytest.raises(DecodeError, match="deeper than 64"):
        readable(deep)


@pytest.mark.parametrize("bomb", [b"[" * 100_000, b"[" * 100 + b"]" * 100])
def test_deep_json_is_refused(bomb):
    with pytest.raises(DecodeError, match="deep"):
        readable(read_json(bomb))


def test_json_of_many_values_is_refused_before_it_is_unfolded():
    with pytest.raises(DecodeError, match="more than 200,000 values"):
        read_json(b"[" + b"[]," * 1_000_000 + b"0]")


@pytest.mark.parametrize("head", [b"\xdd", b"\xdf", b"\xc6", b"\xdb", b"\xc9"])
def test_a_length_beyond_the_payload_is_refused(head):
    with pytest.raises(DecodeError):
        read_messagepack(head + b"\xff\xff\xff\xff")


def test_messagepack_of_many_values_is_refused_before_it_is_unfolded():
    bomb = b"\xdd" + (3_000_000).to_bytes(4, "big") + b"\x90" * 3_000_000
    with pytest.raises(DecodeError, match="more than 200,000 values"):
        read_messagepack(bomb)


def test_messagepack_that_is_long_but_has_few_values_is_read():
    long = msgspec.msgpack.encode([b"x" * 300_000, "y" * 300_000, {"a": 1.5, "b": [2**40]}])
    assert read_messagepack(long)[2] == {"a": 1.5, "b": [2**40]}


def test_what_is_too_long_is_refused():
    with pytest.raises(DecodeError, match="up to 4 MiB"):
        read_json(b" " * (MAX_PAYLOAD + 1))


def test_an_error_says_where():
    with pytest.raises(DecodeError) as caught:
        read_json(b'{"a": ?}')
    assert caught.value.where == "byte 6"


def test_a_tree_that_was_typed_may_hold_bytes():
    assert tree_from_json('{"a":{"base64":"AAE="},"b":{"hex":"0a 0b"}}') == {
        "a": b"\x00\x01",
        "b": b"\x0a\x0b",
    }
    with pytest.raises(ComposeError, match="not JSON"):
        tree_from_json("{")
    with pytest.raises(ComposeError, match="not hex"):
        tree_from_json('{"hex":"xy"}')


def test_a_tree_is_written_indented():
    assert tree_to_json({"a": [1]}, indent=2) == b'{\n  "a": [\n    1\n  ]\n}'


def test_numbers_are_written_whatever_their_size():
    assert tree_to_json([math.inf, 2**70]) == b'["inf",1180591620717411303424]'
    assert tree_from_json(tree_to_json(2**70)) == 2**70
    assert tree_to_json(2**2000) == f'"{2**2000:#x}"'.encode()


scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary()
keys = st.text().filter(lambda key: key not in ("base64", "hex"))
trees = st.recursive(
    scalars | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
)


@settings(deadline=None)
@given(trees)
def test_a_tree_survives_being_typed(tree):
    assert tree_from_json(tree_to_json(readable(tree))) == tree


@settings(deadline=None)
@given(trees, st.integers(1, 50))
def test_a_brief_line_is_as_short_as_it_should_be(tree, limit):
    assert len(brief(tree, limit)) <= limit + 1
