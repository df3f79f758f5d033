"""Events as lines of JSON, and back, with nothing lost."""

from base64 import b64decode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.events.strategies import events, long_payloads
from wirescope.events import (
    PREVIEW_LENGTH,
    AnyEvent,
    ConnectionFailed,
    ConnectionOpening,
    RecordError,
    WebSocketFrame,
    WebSocketMessage,
    event_from_record,
    ndjson_line,
    record,
)

STARTED = 1_700_000_000_000_000_000


def frame(header: str, payload: bytes, *, payload_id: int = 0) -> WebSocketFrame:
    return WebSocketFrame(2, 5, "c1", "received", bytes.fromhex(header), payload, 7, payload_id)


def written(event: AnyEvent) -> dict[str, Any]:
    line = ndjson_line(event, started_wall_ns=STARTED)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    return msgspec.json.decode(line, type=dict[str, Any])


def test_a_record_begins_as_the_contract_says() -> None:
    fields = written(ConnectionOpening(1, 5, "c1", "ws://127.0.0.1/", "websocket"))
    assert list(fields) == ["seq", "at_ns", "time", "connection", "type", "url", "transport"]
    assert fields["time"] == "2023-11-14T22:13:20.000000005Z"
    assert fields["type"] == "connection.opening"


def test_what_a_connection_is_made_for_is_written_where_it_is_known() -> None:
    url = "ws://127.0.0.1/"
    opening = ConnectionOpening(1, 5, "c1", url, "websocket", "signaling")
    assert written(opening)["purpose"] == "signaling"
    assert event_from_record(written(opening)) == opening


def test_a_text_frame_carries_the_fields_of_the_contract() -> None:
    fields = written(frame("8103", b"abc"))
    assert fields | {"text": "abc", "opcode": "text", "direction": "received"} == fields
    assert (fields["fin"], fields["rsv1"], fields["masked"]) == (True, False, False)
    assert (fields["payload_length"], fields["wire_length"]) == (3, 5)
    assert (fields["header"], fields["offset"]) == ("8103", 7)


@pytest.mark.parametrize(
    ("header", "payload"),
    [("8202", b"\xff\xfe"), ("c103", b"abc"), ("8802", b"\x03\xe8")],
    ids=["not UTF-8", "compressed, though it reads as text", "a close code"],
)
def test_bytes_that_are_no_text_are_base64(header: str, payload: bytes) -> None:
    fields = written(frame(header, payload))
    assert "text" not in fields
    assert b64decode(fields["base64"]) == payload


def test_a_reserved_opcode_is_written_in_hex() -> None:
    assert written(frame("8300", b""))["opcode"] == "0x3"


def test_a_frame_cut_off_says_so() -> None:
    assert written(frame("8105", b"abc"))["incomplete"] is True
    assert "incomplete" not in written(frame("8103", b"abc"))


@given(events)
def test_every_event_can_be_read_back(event: AnyEvent) -> None:
    assert event_from_record(written(event)) == event


@given(long_payloads)
def test_a_long_message_is_shown_by_its_beginning(payload: bytes) -> None:
    message = WebSocketMessage(3, 9, "c1", "sent", "text", len(payload), 9, False, (2,), payload)
    fields = written(message)
    assert fields["truncated"] is True
    assert len(ndjson_line(message, started_wall_ns=STARTED)) < 3 * PREVIEW_LENGTH
    read = event_from_record(fields)
    assert isinstance(read, WebSocketMessage)
    assert read.truncated
    assert payload.startswith(read.payload)


def test_a_frame_kept_in_chunks_names_them() -> None:
    header = b"\x82\x7f" + (1 << 21).to_bytes(8, "big")
    event = frame(header.hex(), b"\xff" * PREVIEW_LENGTH, payload_id=4)
    fields = written(event)
    assert (fields["payload_id"], fields["truncated"]) == (4, True)
    assert fields["preview_encoding"] == "base64"
    assert event_from_record(fields) == event


def test_a_preview_is_not_cut_inside_a_character() -> None:
    payload = b"x" + "é".encode() * PREVIEW_LENGTH
    header = b"\x81\x7f" + (1 << 21).to_bytes(8, "big")
    event = frame(header.hex(), payload[:PREVIEW_LENGTH], payload_id=1)
    fields = written(event)
    assert fields["preview"] == payload[: PREVIEW_LENGTH - 1].decode()
    assert fields["preview_rest"] == "c3"
    assert event_from_record(fields) == event


def test_a_body_that_is_no_text_is_shown_and_kept() -> None:
    refused = ConnectionFailed(4, 1, "c1", "upgrade", "status", "m", "h", 403, b"no\xff")
    fields = written(refused)
    assert fields["body"] == "no\ufffd"
    assert event_from_record(fields) == refused


def test_a_refused_upgrade_keeps_status_and_body() -> None:
    refused = ConnectionFailed(4, 1, "c1", "upgrade", "status", "m", "h", 403, b"no entry")
    fields = written(refused)
    assert (fields["status"], fields["body"]) == (403, "no entry")
    assert "status" not in written(ConnectionFailed(4, 1, "c1", "tcp", "refused", "m", "h"))


def test_fields_of_a_later_version_are_passed_over() -> None:
    event = frame("8103", b"abc")
    fields = record(event, started_wall_ns=STARTED) | {"colour": "green"}
    assert event_from_record(fields) == event


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "websocket.fame"}, "'websocket.fame' is not a type"),
        ({"type": ["websocket.frame"]}, "wrong value|not a type"),
        ({"type": None}, "not a type"),
        ({"seq": "1"}, "`seq` is '1'"),
        ({"seq": -1}, "`seq` is -1"),
        ({"at_ns": 2**63}, "`at_ns`"),
        ({"at_ns": True}, "`at_ns`"),
        ({"header": ""}, "too short"),
        ({"header": "81"}, "too short"),
        ({"header": "8183"}, "not as long as it says"),
        ({"header": "zz"}, "wrong value"),
        ({"header": 8103}, "wrong value"),
        ({"direction": "up"}, "wrong value"),
        ({"offset": "7"}, "wrong value"),
        ({"text": 5}, "wrong value"),
        ({"text": "abcd"}, "longer than the frame's header announces"),
        ({"base64": "not base64"}, "wrong value"),
    ],
    ids=str,
)
def test_a_wrong_record_is_refused_with_the_reason(change: dict[str, Any], message: str) -> None:
    fields = record(frame("8103", b"abc"), started_wall_ns=STARTED) | change
    with pytest.raises(RecordError, match=message):
        event_from_record(fields)


@pytest.mark.parametrize("name", ["seq", "at_ns", "type", "direction", "header", "offset", "text"])
def test_a_missing_field_is_named(name: str) -> None:
    fields = record(frame("8103", b"abc"), started_wall_ns=STARTED)
    del fields[name]
    with pytest.raises(RecordError, match="missing"):
        event_from_record(fields)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


@given(events, st.data())
def test_a_garbled_record_is_an_event_or_an_error(event: AnyEvent, data: st.DataObject) -> None:
    fields = record(event, started_wall_ns=STARTED)
    fields[data.draw(st.sampled_from(sorted(fields)))] = data.draw(json_values)
    try:
        read = event_from_record(fields)
    except RecordError:
        return
    ndjson_line(read, started_wall_ns=STARTED)
