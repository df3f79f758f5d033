import datetime as dt

import cbor2
import pytest

from tests.decoders.samples import binary
from wirescope.decoders import standard_decoders
from wirescope.errors import DecodeError

DECODERS = standard_decoders()


def decode(data):
    return DECODERS["cbor"].conversation().decode(binary(data))


def test_cbor_shows_times_numbers_and_tags():
    moment = dt.datetime(2013, 3, 21, 20, 4, tzinfo=dt.UTC)
    value = [moment, 2**70, cbor2.CBORTag(99, [1]), cbor2.undefined, {(1, 2): b"x"}]
    assert decode(cbor2.dumps(value)).value == [
        "2013-03-21T20:04:00+00:00",
        2**70,
        {"tag": 99, "value": [1]},
        {"simple": 23},
        {"[1,2]": b"x"},
    ]


@pytest.mark.parametrize(
    "data",
    [
        "d81c81d81d00",  # a list that shares itself
        "d8236528612b292b",  # a regular expression
        "c5821b7fffffffffffffff01",  # a bigfloat beyond all measure
        "d81e820100",  # one by nothing
        "d90100816161",  # a namespace of references to texts
    ],
)
def test_cbor_follows_no_tag_that_unfolds_or_computes(data):
    shown = decode(bytes.fromhex(data)).value
    assert isinstance(shown, dict)
    assert shown.keys() == {"tag", "value"}


@pytest.mark.parametrize(
    "data",
    [
        b"\x9b\x00\x00\x00\xff\xff\xff\xff\xff",
        b"\x5b\x00\x00\x00\x0f\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x81" * 100_000 + b"\xf6",
        b"\xc6" * 100_000 + b"\x00",
        b"\x9a\x00\x40\x00\x00" + b"\x80" * (3 << 20),
        b"\x62\xff\xff",
        b"\xff",
        b"",
    ],
)
def test_cbor_bombs_are_refused(data):
    with pytest.raises(DecodeError):
        decode(data)


def test_cbor_that_is_long_but_has_few_values_is_read():
    value = [b"x" * 300_000, "y" * 300_000, {"a": 1.5, "b": [2**40]}]
    assert decode(cbor2.dumps(value)).value == value


def test_entries_whose_keys_begin_alike_are_all_shown():
    key = b"\x82\x78\xfa" + b"x" * 250  # an array of a long text and a number
    data = b"\xa2" + key + b"\x01\xf5" + key + b"\x02\xf4"
    value = decode(data).value
    assert list(value.values()) == [True, False]


def test_what_goes_on_behind_an_item_is_no_cbor():
    with pytest.raises(DecodeError, match="goes on behind the first item") as caught:
        decode(b"\x82\x06\x00\x01")
    assert caught.value.where == "byte 3"


def test_large_integers_are_keys_too_and_what_is_none_is_a_tag():
    large = b"\xc2\x49\x01" + bytes(8)
    assert decode(b"\xa2" + large + b"\xf5\xc3" + large[1:] + b"\xf4").value == {
        "18446744073709551616": True, "-18446744073709551617": False
    }  # fmt: skip
    assert decode(b"\xc2\x61a").value == {"tag": 2, "value": "a"}
