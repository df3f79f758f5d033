import msgspec
import pytest

from tests.decoders.samples import binary, text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError

SIGNALR = standard_decoders()["signalr"]
END = "\x1e"


def packed(*messages):
    data = b""
    for message in messages:
        written = msgspec.msgpack.encode(message)
        length, prefix = len(written), bytearray()
        while length > 0x7F:
            prefix.append(length & 0x7F | 0x80)
            length >>= 7
        data += bytes([*prefix, length]) + written
    return binary(data)


@pytest.mark.parametrize(
    ("message", "name", "role", "correlation"),
    [
        ('{"type":1,"target":"a","arguments":[]}', "Invocation", "push", None),
        ('{"type":1,"invocationId":"1","target":"a","arguments":[]}', "Invocation", "request", "1"),
        ('{"type":2,"invocationId":"1","item":5}', "StreamItem", "response", "1"),
        ('{"type":3,"invocationId":"1","result":5}', "Completion", "response", "1"),
        ('{"type":3,"invocationId":"1","error":"no"}', "Completion", "error", "1"),
        ('{"type":4,"invocationId":"1","target":"a","arguments":[]}', "StreamInvocation",
         "request", "1"),
        ('{"type":5,"invocationId":"1"}', "CancelInvocation", "other", "1"),
        ('{"type":6}', "Ping", "heartbeat", None),
        ('{"type":7,"allowReconnect":true}', "Close", "other", None),
        ('{"type":7,"error":"no"}', "Close", "error", None),
        ('{"type":8,"sequenceId":4}', "Ack", "other", None),
        ('{"type":9,"sequenceId":4}', "Sequence", "other", None),
    ],
)  # fmt: skip
def test_every_message_is_named(message, name, role, correlation):
    decoded = SIGNALR.conversation().decode(text(message + END))
    assert (decoded.name, decoded.role, decoded.correlation) == (name, role, correlation)
    assert decoded.value == msgspec.json.decode(message)


def test_the_handshake_comes_first_in_each_direction():
    conversation = SIGNALR.conversation()
    asked = conversation.decode(text('{"protocol":"json","version":1}' + END, "sent"))
    answered = conversation.decode(text("{}" + END))
    assert asked.role == answered.role == "handshake"
    with pytest.raises(DecodeError, match="no type null"):
        conversation.decode(text("{}" + END))


def test_several_records_are_parts():
    decoded = SIGNALR.conversation().decode(text('{}\x1e{"type":6}\x1e'))
    assert [part.name for part in decoded.parts] == ["handshake", "Ping"]


def test_a_record_that_does_not_end_is_refused():
    with pytest.raises(DecodeError, match="not ended by 0x1E"):
        SIGNALR.conversation().decode(text('{"type":6}'))


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ([1, {}, None, "t", [1], []],
         {"type": 1, "headers": {}, "invocationId": None, "target": "t", "arguments": [1],
          "streamIds": []}),
        ([2, {}, "x", b"item"], {"type": 2, "headers": {}, "invocationId": "x", "item": b"item"}),
        ([3, {}, "x", 1, "no"], {"type": 3, "headers": {}, "invocationId": "x", "error": "no"}),
        ([3, {}, "x", 2], {"type": 3, "headers": {}, "invocationId": "x"}),
        ([3, {}, "x", 3, 5], {"type": 3, "headers": {}, "invocationId": "x", "result": 5}),
        ([6], {"type": 6}),
        ([7, None], {"type": 7, "error": None}),
    ],
)  # fmt: skip
def test_packed_messages_have_the_fields_of_the_json_form(message, fields):
    conversation = SIGNALR.conversation()
    conversation.decode(text('{"protocol":"messagepack","version":1}' + END, "sent"))
    conversation.decode(binary(b"{}\x1e"))
    decoded = conversation.decode(packed(message))
    assert decoded.value == {"encoding": "messagepack", **fields}
    (again,) = SIGNALR.compose(decoded.value)
    assert again.data == packed(message).data


def test_packed_messages_may_follow_the_handshake_in_one_message():
    data = binary(b"{}\x1e" + packed([6], [1, {}, None, "t" * 200, [], []]).data)
    decoded = SIGNALR.conversation().decode(data)
    assert [part.name for part in decoded.parts] == ["handshake", "Ping", "Invocation"]


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff\x7f", b"\x05\x91\x06", b"\x01\x06", b"\x80"])
def test_packed_nonsense_is_refused(data):
    with pytest.raises(DecodeError):
        SIGNALR.conversation().decode(binary(data))


def test_it_is_recognised_by_the_separator():
    chosen = ConnectionDecoder(standard_decoders()).decode(text('{"protocol":"json"}' + END))
    assert chosen.format == "signalr"


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ComposeError, match="with a type"):
        SIGNALR.compose({"target": "a"})
    with pytest.raises(ComposeError, match="no type 77"):
        SIGNALR.compose({"encoding": "messagepack", "type": 77})
    with pytest.raises(ComposeError, match="one encoding"):
        SIGNALR.compose([{"type": 6}, {"encoding": "messagepack", "type": 6}])


def test_true_is_no_type():
    with pytest.raises(DecodeError, match="There is no type true"):
        SIGNALR.conversation().decode(text('{"type":true}\x1e'))
