"""Messages as a person would have seen them in wscat: `> ` sent, `< ` received, a line each.

Text stands as it is, further lines of it are indented; binary is hex. Other line ends, and those in
labels and reasons, are escaped, so that no text can pass for a line of its own. `* ` is what
happened around them: the address, the connection or the data channel when there is another than
before, pings and pongs, the close.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from wirescope.capture.formats.selection import Selection
from wirescope.events import (
    PING,
    PONG,
    AnyEvent,
    CaptureGap,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    WebSocketFrame,
    WebSocketMessage,
    WebSocketViolation,
    opcode_name,
    say,
)

_SIGNS = {"sent": ">", "received": "<"}
# All that `str.splitlines` takes for the end of a line; a CR before the end itself does no harm.
_LINE_END = re.compile(r"[\n\v\f\x1c-\x1e\x85\u2028\u2029]|\r(?!\Z)")


def write_text(selection: Selection, stream: BinaryIO) -> None:
    """Write the chosen events; one whose type has no line here is passed over."""
    current = ""
    channels: dict[str, int] = {}  # those that messages were of last, by their connections
    for event in selection.events():
        for line in _lines(event):
            if event.connection and event.connection != current:
                if current:
                    stream.write(f"* {_in_one_line(event.connection)}\n".encode())
                current = event.connection
            if isinstance(event, DataChannelMessage):
                if channels.setdefault(current, event.channel) != event.channel:
                    stream.write(f"* channel {event.channel}\n".encode())
                channels[current] = event.channel
            stream.write(f"{_in_one_line(line)}\n".encode())


def _lines(event: AnyEvent) -> Iterator[str]:
    match event:
        case WebSocketMessage() | DataChannelMessage():
            yield from _message(event)
        case DataChannelOpened() | DataChannelClosed():
            yield f"* {say(event)}"
        case WebSocketFrame() if event.opcode in (PING, PONG):
            yield f"* {event.direction} {opcode_name(event.opcode)}{_shown(event.payload)}"
        case ConnectionOpening():
            yield f"* {event.connection} to {event.url}"
        case ConnectionOpened():
            yield "* open"
        case ConnectionFailed():
            yield f"* failed: {event.message}"
        case ConnectionClosed():
            reason = f": {event.reason}" if event.reason else ""
            code = f" with {event.code}" if event.code else ""  # WebRTC has none
            yield f"* closed{code}{reason}"
        case WebSocketViolation():
            yield f"* {event.direction} against {event.clause}: {event.message}"
        case CaptureGap():
            missing = f"{event.count:,} events are" if event.count else "something is"
            yield f"* {missing} missing: {event.reason}"
        case _:
            return


def _message(message: WebSocketMessage | DataChannelMessage) -> Iterator[str]:
    sign = _SIGNS[message.direction]
    rest = message.length - len(message.payload)
    if message.kind == "binary":
        yield f"{sign} {message.payload.hex(' ')}{_more(rest)}"
        return
    first, *others = message.text.split("\n")
    lines = [f"{sign} {first}", *(f"  {line}" for line in others)]
    lines[-1] += _more(rest)
    yield from lines


def _in_one_line(text: str) -> str:
    return _LINE_END.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _more(count: int) -> str:
    return f" … {count:,} more bytes" if count else ""


def _shown(payload: bytes) -> str:
    if not payload:
        return ""
    try:
        return f" {payload.decode()}"
    except UnicodeDecodeError:
        return f" {payload.hex(' ')}"
