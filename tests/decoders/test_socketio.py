import msgspec
import pytest

from tests.decoders.samples import binary, text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError

SOCKETIO = standard_decoders()["socketio"]
VERSION_3 = "ws://127.0.0.1/socket.io/?EIO=3&transport=websocket"


def decode(*payloads):
    conversation = SOCKETIO.conversation()
    return [conversation.decode(payload) for payload in payloads][-1]


@pytest.mark.parametrize(
    ("data", "type_", "namespace", "identifier", "content"),
    [
        ("40", "CONNECT", "/", None, None),
        ('40{"sid":"a"}', "CONNECT", "/", None, {"sid": "a"}),
        ("40/admin", "CONNECT", "/admin", None, None),
        ("40/admin?token=1,", "CONNECT", "/admin", None, None),
        ('40/admin,{"token":"1"}', "CONNECT", "/admin", None, {"token": "1"}),
        ("41", "DISCONNECT", "/", None, None),
        ('42["a",1]', "EVENT", "/", None, ["a", 1]),
        ('4212["a"]', "EVENT", "/", 12, ["a"]),
        ('42/admin,3["a","b,c[1]"]', "EVENT", "/admin", 3, ["a", "b,c[1]"]),
        ("430[]", "ACK", "/", 0, []),
        ('44{"message":"no"}', "CONNECT_ERROR", "/", None, {"message": "no"}),
        ('44/x,"no"', "CONNECT_ERROR", "/x", None, "no"),
    ],
)
def test_a_packet_is_read_field_by_field(data, type_, namespace, identifier, content):
    assert decode(text(data)).value == {
        "engine": "message",
        "type": type_,
        "namespace": namespace,
        "id": identifier,
        "data": content,
    }


def test_an_id_asks_for_an_acknowledgement():
    asked, answered = decode(text('42/a,7["add",1]')), decode(text("43/a,7[2]"))
    assert (asked.name, asked.role, asked.correlation) == ("add", "request", "/a#7")
    assert (answered.role, answered.correlation) == ("response", "/a#7")
    assert decode(text('42["tick"]')).role == "push"


def test_attachments_are_put_where_they_belong():
    head = text('452-["up",{"_placeholder":true,"num":1},{"x":{"_placeholder":true,"num":0}}]')
    conversation = SOCKETIO.conversation()
    assert "2 attachments to come" in conversation.decode(head).summary
    conversation.decode(text("2", "sent"))
    assert conversation.decode(binary(b"first")).summary == "attachment 1 of 2, 5 bytes"
    whole = conversation.decode(binary(b"second")).value
    assert whole["data"] == ["up", b"second", {"x": b"first"}]


def test_the_ends_have_attachments_of_their_own():
    head = '451-["up",{"_placeholder":true,"num":0}]'
    conversation = SOCKETIO.conversation()
    conversation.decode(text(head, "sent"))
    conversation.decode(text(head, "received"))
    assert conversation.decode(binary(b"theirs", "received")).value["data"][1] == b"theirs"
    assert conversation.decode(binary(b"ours", "sent")).value["data"][1] == b"ours"


def test_a_placeholder_without_an_attachment_is_refused():
    with pytest.raises(DecodeError, match="no attachment 5"):
        decode(text('451-["up",{"_placeholder":true,"num":5}]'), binary(b"x"))


@pytest.mark.parametrize(
    "data", ["", "9", "47", '42{"a":1}', "42", '421-["a"]', "451000000-[]", "42[broken"]
)
def test_what_is_no_packet_is_refused(data):
    with pytest.raises(DecodeError):
        decode(text(data))


def test_engine_packets_are_read():
    opened = decode(text('0{"sid":"x","pingInterval":25000}'))
    assert (opened.name, opened.role) == ("open", "handshake")
    assert opened.value == {"engine": "open", "data": {"sid": "x", "pingInterval": 25000}}
    assert decode(text("2")).role == "heartbeat"
    assert decode(text("3probe")).value == {"engine": "pong", "data": "probe"}


def test_a_message_of_something_else_over_engine_io_is_shown():
    decoded = decode(text('4{"a":1}'))
    assert decoded.value == {"engine": "message", "data": '{"a":1}'}
    assert decoded.nested.value == {"a": 1}


def test_in_version_3_a_binary_message_begins_with_its_type():
    head = text('451-["up",{"_placeholder":true,"num":0}]', url=VERSION_3)
    assert decode(head, binary(b"\x04data", url=VERSION_3)).value["data"] == ["up", b"data"]
    opened = text('0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":5000}')
    assert decode(opened, head, binary(b"\x04data")).value["data"] == ["up", b"data"]


def test_packets_of_the_messagepack_parser_are_read():
    packet = {"type": 2, "nsp": "/", "id": 4, "data": ["a", b"bytes"]}
    decoded = decode(binary(msgspec.msgpack.encode(packet)))
    assert (decoded.name, decoded.correlation) == ("a", "/#4")
    assert decoded.value["data"] == ["a", b"bytes"]
    assert decode(binary(b"\xff")).value == {"engine": "message", "data": b"\xff"}


def test_it_is_recognised_by_its_address_or_by_its_first_packet():
    decoders = standard_decoders()
    address = "ws://127.0.0.1/socket.io/?EIO=4&transport=websocket"
    assert ConnectionDecoder(decoders).decode(text("2", url=address)).format == "socketio"
    assert ConnectionDecoder(decoders).decode(text('0{"sid":"x"}')).format == "socketio"
    assert ConnectionDecoder(decoders).decode(text('42["a"]')).format == "socketio"
    assert ConnectionDecoder(decoders).decode(text("42")).format == "text"


def test_bytes_are_composed_as_attachments():
    value = {"type": "EVENT", "namespace": "/a", "id": 3, "data": ["up", b"one", [b"two"]]}
    payloads = SOCKETIO.compose(value)
    assert [(payload.kind, payload.data) for payload in payloads] == [
        (
            "text",
            b'452-/a,3["up",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]',
        ),
        ("binary", b"one"),
        ("binary", b"two"),
    ]
    assert SOCKETIO.compose({**value, "version": 3})[1].data == b"\x04one"


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"type": "SHOUT"}, "type"),
        ({"type": "EVENT", "data": "a"}, "data"),
        ({"type": "EVENT", "data": [], "namespace": "a"}, "namespace"),
        ({"type": "EVENT", "data": [], "id": "a"}, "id"),
        ({"engine": "shout"}, "engine"),
        ([], ""),
    ],
)
def test_what_cannot_be_written_says_where(value, where):
    with pytest.raises(ComposeError) as caught:
        SOCKETIO.compose(value)
    assert caught.value.where == where
