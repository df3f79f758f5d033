"""Captures as HAR and back, and HARs of others."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.capture.formats.making import any_events, everything, read, recorded, written
from tests.capture.making import events_of
from wirescope.capture import open_capture
from wirescope.errors import CaptureFormatError
from wirescope.events import MESSAGES_ONLY, AnyEvent, CaptureGap, WebSocketFrame, WebSocketMessage

pytestmark = pytest.mark.slow


@settings(max_examples=25, deadline=None)
@given(events=any_events())
def test_any_events_go_to_har_and_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent]
) -> None:
    folder = tmp_path_factory.mktemp("har")
    har = written(recorded(folder / "a", list(events)), "har")
    json.loads(har)
    read("har", har, folder / "b")
    assert events_of(folder / "b") == events_of(folder / "a")


def test_everything_goes_to_har_and_back_with_long_payloads_whole(tmp_path: Path) -> None:
    har = written(everything(tmp_path / "a"), "har")
    assert read("har", har, tmp_path / "b") == []
    assert events_of(tmp_path / "b") == events_of(tmp_path / "a")
    with open_capture(tmp_path / "a") as a, open_capture(tmp_path / "b") as b:
        assert a.started_wall_ns == b.started_wall_ns
        for event in a.events(filter="length > 1MiB"):
            assert b"".join(b.payload(event.seq)) == b"".join(a.payload(event.seq))


def test_a_har_has_chromes_shape(tmp_path: Path) -> None:
    log = json.loads(written(everything(tmp_path / "a"), "har"))["log"]
    first, _, _, refused, unreachable = log["entries"]
    assert first["_resourceType"] == "websocket"
    message = first["_webSocketMessages"][0]
    assert {**message, "time": 0, "data": ""} == {
        "type": "send", "time": 0, "opcode": 1, "data": ""
    }  # fmt: skip
    assert str(message["time"]).startswith("1700000000.1234")
    assert [each["opcode"] for each in first["_webSocketMessages"]] == [1, 1, 2, 1, 2]
    names = [field["name"] for field in first["request"]["headers"]]
    assert names[:3] == ["Host", "User-agent", "Origin"]
    assert first["response"]["status"] == 101
    assert first["timings"]["connect"] == pytest.approx(0.0008)
    assert refused["response"]["status"] == 403
    assert refused["response"]["content"]["size"] == 3
    assert unreachable["response"]["status"] == 0
    assert "10.20.30.40" in unreachable["comment"]


def test_a_har_has_the_address_that_was_connected_to(tmp_path: Path) -> None:
    log = json.loads(written(everything(tmp_path / "a"), "har"))["log"]
    assert log["entries"][0]["serverIPAddress"] == "10.20.30.40"


def test_a_filter_chooses_what_a_har_has(tmp_path: Path) -> None:
    har = written(everything(tmp_path / "a"), "har", choice={"filter": "connection == c2"})
    (entry,) = json.loads(har)["log"]["entries"]
    assert entry["request"]["url"] == "ws://10.20.30.40/deflate"
    read("har", har, tmp_path / "b")
    assert {event.connection for event in events_of(tmp_path / "b")} == {"c2"}


def entry(**changes: Any) -> dict[str, Any]:
    message = {"type": "send", "time": 1700000001.5, "opcode": 1, "data": "hello"}
    return {
        "startedDateTime": "2023-11-14T22:13:20.000Z",
        "request": {"method": "GET", "url": "https://a.example/x?y=1", "httpVersion": "HTTP/1.1",
                    "headers": [{"name": "Host", "value": "a.example"}]},
        "response": {"status": 101, "statusText": "Switching Protocols",
                     "headers": [{"name": "sec-websocket-protocol", "value": "chat"}]},
        "timings": {"dns": 1, "connect": 5, "ssl": 2, "send": 0, "wait": 3.5, "receive": -1},
        "_resourceType": "websocket",
        "_webSocketMessages": [
            message,
            {**message, "type": "receive", "time": 1700000002, "opcode": 2,
             "data": b64encode(bytes(3)).decode()},
        ],
        **changes,
    }  # fmt: skip


def har(*entries: Any) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}).encode()


def test_a_har_of_another_program_becomes_frames_and_messages(tmp_path: Path) -> None:
    notes = read("har", b"\xef\xbb\xbf" + har({"request": 1}, entry()), tmp_path / "b")
    assert notes[0] == "Passed over, since they are no WebSocket: 1 of 2 entries."
    gap, *events = events_of(tmp_path / "b")
    assert gap.reason == MESSAGES_ONLY
    frames = [event for event in events if isinstance(event, WebSocketFrame)]
    assert [(frame.masking_key, frame.payload) for frame in frames] == [
        (bytes(4), b"hello"), (None, bytes(3))
    ]  # fmt: skip
    messages = [event for event in events if isinstance(event, WebSocketMessage)]
    assert [message.kind for message in messages] == ["text", "binary"]
    assert messages[0].frames == (frames[0].seq,)
    assert messages[1].at_ns == 2_000_000_000
    by_type = {event.type: event for event in events}
    assert by_type["connection.opening"].url == "wss://a.example/x?y=1"
    assert by_type["websocket.handshake"].request.startswith("GET /x?y=1 HTTP/1.1\r\nHost: a.ex")
    assert by_type["websocket.handshake"].subprotocol == "chat"
    steps = {event.name: event.duration_ns for event in events if event.type == "connection.phase"}
    assert steps == {"dns": 10**6, "tcp": 3 * 10**6, "tls": 2 * 10**6, "upgrade": 3_500_000}


def test_what_a_har_cannot_tell_is_said_on_each_connection(tmp_path: Path) -> None:
    read("har", har(entry(), entry()), tmp_path / "b")
    gaps = [event for event in events_of(tmp_path / "b") if isinstance(event, CaptureGap)]
    assert [(gap.connection, gap.reason) for gap in gaps] == [
        ("c1", MESSAGES_ONLY), ("c2", MESSAGES_ONLY)
    ]  # fmt: skip


def test_times_in_milliseconds_are_taken_for_what_they_are(tmp_path: Path) -> None:
    read("har", message(time=1700000001500.25), tmp_path / "b")
    assert events_of(tmp_path / "b")[-1].at_ns == pytest.approx(1_500_250_000, abs=1000)


def test_waiting_that_lasts_until_after_the_first_message_is_no_upgrade(tmp_path: Path) -> None:
    # Chrome's HAR has the time of the last message that came as the end of the waiting.
    timings = {"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 2000}
    read("har", har(entry(timings=timings)), tmp_path / "b")
    events = events_of(tmp_path / "b")
    steps = [event for event in events if event.type == "connection.phase"]
    assert [(step.name, step.duration_ns) for step in steps] == [("upgrade", 0)]
    messages = [event.at_ns for event in events if event.type == "websocket.message"]
    assert messages == [1_500_000_000, 2_000_000_000]


def test_connections_of_another_har_are_put_in_the_order_of_time(tmp_path: Path) -> None:
    later = entry(startedDateTime="2023-11-14T22:13:30Z", _webSocketMessages=[])
    read("har", har(later, entry()), tmp_path / "b")
    events = events_of(tmp_path / "b")
    assert [event.at_ns for event in events] == sorted(event.at_ns for event in events)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_a_long_message_of_another_har_is_kept_whole(tmp_path: Path) -> None:
    long = "x" * (2 << 20)
    message = {"type": "receive", "time": 1700000001, "opcode": 1, "data": long}
    read("har", har(entry(_webSocketMessages=[message])), tmp_path / "b")
    with open_capture(tmp_path / "b") as capture:
        found = list(capture.events(filter="type == websocket.message"))
        assert b"".join(capture.payload(found[0].seq)).decode() == long


def test_a_refused_connection_of_another_har_is_a_failure(tmp_path: Path) -> None:
    refused = entry(
        response={"status": 403, "content": {"text": "no"}, "headers": []}, _webSocketMessages=[]
    )
    read("har", har(refused), tmp_path / "b")
    last = events_of(tmp_path / "b")[-1]
    assert (last.type, last.status, last.body) == ("connection.failed", 403, b"no")


def message(**changes: Any) -> bytes:
    fine = {"type": "send", "time": 1700000001.5, "opcode": 2, "data": "AA=="}
    return har(entry(_webSocketMessages=[fine | changes]))


DEEP = b"[" * 200_000


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"", "The file"),
        (b"{}", "log"),
        (b'{"log":{"entries":7}}', r"log\.entries"),
        (b'{"log":{"entries":[]}}', "no WebSocket"),
        (b'{"log":{"entries":[1]}}', "Entry 0"),
        (b'{"log":' + DEEP, r"\$\.log"),
        (b'{"log":{"entries":[{"_resourceType":"websocket","x":' + DEEP, "deeply|truncated"),
        (b"\xff\xfe", "The file"),
        (har(entry(startedDateTime="yesterday")), "Entry 0, `startedDateTime`"),
        (har(entry(startedDateTime="0001-01-01T00:00:00Z")), "Entry 0"),
        (har(entry(request={})), "Entry 0"),
        (har({"_resourceType": "websocket"}), "Entry 0"),
        (har(entry(), entry(_webSocketMessages={})), "Entry 1"),
        (message(data="=garbage="), "Entry 0, message 0"),
        (message(data=7), "Entry 0"),
        (message(time=-1), "Entry 0, message 0"),
        (message(time=1e300), "Entry 0, message 0"),
        (message(time="now"), "Entry 0"),
        (message(opcode=9), "Entry 0, message 0"),
        (message(type="sent"), "Entry 0, message 0"),
        (message(opcode=1, data="x").replace(b'"x"', b'"\\ud800"'), "byte 5"),
    ],
)
def test_a_har_that_is_none_names_the_place_and_leaves_nothing(
    tmp_path: Path, data: bytes, place: str
) -> None:
    with pytest.raises(CaptureFormatError, match=place):
        read("har", data, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def tampered(tmp_path: Path, change: Any) -> bytes:
    whole = json.loads(written(everything(tmp_path / "a"), "har"))
    change(whole["log"])
    (tmp_path / "a").unlink()
    return json.dumps(whole).encode()


def wrong_index(log: Any) -> None:
    log["entries"][0]["_webSocketMessages"].clear()


def later_version(log: Any) -> None:
    log["_wirescope"]["version"] = 2


def no_start(log: Any) -> None:
    log["_wirescope"]["started"] = "soon"


def twice(log: Any) -> None:
    log["entries"].append(log["entries"][0])


def too_large(log: Any) -> None:
    log["_wirescope"]["events"][0]["by_ns"] = 1 << 80


def garbage(log: Any) -> None:
    log["entries"][0]["_wirescope"]["events"][3] = {"type": "websocket.frame"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (wrong_index, "Entry 0, event 10 .*_webSocketMessages"),
        (later_version, "version 2"),
        (no_start, "started"),
        (twice, "Entry 5, event 0 has the number 1 after 1"),
        (too_large, "2\\^63"),
        (garbage, "Entry 0, event 3"),
    ],
)
def test_extras_that_do_not_fit_name_the_place_and_leave_nothing(
    tmp_path: Path, change: Any, place: str
) -> None:
    data = tampered(tmp_path, change)
    with pytest.raises(CaptureFormatError, match=place):
        read("har", data, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_har_without_its_extras_still_tells_the_messages(tmp_path: Path) -> None:
    data = tampered(tmp_path, lambda log: log.pop("_wirescope"))
    notes = read("har", data, tmp_path / "b")
    assert "made of them" in notes[-1]
    messages = [event for event in events_of(tmp_path / "b") if event.type == "websocket.message"]
    assert len(messages) == 11
