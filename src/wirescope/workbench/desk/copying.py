"""Events as texts for the clipboard: what they say, or the call that would send them again."""

import shlex
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from wirescope.capture import Capture
from wirescope.errors import CaptureError, UsageError
from wirescope.events import (
    AnyEvent,
    ConnectionOpening,
    DataChannelMessage,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    record,
)
from wirescope.workbench.desk.detail import payload_length
from wirescope.workbench.desk.listing import asked_event
from wirescope.workbench.desk.rows import sentence

Form = Literal["text", "hex", "json", "curl", "wscat", "python"]

_WithPayload = WebSocketFrame | WebSocketMessage | DataChannelMessage

MOST_EVENTS = 1000
MOST_BYTES = 16 << 20

_PER_LINE = 16
_OWN_HEADERS = frozenset(
    (
        *("host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version"),
        *("sec-websocket-extensions", "sec-websocket-protocol", "origin", "user-agent"),
    )
)


class Copied(msgspec.Struct, frozen=True):
    """A text, and the name of the file that it could be."""

    name: str
    text: str


def copy_of(capture: Capture, seqs: Sequence[int], form: Form) -> Copied:
    """Write events. In the file's thread.

    Raises:
        UnknownEventError: there is no such event.
        UsageError: they are too many, or hold too much.
    """
    if len(seqs) > MOST_EVENTS:
        raise UsageError(
            f"{len(seqs):,} events were chosen; {MOST_EVENTS:,} are copied at a time.",
            hint="Export the capture with a filter instead.",
        )
    events: list[AnyEvent] = []
    size = 0
    for seq in sorted(set(seqs)):
        event = asked_event(capture, seq)
        size += payload_length(event)
        if size > MOST_BYTES:
            raise UsageError(
                f"These events hold more than {MOST_BYTES >> 20} MiB.", hint="Choose fewer."
            )
        events.append(_whole(capture, event))
    if not events:
        raise UsageError("No event was chosen.")
    write, name = _FORMS[form]
    return Copied(name, write(capture, events))


def _whole(capture: Capture, event: AnyEvent) -> AnyEvent:
    """Give an event all of its payload, where it carries the beginning alone."""
    if not isinstance(event, _WithPayload):
        return event
    if len(event.payload) >= payload_length(event):
        return event
    payload = b"".join(capture.payload(event.seq, limit=MOST_BYTES))
    return msgspec.structs.replace(event, payload=payload)


def _bytes_of(event: AnyEvent) -> bytes:
    return event.payload if isinstance(event, _WithPayload) else b""


def _text(_: Capture, events: list[AnyEvent]) -> str:
    lines = []
    for event in events:
        if isinstance(event, _WithPayload):
            payload = event.payload
            try:
                lines.append(payload.decode())
            except UnicodeDecodeError:
                lines.append(payload.hex(" "))
        else:
            lines.append(sentence(event))
    return "\n".join(lines)


def _hex(_: Capture, events: list[AnyEvent]) -> str:
    return "\n\n".join(_dump(_bytes_of(event)) for event in events)


def _dump(data: bytes) -> str:
    """Write bytes as `hexdump -C` does."""
    lines = []
    for start in range(0, len(data), _PER_LINE):
        part = data[start : start + _PER_LINE]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:08x}  {part.hex(' '):<{3 * _PER_LINE}} |{shown}|")
    return "\n".join(lines)


def _json(capture: Capture, events: list[AnyEvent]) -> str:
    started_ns = capture.started_wall_ns
    records = [record(event, started_wall_ns=started_ns) for event in events]
    whole = records[0] if len(records) == 1 else records
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()


class _Request(msgspec.Struct):
    """How the connection of some events was asked for."""

    url: str = ""
    origin: str = ""
    subprotocols: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def _request(capture: Capture, events: list[AnyEvent]) -> _Request:
    connection = next((event.connection for event in events if event.connection), "")
    found = _Request()
    wanted = 'type in ("connection.opening", "websocket.handshake")'
    for event in capture.events(filter=wanted):
        if event.connection != connection:
            continue
        if isinstance(event, ConnectionOpening):
            if event.transport == "webrtc":
                raise UsageError(
                    "What a WebRTC connection sent cannot be written as such a call: two sides have"
                    " to agree first.",
                    hint="Copy it as text, hex or JSON.",
                )
            found.url = event.url
        if isinstance(event, WebSocketHandshake):
            _read_head(found, event.request)
            break
    if not found.url:
        raise CaptureError("The capture does not say where this connection leads.")
    return found


