import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decoders.samples import binary
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.decoders.mqtt_fields import PROPERTIES, variable
from wirescope.decoders.varint import read_varint
from wirescope.errors import ComposeError, DecodeError

MQTT = standard_decoders()["mqtt"]
CONNECT_5 = {"packet": "CONNECT", "version": 5, "clean_start": True, "client_id": "a"}


def write(*values):
    return b"".join(payload.data for value in values for payload in MQTT.compose(value))


def decode(*data, conversation=None):
    conversation = conversation or MQTT.conversation()
    return [conversation.decode(binary(each)) for each in data][-1]


def test_connect_is_read_field_by_field():
    data = write(
        {
            "packet": "CONNECT",
            "version": 4,
            "clean_session": True,
            "keep_alive": 30,
            "client_id": "c1",
            "will": {"topic": "gone", "payload": "bye", "qos": 1, "retain": True},
            "user_name": "user",
            "password": "secret",
        }
    )
    assert data == (
        b"\x10\x27\x00\x04MQTT\x04\xee\x00\x1e\x00\x02c1\x00\x04gone\x00\x03bye"
        b"\x00\x04user\x00\x06secret"
    )
    decoded = decode(data)
    assert decoded.role == "handshake"
    assert decoded.value == {
        "packet": "CONNECT",
        "version": 4,
        "protocol_name": "MQTT",
        "clean_session": True,
        "keep_alive": 30,
        "client_id": "c1",
        "will": {"topic": "gone", "payload": "bye", "qos": 1, "retain": True},
        "user_name": "user",
        "password": "secret",
    }


def test_the_version_of_connect_holds_for_the_connection():
    properties = {"content_type": "text", "user_property": [["a", "b"], ["a", "c"]]}
    publish = {"packet": "PUBLISH", "version": 5, "topic": "t", "payload": "x"}
    decoded = decode(write(CONNECT_5), write({**publish, "properties": properties}))
    assert decoded.value["properties"] == properties


def test_every_property_is_written_and_read():
    values = {"b": 1, "2": 500, "4": 70_000, "v": [300, 1], "s": "text", "d": b"\x00\xff",
              "p": [["k", "v"]]}  # fmt: skip
    properties = {name: values[kind] for name, kind in PROPERTIES.values()}
    decoded = decode(
        write(CONNECT_5),
        write({"packet": "AUTH", "version": 5, "reason_code": 24, "properties": properties}),
    )
    assert decoded.value["properties"] == properties


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_packets_may_be_cut_anywhere(size):
    stream = write(
        {"packet": "PINGREQ"},
        {"packet": "PUBLISH", "topic": "t", "payload": "x" * 200, "qos": 1, "packet_id": 5},
        {"packet": "PINGREQ"},
    )
    conversation = MQTT.conversation()
    found = []
    for at in range(0, len(stream), size):
        decoded = conversation.decode(binary(stream[at : at + size]))
        found += [part.name for part in decoded.parts or (decoded,)]
    packets = [name for name in found if name.isupper()]
    assert packets == ["PINGREQ", "PUBLISH", "PINGREQ"]


def test_several_packets_of_one_message_are_its_parts():
    decoded = decode(write({"packet": "PINGRESP"}, {"packet": "PUBACK", "packet_id": 7}))
    assert [(part.name, part.role, part.correlation) for part in decoded.parts] == [
        ("PINGRESP", "heartbeat", "PINGREQ"),
        ("PUBACK", "response", "7"),
    ]


def test_the_ends_have_unfinished_packets_of_their_own():
    whole = write({"packet": "PUBACK", "packet_id": 7})
    conversation = MQTT.conversation()
    conversation.decode(binary(whole[:2], "sent"))
    assert conversation.decode(binary(whole, "received")).name == "PUBACK"
    assert conversation.decode(binary(whole[2:], "sent")).name == "PUBACK"


