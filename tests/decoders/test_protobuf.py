import pytest
from google.protobuf import descriptor_pb2

from tests.decoders.samples import binary
from wirescope.decoders import ProtobufDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError, UsageError

DECODERS = standard_decoders()


def decode(data):
    return DECODERS["protobuf"].conversation().decode(binary(data))


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
    assert decode(bytes.fromhex("0a02686910960122040a02686f")).value == {
        "1": ["hi"],
        "2": [150],
        "4": [{"1": ["ho"]}],
    }
    assert decode(nested_protobuf(3)).value == {"1": [{"1": [{"1": [{"1": [b"\xff"]}]}]}]}
    decode(nested_protobuf(60))
    for data in (b"\x00", b"\x0b", b"\x0a\x05a", b"\xff" * 20):
        with pytest.raises(DecodeError):
            decode(data)
