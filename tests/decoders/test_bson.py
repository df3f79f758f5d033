import datetime as dt

import bson
import pytest

from tests.decoders.samples import binary
from wirescope.decoders import standard_decoders
from wirescope.errors import ComposeError, DecodeError

DECODERS = standard_decoders()


def decode(data):
    return DECODERS["bson"].conversation().decode(binary(data))


def test_bson_is_shown_as_extended_json():
    document = {
        "_id": bson.ObjectId("000102030405060708090a0b"),
        "at": dt.datetime(2004, 9, 1, tzinfo=dt.UTC),
        "n": 5,
    }
    decoded = decode(bson.encode(document))
    assert decoded.value == {
        "_id": {"$oid": "000102030405060708090a0b"},
        "at": {"$date": "2004-09-01T00:00:00Z"},
        "n": 5,
    }
    assert DECODERS["bson"].compose(decoded.value)[0].data == bson.encode(document)


def test_bson_takes_bytes_and_refuses_nonsense():
    (payload,) = DECODERS["bson"].compose({"b": b"\x00\xff"})
    assert bson.decode(payload.data) == {"b": b"\x00\xff"}
    for value in ([1], {"$oid": "x"}, {"n": 2**70}, {"_id": {"$oid": 7}}):
        with pytest.raises(ComposeError):
            DECODERS["bson"].compose(value)


def deep_bson(levels):
    data = b"\x05\x00\x00\x00\x00"
    for _ in range(levels):
        data = (len(data) + 8).to_bytes(4, "little") + b"\x03a\x00" + data + b"\x00"
    return data


@pytest.mark.parametrize(
    "data", [b"", b"\x05\x00\x00\x00\x01", b"\xff\xff\xff\x7f\x00", deep_bson(100), deep_bson(5000)]
)
def test_bson_bombs_are_refused(data):
    with pytest.raises(DecodeError):
        decode(data)
