"""A HAR as a capture: exactly, where Wirescope wrote it, and as far as it tells from anywhere else.

With what `har_writer` puts under `_wirescope`, each event is read as it was. Without, as in a HAR
of Chrome, Playwright or mitmproxy, `har_messages` makes events of the messages. Entries that are no
WebSocket are passed over and counted. Not here: what the fields of an entry mean.
"""

import heapq
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from wirescope.capture.formats.building import OnProgress, build_capture
from wirescope.capture.formats.har_messages import ForeignEntry, Message, emissions_of
from wirescope.capture.formats.har_writer import VERSION
from wirescope.clock import parse_rfc3339
from wirescope.errors import CaptureFormatError
from wirescope.events import (
    AnyEvent,
    Emission,
    PayloadChunk,
    RecordError,
    WebSocketFrame,
    event_from_record,
)

MAX_BYTES = 512 << 20
"""A longer HAR is refused: it is read as a whole, and takes several times its size of memory."""

_CHUNK_BYTES = 256 << 10
_ABSENT = msgspec.Raw(b"null")


class _Kind(msgspec.Struct):
    """What tells whether an entry is a WebSocket's."""

    resource: Any = msgspec.field(name="_resourceType", default=None)
    messages: msgspec.Raw = msgspec.field(name="_webSocketMessages", default=_ABSENT)
    own: msgspec.Raw = msgspec.field(name="_wirescope", default=_ABSENT)


class _OwnEntry(msgspec.Struct):
    events: list[dict[str, Any]]


class _OwnLog(msgspec.Struct):
    version: int
    started: str
    events: list[dict[str, Any]]


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]
    own: msgspec.Raw = msgspec.field(name="_wirescope", default=_ABSENT)


class _File(msgspec.Struct):
    log: _Log


def import_har(
    file: BinaryIO, out: Path, *, on_progress: OnProgress = lambda _count: None
) -> tuple[int, list[str]]:
    """Make a capture of a HAR; return how many events it holds, and what is to be said about it.

    CaptureFormatError names the place that is not as HAR has it; nothing is left behind then.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise CaptureFormatError(
            f"The HAR is longer than {MAX_BYTES >> 20} MiB.",
            hint="Save one that has the WebSocket connections only.",
        )
    log = _read(data.removeprefix(b"\xef\xbb\xbf"), _File, "The file").log
    kinds = [_read(raw, _Kind, f"Entry {at}") for at, raw in enumerate(log.entries)]
    chosen = [at for at, kind in enumerate(kinds) if _is_websocket(kind)]
    notes = []
    if others := len(kinds) - len(chosen):
        of_all = f"{others:,} of {len(kinds):,} entries"
        notes.append(f"Passed over, since they are no WebSocket: {of_all}.")
    if _is_there(log.own) and all(_is_there(kinds[at].own) for at in chosen):
        started_wall_ns, emissions = _exact(log.own, kinds, chosen)
    elif chosen:
        entries = [(at, _read(log.entries[at], ForeignEntry, f"Entry {at}")) for at in chosen]
        started_wall_ns, emissions = emissions_of(entries)
        notes.append("It has whole messages only, so the frames are made of them.")
    else:
        raise CaptureFormatError(
            "The HAR has no WebSocket connection in it.",
            hint="Chrome saves messages when the tools were open before the connection was.",
        )
    count = build_capture(out, emissions, started_wall_ns=started_wall_ns, on_progress=on_progress)
    return count, notes


def _is_websocket(kind: _Kind) -> bool:
    return kind.resource == "websocket" or _is_there(kind.messages)


def _is_there(raw: msgspec.Raw) -> bool:
    return bytes(raw) != b"null"


def _read(data: bytes | msgspec.Raw, kind: Any, place: str) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise CaptureFormatError(f"{place} is not as HAR has it: {what}.") from None


# What Wirescope wrote


def _exact(
    own: msgspec.Raw, kinds: list[_Kind], chosen: list[int]
) -> tuple[int, Iterator[Emission]]:
    about = _read(own, _OwnLog, "`log._wirescope`")
    if about.version > VERSION:
        raise CaptureFormatError(
            f"The HAR has version {about.version} of `_wirescope`; this program knows {VERSION}.",
            hint="Use a newer Wirescope, or take `_wirescope` out to import the messages alone.",
        )
    try:
        started_wall_ns = parse_rfc3339(about.started)
    except ValueError as error:
        raise CaptureFormatError(f"`log._wirescope.started`: {error}.") from None
    streams = [_events("`log._wirescope`", about.events, [])]
    for at in chosen:
        place = f"Entry {at}"
        entry = _read(kinds[at].own, _OwnEntry, f"{place}, `_wirescope`,")
        messages = _read(kinds[at].messages, list[Message] | None, f"{place}, messages,")
        streams.append(_events(place, entry.events, messages or []))
    return started_wall_ns, _in_order(heapq.merge(*streams, key=itemgetter(0)))


def _in_order(numbered: Iterator[tuple[int, str, list[Emission]]]) -> Iterator[Emission]:
    last = 0
    for seq, place, emissions in numbered:
        if not last < seq < 1 << 63:
            raise CaptureFormatError(f"{place} has the number {seq} after {last}.")
        last = seq
        yield from emissions


def _events(
    place: str, records: list[dict[str, Any]], messages: list[Message]
) -> Iterator[tuple[int, str, list[Emission]]]:
    for number, fields in enumerate(records):
        where = f"{place}, event {number}"
        try:
            emissions = _emissions(fields, messages)
        except (RecordError, Base64Error, ValueError, TypeError, LookupError) as error:
            what = error.message if isinstance(error, RecordError) else error
            raise CaptureFormatError(f"{where} is not an event: {what}.") from None
        event = emissions[-1]
        assert not isinstance(event, PayloadChunk)
        yield getattr(event, "seq", 0), where, emissions


def _emissions(fields: dict[str, Any], messages: list[Message]) -> list[Emission]:
    """Read a record with its payload, and the chunks of a long one before it."""
    if "_webSocketMessages" in fields:
        data = _data_of(messages, fields["_webSocketMessages"], fields.get("kind"))
        return [_with_payload(fields, data)]
    if "payload" in fields:
        data = b64decode(fields["payload"], validate=True)
        frame = _with_payload(fields | {"truncated": True}, data)
        assert isinstance(frame, WebSocketFrame)
        pieces = (data[at : at + _CHUNK_BYTES] for at in range(0, len(data), _CHUNK_BYTES))
        head = (frame.payload_id, frame.connection, frame.direction)
        return [*(PayloadChunk(*head, piece) for piece in pieces), frame]
    return [event_from_record(fields)]


def _with_payload(fields: dict[str, Any], data: bytes) -> AnyEvent:
    preview = data[: int(fields["preview_length"])]
    event = event_from_record(fields | {"text": ""})
    return msgspec.structs.replace(event, payload=preview)


def _data_of(messages: list[Message], index: Any, kind: Any) -> bytes:
    if type(index) is not int or not 0 <= index < len(messages):
        raise ValueError(f"there is no message {index!r} in `_webSocketMessages`")
    data = messages[index].data
    return b64decode(data, validate=True) if kind == "binary" else data.encode()
