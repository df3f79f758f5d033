"""Filter expressions, as typed by a person."""

import contextlib

from wirescope.capture import Filter, parse_filter
from wirescope.errors import FilterSyntaxError
from wirescope.events import ConnectionClosed, WebSocketFrame, WebSocketMessage

SEEDS = [
    b'direction == received and opcode == text and length > 1kB and text ~ "error"',
    b"not (seq in (1, 2, 0x3) || duration >= 1.5 ms) && !masked",
    rb'text ~* "a\x41\u20ac\"" or payload ~ 0x0d0a',
    rb'json.a.0."b \u00e4" in (1, -2.5e3, null, "x") or json.c >= 7 or json.d ~* "Y"',
]

EVENTS = [
    WebSocketFrame(1, 1, "c1", "sent", b"\x81\x03", b"abc", 0),
    WebSocketFrame(2, 2, "c1", "received", b"\x88\x02", b"\x03\xe8", 0),
    WebSocketMessage(
        3, 3, "c1", "sent", "text", 3, 5, compressed=False, frames=(1,), payload=b"abc"
    ),
    WebSocketFrame(
        5, 5, "c1", "sent", b"\x81\x2a", b'{"a":[{"b \xc3\xa4":null}],"c":7.5,"d":"xy"}', 0
    ),
    ConnectionClosed(4, 4, "c1", 1000, "done", "remote", clean=True, cause="close"),
]


def check(data: bytes) -> None:
    """Any text is a filter that can be applied, or a `FilterSyntaxError` within the text."""
    text = data.decode("utf-8", "replace")
    wanted = parsed(text)
    if wanted is None:
        return
    for event in EVENTS:
        wanted.matches(event)
    with contextlib.suppress(FilterSyntaxError):
        assert parse_filter(f"not ({text})").matches(EVENTS[0]) != wanted.matches(EVENTS[0])


def parsed(text: str) -> Filter | None:
    """Parse the text; a mistake must be pointed at within it."""
    try:
        return parse_filter(text)
    except FilterSyntaxError as error:
        column = error.column
        str(error)
    assert 1 <= column <= len(text) + 1
    return None
