"""All about one event: its record, its frames, what is wrong with it, what decoders make of it.

A decoder may have to know what a connection said before: the first messages decide which decoder it
is, and those right before the event put it into the state that it would be in.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from wirescope.capture import Capture
from wirescope.decoders import (
    ConnectionDecoder,
    Payload,
    Registry,
    tree_to_json,
)
from wirescope.errors import CaptureError
from wirescope.events import (
    INLINE_LIMIT,
    TEXT,
    AnyEvent,
    DataChannelMessage,
    DataChannelOpened,
    MessageKind,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
    record,
)
from wirescope.workbench.desk.carriers import AnyMessage
from wirescope.workbench.desk.listing import asked_event, event_at
from wirescope.workbench.desk.model import Decoding, Detail, FrameDetail
from wirescope.workbench.desk.opened import OpenCapture

MOST_FRAMES = 500
LARGEST_PAYLOAD = 64 << 20
"""Bytes of a payload that are given at a time."""

_BEGINNING = 16
_BEFORE = 16
_NEAR = 64
_RECORD_TEXT = 64 << 10
_MOST = (1 << 63) - 1

AUTO = "auto"


def detail_of(
    opened: OpenCapture, capture: Capture, seq: int, registry: Registry, decoder: str
) -> Detail:
    """Put together what is known of an event. In the file's thread.

    Raises:
        UnknownEventError: there is no such event.
        UnknownDecoderError: there is no such decoder.
    """
    event = asked_event(capture, seq)
    note = opened.note_of(seq)
    answered = opened.pairs.of_request(seq)
    decoding = None
    if isinstance(event, WebSocketMessage | DataChannelMessage):
        decoding = decode(capture, event, registry, decoder)
    return Detail(
        row=opened.listing.row(capture, event),
        record=_record(event, capture),
        frames=_frames(opened, capture, event),
        decoding=decoding,
        payload_length=payload_length(event),
        answered_by=answered.response if answered else 0,
        answered_latency_ns=answered.latency_ns if answered else -1,
        note=note.text,
        bookmarked=note.bookmarked,
    )


def _record(event: AnyEvent, capture: Capture) -> dict[str, Any]:
    fields = record(event, started_wall_ns=capture.started_wall_ns)
    for name in ("text", "base64", "preview"):
        value = fields.get(name)
        if isinstance(value, str) and len(value) > _RECORD_TEXT:
            fields[name] = value[:_RECORD_TEXT]
            fields["shortened"] = True
    for name in ("payload_length", "wire_length"):
        if name in fields:  # a frame may announce more than an integer of JSON's readers holds
            fields[name] = min(fields[name], _MOST)
    return fields


def payload_length(event: AnyEvent) -> int:
    """Return how many bytes of payload the capture has of an event."""
    if isinstance(event, WebSocketMessage | DataChannelMessage):
        return event.length
    if type(event) is WebSocketFrame:
        return event.payload_length if event.payload_id else len(event.payload)
    return 0


def _frames(opened: OpenCapture, capture: Capture, event: AnyEvent) -> list[FrameDetail]:
    if type(event) is WebSocketFrame:
        frames: list[AnyEvent] = [event]
    elif type(event) is WebSocketMessage:
        frames = [event_at(capture, seq) for seq in event.frames[:MOST_FRAMES]]
    else:
        return []
    return [
        FrameDetail(
            row=opened.listing.row(capture, frame),
            header=frame.header.hex(),
            masking_key=(frame.masking_key or b"").hex(),
            offset=frame.offset,
            violations=_violations(opened, capture, frame),
        )
        for frame in frames
        if type(frame) is WebSocketFrame
    ]


def _violations(
    opened: OpenCapture, capture: Capture, frame: WebSocketFrame
) -> list[tuple[str, str]]:
    if not opened.survey.is_illegal(frame.seq):
        return []
    near = capture.events(
        filter="type == websocket.violation", after=frame.seq - _NEAR, before=frame.seq + _NEAR
    )
    return [
        (event.clause, event.message)
        for event in near
        if isinstance(event, WebSocketViolation) and event.frame == frame.seq
    ]


# Decoding


def decode_at(capture: Capture, seq: int, registry: Registry, decoder: str) -> Decoding:
    """Read the message of a number, or that of a frame; see `decode`.

    Raises:
        UnknownEventError: there is none.
        CaptureError: it has no payload.
        UnknownDecoderError: there is no such decoder.
    """
    event = asked_event(capture, seq)
    if type(event) is WebSocketFrame:
        kind: MessageKind = "text" if event.opcode == TEXT else "binary"
        event = WebSocketMessage(
            *(event.seq, event.at_ns, event.connection, event.direction, kind),
            *(len(event.payload), event.wire_length, False, (event.seq,), event.payload),
        )
    if not isinstance(event, WebSocketMessage | DataChannelMessage):
        raise CaptureError(f"Event {seq} is a {event.type}, which has no payload.")
    return decode(capture, event, registry, decoder)


def decode(capture: Capture, message: AnyMessage, registry: Registry, decoder: str) -> Decoding:
    """Read a message as a decoder does, `auto` for the one that fits.

    Raises:
        UnknownDecoderError: there is no such decoder.
    """
    chosen = ConnectionDecoder(registry, name=None if decoder in ("", AUTO) else decoder)
    subprotocol, url = _circumstances(capture, message)
    for earlier in _earlier(capture, message):
        chosen.decode(_payload(earlier, subprotocol, url))
    decoded = chosen.decode(_payload(message, subprotocol, url))
    return Decoding(
        decoder=decoded.format,
        summary=decoded.summary,
        tree=msgspec.json.decode(tree_to_json(decoded.value)),
        problem=decoded.problem or _cut(message),
        available=[AUTO, *(each.name for each in registry)],
    )


def _cut(message: AnyMessage) -> str:
    if len(message.payload) >= message.length:
        return ""
    return f"Only the first {len(message.payload):,} of {message.length:,} bytes are decoded."


def _payload(message: AnyMessage, subprotocol: str, url: str) -> Payload:
    return Payload(
        data=message.payload,
        kind=message.kind,
        direction=message.direction,
        subprotocol=subprotocol,
        url=url,
    )


def _circumstances(capture: Capture, message: AnyMessage) -> tuple[str, str]:
    """Return the subprotocol that a message is of, and where its connection leads."""
    subprotocol = url = ""
    wanted = 'type in ("connection.opening", "websocket.handshake", "data_channel.opened")'
    for event in capture.events(filter=wanted, before=message.seq):
        if event.connection != message.connection:
            continue
        if isinstance(event, WebSocketHandshake):
            return event.subprotocol, url
        if isinstance(event, DataChannelOpened):
            if event.channel == getattr(message, "channel", -1):
                subprotocol = event.protocol
        else:
            url = getattr(event, "url", url)
    return subprotocol, url


def _earlier(capture: Capture, message: AnyMessage) -> list[AnyMessage]:
    """Return the first messages of the connection and the last ones before this one."""
    wanted = f"type == {message.type}"
    first = list(
        islice(_of(message, capture.events(filter=wanted, before=message.seq)), _BEGINNING)
    )
    page = capture.page(before=message.seq, limit=4 * _BEFORE, filter=wanted)
    last = list(_of(message, iter(page)))[-_BEFORE:]
    known = {each.seq for each in first}
    return [*first, *(each for each in last if each.seq not in known)]


def _of(message: AnyMessage, events: Iterator[AnyEvent]) -> Iterator[AnyMessage]:
    """Yield what was said before on the same connection, and on the same channel of it."""
    channel = getattr(message, "channel", None)
    for event in islice(events, 10_000):
        if (
            isinstance(event, WebSocketMessage | DataChannelMessage)
            and event.connection == message.connection
            and getattr(event, "channel", None) == channel
            and event.length <= INLINE_LIMIT
        ):
            yield event


def payload_of(capture: Capture, seq: int) -> bytes:
    """Return a whole payload, decoded of a message.

    Raises:
        CaptureError: there is no such event, it has none, or it is too large.
    """
    pieces, length = [], 0
    for piece in capture.payload(seq):
        pieces.append(piece)
        length += len(piece)
        if length > LARGEST_PAYLOAD:
            raise CaptureError(
                f"The payload of event {seq} has more than {LARGEST_PAYLOAD >> 20} MiB.",
                hint="`wirescope show --format ndjson` and the Python API read longer ones.",
            )
    return b"".join(pieces)
