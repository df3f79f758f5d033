import pytest

from wirescope.errors import UsageError
from wirescope.events import ConnectionOpening, DataChannelMessage, WebSocketMessage
from wirescope.lab.workloads import Sending, from_capture, recorded


def over_websocket(at_ms, direction, length, *, kind="text", connection="c1"):
    return WebSocketMessage(
        1, at_ms * 10**6, connection, direction, kind, length, length, False, (), b""
    )


def over_channel(at_ms, direction, length):
    return DataChannelMessage(1, at_ms * 10**6, "c1", direction, 1, "binary", length, b"")


def test_the_messages_of_one_connection_become_a_plan():
    found = from_capture(
        [
            ConnectionOpening(1, 0, "c1", "ws://127.0.0.1/", "websocket"),
            over_websocket(500, "sent", 40),
            over_websocket(510, "sent", 1_000, connection="c2"),
            over_websocket(520, "received", 3_000),
            over_websocket(1_700, "received", 5),
        ],
        "c1",
    )
    assert found.plan(seed=1) == [
        Sending("a", 0, 40),
        Sending("b", 20_000_000, 3_000),
        Sending("b", 1_200_000_000, 16),
    ]
    assert found.name == "recorded-c1"
    assert found.title == "3 recorded messages"
    assert found.payload == "text"
    assert found.duration_s == 2


def test_messages_of_data_channels_count_as_well():
    found = from_capture([over_channel(5, "received", 70), over_channel(6, "sent", 20)], "c1")
    assert found.plan(seed=1) == [Sending("b", 0, 70), Sending("a", 1_000_000, 20)]
    assert found.payload == "binary"


def test_the_events_need_not_be_in_the_order_of_their_times():
    found = from_capture([over_channel(9, "sent", 70), over_channel(6, "received", 20)], "c1")
    assert found.plan(seed=1) == [Sending("b", 0, 20), Sending("a", 3_000_000, 70)]


def test_a_connection_without_messages_is_an_error():
    with pytest.raises(UsageError, match="no messages of the connection 'c3'"):
        from_capture([over_channel(5, "sent", 70)], "c3")


def test_a_recording_that_is_too_long_is_an_error(monkeypatch):
    monkeypatch.setattr(recorded, "MAX_MESSAGES", 2)
    with pytest.raises(UsageError, match="more than 2 messages"):
        from_capture([over_channel(5, "sent", 70)] * 3, "c1")
