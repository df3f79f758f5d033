"""Captures as text and as request files."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.capture.formats.making import (
    REQUEST,
    RESPONSE,
    any_events,
    everything,
    recorded,
    written,
)
from tests.capture.making import Scene
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelMessage,
    DataChannelOpened,
    WebSocketHandshake,
)


def dialogue() -> Scene:
    scene = Scene()
    scene.add(ConnectionOpening, "ws://chat.example/room?token=[redacted]", "websocket")
    scene.add(ConnectionPhase, "tcp", 1000)
    request = REQUEST.replace("X-Api-Key: tr0ub4dor", "Authorization: [redacted]")
    scene.add(WebSocketHandshake, request, RESPONSE, 101, "", [])
    scene.text("welcome")
    scene.text('{"join":\n "room"}', direction="sent")
    scene.text("second", direction="sent")
    scene.message(b"\x00\xff", direction="sent")
    scene.text("=== no separator", direction="sent")
    scene.text("bye")
    scene.text("last", direction="sent")
    scene.ping(b"\xff")
    scene.add(ConnectionClosed, 1000, "done", "remote", True, "close")
    return scene


def test_text_shows_messages_as_wscat_does(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", dialogue().emissions)
    assert written(path, "text").decode().splitlines() == [
        "* c1 to ws://chat.example/room?token=[redacted]",
        "< welcome",
        '> {"join":',
        '   "room"}',
        "> second",
        "> 00 ff",
        "> === no separator",
        "< bye",
        "> last",
        "* received ping ff",
        "* closed with 1000: done",
    ]


def test_a_request_file_has_what_was_sent_and_where_the_server_spoke(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", dialogue().emissions)
    assert written(path, "http").decode() == (
        "### c1\n"
        "WEBSOCKET ws://chat.example/room?token=[redacted]\n"
        "User-agent: curl\n"
        "Origin: https://app.corp.example\n"
        "Authorization: {{authorization}}\n"
        "\n"
        '=== wait-for-server\n{"join":\n "room"}\n'
        "===\nsecond\n"
        "=== wait-for-server\nlast\n"
        "\n"
        "### Left out of c1: 1 binary and 1 text messages that cannot stand here.\n"
        "\n"
    )


def calling() -> Scene:
    scene = Scene()
    scene.add(ConnectionOpening, "webrtc:", "webrtc")
    scene.add(DataChannelOpened, 1, "chat", "", True, None, None, False, "local")
    scene.add(DataChannelMessage, "sent", 1, "text", 2, b"hi")
    scene.add(DataChannelMessage, "received", 3, "binary", 1, b"\xff")
    scene.add(DataChannelMessage, "sent", 1, "text", 3, b"bye")
    scene.add(ConnectionClosed, 0, "", "local", True, "close")
    return scene


def test_messages_of_data_channels_are_text_as_well(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", calling().emissions)
    assert written(path, "text").decode().splitlines() == [
        "* c1 to webrtc:",
        '* channel 1 "chat" open, ordered, reliable',
        "> hi",
        "* channel 3",
        "< ff",
        "* channel 1",
        "> bye",
        "* closed",
    ]


def test_no_label_reason_or_text_forges_a_line(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(ConnectionOpening, "webrtc:", "webrtc")
    scene.add(DataChannelOpened, 1, "a\n> b\u2028> c", "\r> d", True, None, None, False, "local")
    scene.add(DataChannelMessage, "received", 1, "text", 12, b"one\r> f\r\ntwo")
    scene.add(ConnectionClosed, 1000, "bye\n< e", "remote", True, "close")
    path = recorded(tmp_path / "a", scene.emissions)
    assert written(path, "text").decode().splitlines() == [
        "* c1 to webrtc:",
        r'* channel 1 "a\n> b\u2028> c" open, ordered, reliable, subprotocol \r> d',
        r"< one\r> f",
        "  two",
        r"* closed with 1000: bye\n< e",
    ]


def test_a_request_file_has_no_block_for_what_is_no_websocket(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", calling().emissions)
    assert written(path, "http") == b""


@pytest.mark.slow
def test_connections_that_take_turns_are_told_apart(tmp_path: Path) -> None:
    text = written(everything(tmp_path / "a"), "text").decode()
    assert "* c2\n* c2 to ws://10.20.30.40/deflate\n" in text
    assert "* failed: Nothing listens at 10.20.30.40:9.\n" in text
    assert "… 1,044,496 more bytes" in text or "more bytes" in text


@settings(max_examples=25, deadline=None)
@given(events=any_events())
@pytest.mark.slow
def test_any_events_can_be_written_as_text(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent]
) -> None:
    path = recorded(tmp_path_factory.mktemp("text") / "a", list(events))
    written(path, "text").decode()
    written(path, "http").decode()