def _read_head(found: _Request, head: str) -> None:
    headers = []
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            continue
        lower, value = name.lower(), value.strip()
        if lower == "origin":
            found.origin = value
        elif lower == "sec-websocket-protocol":
            found.subprotocols = tuple(each.strip() for each in value.split(","))
        elif lower not in _OWN_HEADERS:
            headers.append((name, value))
    found.headers = tuple(headers)


def _sent(events: list[AnyEvent]) -> list[WebSocketMessage]:
    """Return the messages among events; those that were sent, if any was."""
    messages = [event for event in events if type(event) is WebSocketMessage]
    return [each for each in messages if each.direction == "sent"] or messages


def _curl(capture: Capture, events: list[AnyEvent]) -> str:
    """Write the opening handshake as a call of curl, and what is to be sent as lines for it.

    curl sends what it reads as one message (`-T .`, from 8.16 on).
    """
    asked = _request(capture, events)
    words = ["curl", "--no-progress-meter", "-N"]
    if asked.origin:
        words += ["-H", f"Origin: {asked.origin}"]
    if asked.subprotocols:
        words += ["-H", f"Sec-WebSocket-Protocol: {', '.join(asked.subprotocols)}"]
    for name, value in asked.headers:
        words += ["-H", f"{name}: {value}"]
    messages = _sent(events)
    if not messages:
        return shlex.join([*words, asked.url])
    fed = shlex.join([*words, "-T", ".", asked.url])
    return "\n".join(f"{_printf(each.payload)} | {fed}" for each in messages)


def _printf(payload: bytes) -> str:
    try:
        return f"printf %s {shlex.quote(payload.decode())}"
    except UnicodeDecodeError:
        # In octal, which every shell's printf reads.
        octal = "".join(f"\\{byte:03o}" for byte in payload)
        return f"printf '{octal}'"


def _wscat(capture: Capture, events: list[AnyEvent]) -> str:
    asked = _request(capture, events)
    words = ["wscat", "-c", asked.url]
    if asked.origin:
        words += ["-o", asked.origin]
    for name in asked.subprotocols:
        words += ["-s", name]
    for name, value in asked.headers:
        words += ["-H", f"{name}: {value}"]
    notes = []
    for message in _sent(events):
        if message.kind == "text":
            words += ["-x", message.text]
        else:
            notes.append("# wscat sends text only; a binary message was left out.")
    return "\n".join([*notes, shlex.join(words)])


def _python(capture: Capture, events: list[AnyEvent]) -> str:
    asked = _request(capture, events)
    arguments = [repr(asked.url)]
    if asked.origin:
        arguments.append(f"origin={asked.origin!r}")
    if asked.subprotocols:
        arguments.append(f"subprotocols={asked.subprotocols!r}")
    if asked.headers:
        arguments.append(f"headers={asked.headers!r}")
    lines = [
        "import asyncio",
        "",
        "import wirescope",
        "",
        "",
        "async def main() -> None:",
        f"    async with wirescope.connect({', '.join(arguments)}) as connection:",
    ]
    for message in _sent(events):
        value: str | bytes = message.text if message.kind == "text" else message.payload
        lines.append(f"        await connection.send({value!r})")
    lines += [
        "        print(await connection.receive())",
        "",
        "",
        "asyncio.run(main())",
        "",
    ]
    return "\n".join(lines)


_Writer = Callable[[Capture, list[AnyEvent]], str]

_FORMS: dict[Form, tuple[_Writer, str]] = {
    "text": (_text, "messages.txt"),
    "hex": (_hex, "messages.hex.txt"),
    "json": (_json, "events.json"),
    "curl": (_curl, "send.sh"),
    "wscat": (_wscat, "send.sh"),
    "python": (_python, "send.py"),
}
