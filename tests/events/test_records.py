"""Events are frozen records; what can be derived from their fields is."""

import msgspec
import pytest

from wirescope.events import (
    AnyEvent,
    ConnectionOpened,
    Event,
    Finding,
    Statistics,
    WebSocketFrame,
    WebSocketMessage,
)


def frame(header: str, payload: bytes, *, payload_id: int = 0) -> WebSocketFrame:
    return WebSocketFrame(1, 0, "c1", "sent", bytes.fromhex(header), payload, 0, payload_id)


def message(payload: bytes, *, length: int) -> WebSocketMessage:
    return WebSocketMessage(1, 0, "c1", "received", "text", length, 9, False, (1,), payload)


@pytest.mark.parametrize("kind", AnyEvent.__args__, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_is_frozen_and_begins_alike(kind: type[Event]) -> None:
    assert kind.__struct_config__.frozen
    assert kind.__struct_fields__[:3] == ("seq", "at_ns", "connection")
    assert "." in str(kind.__struct_config__.tag) or kind in (Finding, Statistics)


def test_an_event_cannot_be_changed() -> None:
    event = ConnectionOpened(1, 0, "c1")
    with pytest.raises(AttributeError):
        event.seq = 2  # type: ignore[misc]


def test_an_event_survives_msgpack() -> None:
    event = frame("8103", b"abc")
    packed = msgspec.msgpack.encode(event)
    assert msgspec.msgpack.decode(packed, type=AnyEvent) == event


@pytest.mark.parametrize(
    ("header", "payload", "code"),
    [
        ("8802", b"\x03\xe8", 1000),
        ("8800", b"", None),
        ("8801", b"\x03", None),
        ("8902", b"ab", None),
    ],
    ids=["1000", "no payload", "half a code", "not a Close frame"],
)
def test_the_close_code_comes_from_the_payload(
    header: str, payload: bytes, code: int | None
) -> None:
    assert frame(header, payload).close_code == code


def test_a_frame_that_was_cut_off_says_so() -> None:
    assert frame("8105", b"abc").incomplete
    assert not frame("8103", b"abc").incomplete
    assert not frame("8105", b"abc", payload_id=1).incomplete


def test_a_message_longer_than_what_was_held_says_so() -> None:
    assert message(b"abc", length=4).truncated
    assert not message(b"abc", length=3).truncated


def test_text_that_is_not_utf_8_is_shown_all_the_same() -> None:
    assert message(b"a\xff", length=2).text == "a\N{REPLACEMENT CHARACTER}"