@pytest.mark.parametrize(
    ("qos", "role", "correlation"), [(0, "push", None), (1, "request", "9"), (2, "request", "9")]
)
def test_a_publish_expects_an_answer_by_its_quality_of_service(qos, role, correlation):
    packet = {"packet": "PUBLISH", "topic": "t", "payload": '{"a":1}', "qos": qos}
    decoded = decode(write({**packet, "packet_id": 9}))
    assert (decoded.role, decoded.correlation) == (role, correlation)
    assert decoded.nested.value == {"a": 1}


def test_a_topic_alias_is_followed():
    publish = {"packet": "PUBLISH", "version": 5, "payload": "", "properties": {"topic_alias": 3}}
    decoded = decode(
        write(CONNECT_5), write({**publish, "topic": "long/topic"}), write({**publish, "topic": ""})
    )
    assert decoded.summary.startswith("PUBLISH long/topic (QoS 0)")
    assert decoded.value["topic"] == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("20020005", "CONNACK not authorized"),
        ("90030001 80", "SUBACK #1 [128]"),
    ],
)
def test_a_refusal_is_an_error(data, words):
    decoded = decode(bytes.fromhex(data))
    assert decoded.role == "error"
    assert decoded.summary == words


def test_a_reason_of_version_5_is_said_in_words():
    decoded = decode(
        write(CONNECT_5), write({"packet": "DISCONNECT", "version": 5, "reason_code": 0x8E})
    )
    assert decoded.summary == "DISCONNECT session taken over"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("0000", "no packet of type 0"),
        ("3600", "no QoS 3"),
        ("3001 00", "longer than its packet"),
        ("c001 00", "longer than its fields"),
        ("30ffffffff01", "more than 4 bytes"),
    ],
)
def test_what_is_no_packet_is_refused(data, message):
    with pytest.raises(DecodeError, match=message) as caught:
        decode(bytes.fromhex(data))
    assert caught.value.where.startswith("byte ")


def test_an_unknown_property_is_refused():
    with pytest.raises(DecodeError, match="no property 100"):
        decode(write(CONNECT_5), bytes.fromhex("e0 03 00 01 64"))


def test_a_huge_length_waits_for_no_more_than_is_decoded():
    conversation = MQTT.conversation()
    conversation.decode(binary(bytes.fromhex("30ffffff7f")))
    piece = binary(bytes(1 << 20))
    for _ in range(3):
        assert conversation.decode(piece).name == "part of a packet"
    with pytest.raises(DecodeError, match="more than 4 MiB"):
        conversation.decode(binary(bytes((1 << 20) + 1)))


def test_it_is_recognised_by_its_first_packet():
    chosen = ConnectionDecoder(standard_decoders()).decode(binary(write(CONNECT_5)))
    assert chosen.format == "mqtt"


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"packet": "SHOUT"}, "packet"),
        ({"packet": "PUBLISH"}, "topic"),
        ({"packet": "PUBLISH", "topic": "t", "qos": 3}, "qos"),
        ({"packet": "PUBLISH", "topic": "t", "qos": 1}, "packet_id"),
        ({"packet": "PUBLISH", "topic": "t", "version": 7}, "version"),
        ({"packet": "SUBSCRIBE", "packet_id": 1}, "subscriptions"),
        ({"packet": "AUTH", "version": 5, "properties": {"nonsense": 1}}, "properties"),
        ({"packet": "CONNECT", "client_id": "x" * 70_000}, "client_id"),
        (7, "packet"),
    ],
)
def test_what_cannot_be_written_says_where(value, where):
    with pytest.raises(ComposeError) as caught:
        MQTT.compose(value)
    assert caught.value.where == where


@settings(deadline=None)
@given(st.integers(0, 268_435_455))
def test_a_length_is_written_and_read(number):
    written = variable(number)
    assert read_varint(b"\x30" + written, 1, longest=4) == (number, 1 + len(written))
    assert read_varint(b"\x30" + written[:-1], 1, longest=4) is None
