"""CBOR, BSON and Protobuf: read by libraries, bounded here."""

import datetime as dt
import sys

import bson
import cbor2
import pytest
from google.protobuf import descriptor_pb2

from tests.decoders.samples import binary
from wirescope.decoders import ConnectionDecoder, ProtobufDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError, UnknownDecoderError, UsageError

DECODERS = standard_decoders()


def decode(name, data):
    return DECODERS[name].conversation().decode(binary(data))


def test_cbor_shows_times_numbers_and_tags():
    moment = dt.datetime(2013, 3, 21, 20, 4, tzinfo=dt.UTC)
    value = [moment, 2**70, cbor2.CBORTag(99, [1]), cbor2.undefined, {(1, 2): b"x"}]
    assert decode("cbor", cbor2.dumps(value)).value == [
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
    shown = decode("cbor", bytes.fromhex(data)).value
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
        decode("cbor", data)


def test_cbor_that_is_long_but_has_few_values_is_read():
    value = [b"x" * 300_000, "y" * 300_000, {"a": 1.5, "b": [2**40]}]
    assert decode("cbor", cbor2.dumps(value)).value == value


def test_bson_is_shown_as_extended_json():
    document = {
        "_id": bson.ObjectId("000102030405060708090a0b"),
        "at": dt.datetime(2004, 9, 1, tzinfo=dt.UTC),
        "n": 5,
    }
    decoded = decode("bson", bson.encode(document))
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
        decode("bson", data)


def test_binary_formats_are_told_apart():
    for name, data in (
        ("bson", bson.encode({"a": 1})),
        ("cbor", cbor2.dumps({"a": 1})),
        ("messagepack", bytes.fromhex("81a16101")),
    ):
        assert ConnectionDecoder(DECODERS).decode(binary(data)).format == name


def chat():
    """A descriptor set as protoc writes it."""
    file = descriptor_pb2.FileDescriptorProto(name="chat.proto", package="chat", syntax="proto3")
    message = file.message_type.add(name="Message")
    field = descriptor_pb2.FieldDescriptorProto
    for number, (name, kind) in enumerate(
        [("text", field.TYPE_STRING), ("count", field.TYPE_INT32), ("data", field.TYPE_BYTES)], 1
    ):
        message.field.add(name=name, number=number, type=kind, label=field.LABEL_OPTIONAL)
    message.field.add(
        name="reply_to", number=4, label=field.LABEL_OPTIONAL, type=field.TYPE_MESSAGE,
        type_name=".chat.Message",
    )  # fmt: skip
    return descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString()


def test_protobuf_is_read_and_written_with_a_descriptor():
    decoder = ProtobufDecoder(chat(), "chat.Message", subprotocols=("chat.v1",))
    value = {"text": "hi", "count": 150, "reply_to": {"text": "ho"}}
    (payload,) = decoder.compose(value)
    assert payload.data == bytes.fromhex("0a02686910960122040a02686f")
    decoded = decoder.conversation().decode(payload)
    assert decoded.value == value
    assert decoded.name == "chat.Message"
    registry = standard_decoders()
    registry.register(decoder)
    assert registry.by_subprotocol("chat.v1") is decoder


def test_protobuf_refuses_what_is_no_message_and_what_is_no_descriptor():
    decoder = ProtobufDecoder(chat(), "chat.Message")
    for data in (b"\x0a\x7f", b"\x22\x02" * 1000, b"\x0a\x01\xff"):
        with pytest.raises(DecodeError):
            decoder.conversation().decode(binary(data))
    for value in ([], {"nonsense": 1}, {"count": "x"}):
        with pytest.raises(ComposeError):
            decoder.compose(value)
    with pytest.raises(UsageError, match="no message"):
        ProtobufDecoder(chat(), "chat.Other")
    with pytest.raises(UsageError, match="no descriptor set"):
        ProtobufDecoder(b"\xff\xff", "chat.Message")


def nested_protobuf(levels):
    data = b"\x0a\x01\xff"
    for _ in range(levels):
        length = len(data)
        size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
        data = b"\x0a" + size + data
    return data


def test_protobuf_without_a_descriptor_is_read_by_numbers():
    assert decode("protobuf", bytes.fromhex("0a02686910960122040a02686f")).value == {
        "1": ["hi"],
        "2": [150],
        "4": [{"1": ["ho"]}],
    }
    assert decode("protobuf", nested_protobuf(3)).value == {
        "1": [{"1": [{"1": [{"1": [b"\xff"]}]}]}]
    }
    decode("protobuf", nested_protobuf(60))
    for data in (b"\x00", b"\x0b", b"\x0a\x05a", b"\xff" * 20):
        with pytest.raises(DecodeError):
            decode("protobuf", data)


@pytest.mark.parametrize(("name", "package"), [("cbor", "cbor2"), ("bson", "bson")])
def test_a_part_that_is_not_installed_is_named(name, package, monkeypatch):
    from wirescope.decoders import bson as bson_module
    from wirescope.decoders import cbor as cbor_module

    for cached in (bson_module._library, cbor_module._cbor2):
        cached.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UnknownDecoderError, match=r"wirescope\[decoders\]"):
        decode(name, bytes.fromhex("160000000268656c6c6f0006000000776f726c640000"))
    for cached in (bson_module._library, cbor_module._cbor2):
        cached.cache_clear()
