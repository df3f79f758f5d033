import pytest

from tests.decoders.samples import binary, text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError

PHOENIX = standard_decoders()["phoenix"]


def decode(*payloads):
    conversation = PHOENIX.conversation()
    return [conversation.decode(payload) for payload in payloads][-1]


def test_both_serialisers_have_the_same_fields():
    fields = {"join_ref": "1", "ref": "2", "topic": "room:a", "event": "new", "payload": {"a": 1}}
    second = decode(text('["1","2","room:a","new",{"a":1}]', "sent"))
    assert second.value == fields
    first = decode(
        text('{"topic":"room:a","event":"new","payload":{"a":1},"ref":"2","join_ref":"1"}', "sent")
    )
    assert first.value == {**fields, "version": 1}
    assert first.correlation == second.correlation == "2"


@pytest.mark.parametrize(
    ("message", "role", "correlation"),
    [
        ('["1","1","a","phx_join",{}]', "request", "1"),
        ('["1","1","a","phx_reply",{"status":"ok","response":{}}]', "response", "1"),
        ('["1","1","a","phx_reply",{"status":"error","response":{}}]', "error", "1"),
        ('[null,null,"a","tick",{}]', "push", None),
        ('["1","1","a","phx_error",{}]', "error", "1"),
        ('["1","1","a","phx_close",{}]', "other", "1"),
    ],
)
def test_every_event_has_its_role(message, role, correlation):
    decoded = decode(text(message))
    assert (decoded.role, decoded.correlation) == (role, correlation)


def test_heartbeats_and_their_answers_are_told():
    conversation = PHOENIX.conversation()
    asked = conversation.decode(text('[null,"7","phoenix","heartbeat",{}]', "sent"))
    answered = conversation.decode(
        text('[null,"7","phoenix","phx_reply",{"status":"ok","response":{}}]')
    )
    assert asked.role == answered.role == "heartbeat"
    assert asked.correlation == answered.correlation == "7"


def test_binary_pushes_differ_by_who_sends_them():
    of_client = binary(
        b"\x00\x01\x02\x06\x03" + b"1" + b"22" + b"room:a" + b"new" + b"\x00\xff", "sent"
    )
    assert decode(of_client).value == {
        "join_ref": "1", "ref": "22", "topic": "room:a", "event": "new", "payload": b"\x00\xff",
    }  # fmt: skip
    of_server = binary(b"\x00\x01\x06\x03" + b"1" + b"room:a" + b"new" + b"\x00\xff")
    assert decode(of_server).value == {
        "join_ref": "1", "ref": None, "topic": "room:a", "event": "new", "payload": b"\x00\xff",
    }  # fmt: skip
    broadcast = binary(b"\x02\x06\x03" + b"room:a" + b"new" + b"data")
    assert decode(broadcast).value["payload"] == b"data"
    reply = binary(b"\x01\x01\x02\x06\x02" + b"1" + b"22" + b"room:a" + b"ok" + b"data")
    answered = decode(reply)
    assert answered.correlation == "22"
    assert answered.value["payload"] == {"status": "ok", "response": b"data"}


def test_the_client_is_who_joins_also_when_it_is_the_other_end():
    join = text('["1","1","a","phx_join",{}]', "received")
    push = binary(b"\x00\x01\x01\x01\x01" + b"1" + b"2" + b"t" + b"e" + b"x", "received")
    assert decode(join, push).value["ref"] == "2"


@pytest.mark.parametrize(
    "payload",
    [text("[1,2]"), text('["1","1",7,"e",{}]'), text("{}"), binary(b"\x07"), binary(b"\x00\xff"),
     binary(b"")],
)  # fmt: skip
def test_what_is_no_message_is_refused(payload):
    with pytest.raises(DecodeError):
        decode(payload)


def test_a_message_is_composed_in_either_form():
    value = {"join_ref": "1", "ref": "2", "topic": "a", "event": "e", "payload": {"b": 1}}
    assert PHOENIX.compose(value)[0].data == b'["1","2","a","e",{"b":1}]'
    assert PHOENIX.compose({**value, "version": 1})[0].data.startswith(b'{"join_ref":"1"')
    with pytest.raises(ComposeError, match="needs a topic"):
        PHOENIX.compose({"event": "e"})
    with pytest.raises(ComposeError, match="at most 255"):
        PHOENIX.compose({"topic": "x" * 300, "event": "e", "payload": b""})


def test_it_is_recognised_by_its_fields():
    decoders = standard_decoders()
    for message in (
        '["1","1","room:a","phx_join",{}]',
        '{"topic":"a","event":"phx_join","payload":{},"ref":"1"}',
    ):
        assert ConnectionDecoder(decoders).decode(text(message)).format == "phoenix"
