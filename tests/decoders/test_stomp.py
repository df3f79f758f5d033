import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decoders.samples import binary, text
from wirescope.decoders import ConnectionDecoder, standard_decoders
from wirescope.errors import ComposeError, DecodeError

STOMP = standard_decoders()["stomp"]


def decode(*data, direction="received"):
    conversation = STOMP.conversation()
    return [conversation.decode(text(each, direction)) for each in data][-1]


def test_a_frame_is_read_without_its_nul():
    decoded = decode('MESSAGE\ndestination:/a\ncontent-type:application/json\n\n{"a":1}\0')
    assert decoded.value == {
        "command": "MESSAGE",
        "headers": {"destination": "/a", "content-type": "application/json"},
        "body": '{"a":1}',
    }
    assert (decoded.name, decoded.role) == ("MESSAGE", "push")
    assert decoded.nested.value == {"a": 1}
    assert decoded.summary == 'MESSAGE destination:/a {"a":1}'


def test_escapes_are_undone_but_not_in_connect_and_not_in_version_1_0():
    assert decode("SEND\nk:a\\cb\\nc\\\\d\\re\n\n\0").value["headers"] == {"k": "a:b\nc\\d\re"}
    assert decode("CONNECT\nk:a\\cb\n\n\0").value["headers"] == {"k": "a\\cb"}
    assert decode("CONNECTED\n\n\0", "SEND\nk:a\\cb\n\n\0").value["headers"] == {"k": "a\\cb"}
    assert decode("CONNECTED\nversion:1.1\n\n\0", "SEND\nk:\\c\n\n\0").value["headers"] == {
        "k": ":"
    }


def test_lines_may_end_in_two_characters():
    decoded = decode("SEND\r\nk:v\r\n\r\nbody\0")
    assert decoded.value == {"command": "SEND", "headers": {"k": "v"}, "body": "body"}


def test_of_a_repeated_header_the_first_counts_and_the_others_are_kept():
    value = decode("MESSAGE\nk:1\nk:2\n\n\0").value
    assert value["headers"] == {"k": "1"}
    assert value["later_headers"] == [["k", "2"]]


def test_a_body_with_a_length_may_hold_nul():
    assert decode("SEND\ncontent-length:3\n\na\0b\0").value["body"] == b"a\0b"
    with pytest.raises(DecodeError, match="not as long as content-length says"):
        decode("SEND\ncontent-length:1\n\nabc\0")


def test_a_receipt_answers_what_asked_for_it():
    asked, answered = decode("SEND\nreceipt:77\n\n\0"), decode("RECEIPT\nreceipt-id:77\n\n\0")
    assert (asked.role, asked.correlation) == ("request", "77")
    assert (answered.role, answered.correlation) == ("response", "77")
    assert decode("MESSAGE\nreceipt:77\n\n\0").role == "push"
    failed = decode("ERROR\nreceipt-id:77\nmessage:no\n\n\0")
    assert (failed.role, failed.correlation) == ("error", "77")


def test_line_ends_behind_a_frame_hide_nothing():
    decoded = decode("RECEIPT\nreceipt-id:1\n\n\0\n\n")
    assert (decoded.name, decoded.correlation) == ("RECEIPT", "1")
    assert decoded.value["command"] == "RECEIPT"
    assert [part.role for part in decoded.parts] == ["response", "heartbeat", "heartbeat"]


def test_heart_beats_and_frames_may_share_a_message():
    decoded = decode("\nSEND\n\na\0\nSEND\n\nb\0")
    assert [part.name for part in decoded.parts] == ["heart-beat", "SEND", "heart-beat", "SEND"]
    assert decode("\n").role == "heartbeat"
    assert decode("SEND\n\na\0", "\n", "\n").role == "heartbeat"


@settings(deadline=None)
@given(st.integers(1, 40))
def test_a_frame_may_be_cut_anywhere(size):
    stream = "SEND\ndestination:/a\ncontent-length:5\n\na\0b\0c\0SEND\n\nx\0"
    conversation = STOMP.conversation()
    found = []
    for at in range(0, len(stream), size):
        decoded = conversation.decode(text(stream[at : at + size]))
        found += [part.value.get("body") for part in decoded.parts]
        if not decoded.parts and decoded.name == "SEND":
            found.append(decoded.value["body"])
    assert found == [b"a\0b\0c", "x"]


@pytest.mark.parametrize(
    "data", ["SHOUT\n\n\0", "SEND\nnocolon\n\n\0", "{}", "SEN\n", "SEND\n" + "k:v\n" * 2000]
)
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(DecodeError):
        decode(data)


def test_headers_without_an_end_are_refused():
    with pytest.raises(DecodeError, match="more than 65,536 bytes"):
        decode("SEND\nk:" + "v" * 70_000)


def test_a_frame_is_composed_with_escapes_and_its_length():
    value = {"command": "SEND", "headers": {"destination": "/a", "k": "a:b"}, "body": "ü"}
    (payload,) = STOMP.compose(value)
    assert payload.data == "SEND\ndestination:/a\nk:a\\cb\ncontent-length:2\n\nü\0".encode()
    assert payload.kind == "text"
    assert STOMP.compose({"command": "SEND", "body": b"\xff"})[0].kind == "binary"
    assert STOMP.compose({"command": ""})[0].data == b"\n"


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"command": "SHOUT"}, "command"),
        ({"command": "SEND", "body": 7}, "body"),
        ({"command": "SEND", "headers": [1]}, "headers"),
        ({"command": "CONNECT", "headers": {"login": "a\nhost:evil"}}, "headers"),
    ],
)
def test_what_cannot_be_written_says_where(value, where):
    with pytest.raises(ComposeError) as caught:
        STOMP.compose(value)
    assert caught.value.where == where


def test_it_is_chosen_by_its_subprotocols_and_by_its_commands():
    decoders = standard_decoders()
    for name in ("v10.stomp", "v11.stomp", "v12.stomp"):
        assert decoders.by_subprotocol(name) is decoders["stomp"]
    assert ConnectionDecoder(decoders).decode(text("CONNECT\n\n\0")).format == "stomp"
    assert ConnectionDecoder(decoders).decode(binary(b"SEND\n\n\xff\0")).format == "stomp"
