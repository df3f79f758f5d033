"""The columns of a table of events, for the formats that are one: CSV and Parquet.

They are the fields of the NDJSON records, all types of event side by side, in one fixed order. A
payload stands in `text` where it is UTF-8 and not compressed, in `binary` otherwise; of one above
`INLINE_LIMIT` there is the beginning, and `truncated` is true. A finding's code stands in
`finding`, since `code` has close codes, which are numbers. Certificates, a candidate's related
address and the values of statistics are a text of JSON each.
"""

from enum import Enum
from typing import Any

import msgspec

from wirescope.capture.formats.selection import Selection
from wirescope.events import (
    INLINE_LIMIT,
    AnyEvent,
    ConnectionSecured,
    DataChannelMessage,
    Finding,
    IceCandidate,
    Statistics,
    WebSocketFrame,
    WebSocketMessage,
    record,
)


class Kind(Enum):
    """What stands in a column."""

    WHOLE = "whole number"
    TEXT = "text"
    TRUTH = "true or false"
    BYTES = "bytes"


Value = int | str | bool | bytes | None

COLUMNS: dict[str, Kind] = {
    **dict.fromkeys(("seq", "at_ns"), Kind.WHOLE),
    **dict.fromkeys(("time", "connection", "type", "direction", "opcode", "kind"), Kind.TEXT),
    **dict.fromkeys(("fin", "rsv1", "rsv2", "rsv3", "masked"), Kind.TRUTH),
    **dict.fromkeys(("payload_length", "wire_length", "length"), Kind.WHOLE),
    "compressed": Kind.TRUTH,
    "text": Kind.TEXT,
    "binary": Kind.BYTES,
    **dict.fromkeys(("truncated", "incomplete"), Kind.TRUTH),
    "header": Kind.TEXT,
    "offset": Kind.WHOLE,
    **dict.fromkeys(("frames", "url", "transport", "name"), Kind.TEXT),
    "duration_ns": Kind.WHOLE,
    **dict.fromkeys(("request", "response"), Kind.TEXT),
    "status": Kind.WHOLE,
    **dict.fromkeys(("subprotocol", "extensions", "phase"), Kind.TEXT),
    **dict.fromkeys(("message", "hint", "body", "clause"), Kind.TEXT),
    "frame": Kind.WHOLE,
    "code": Kind.WHOLE,
    **dict.fromkeys(("reason", "initiator"), Kind.TEXT),
    "clean": Kind.TRUTH,
    "cause": Kind.TEXT,
    **dict.fromkeys(("by_ns", "count"), Kind.WHOLE),
    **dict.fromkeys(("finding", "severity", "title", "fix", "evidence", "method"), Kind.TEXT),
    **dict.fromkeys(("before_bytes", "after_bytes"), Kind.WHOLE),
    "address": Kind.TEXT,
    "port": Kind.WHOLE,
    "local_address": Kind.TEXT,
    "local_port": Kind.WHOLE,
    **dict.fromkeys(("proxy", "version", "cipher", "alpn", "server_name"), Kind.TEXT),
    "verified": Kind.TRUTH,
    "certificates": Kind.TEXT,
    **dict.fromkeys(("side", "sdp", "request_body", "response_body", "protocol"), Kind.TEXT),
    "priority": Kind.WHOLE,
    **dict.fromkeys(("foundation", "mid", "related", "tcp_type", "local", "remote"), Kind.TEXT),
    "state": Kind.TEXT,
    **dict.fromkeys(("nominated", "selected"), Kind.TRUTH),
    **dict.fromkeys(("machine", "from", "to"), Kind.TEXT),
    "channel": Kind.WHOLE,
    "label": Kind.TEXT,
    "ordered": Kind.TRUTH,
    **dict.fromkeys(("max_retransmits", "max_packet_life_time"), Kind.WHOLE),
    "negotiated": Kind.TRUTH,
    **dict.fromkeys(("track", "streams", "object", "id", "values"), Kind.TEXT),
    **dict.fromkeys(("client", "relayed", "peer"), Kind.TEXT),
    **dict.fromkeys(("lifetime_s", "times", "to_peers", "to_peers_bytes"), Kind.WHOLE),
    **dict.fromkeys(("to_clients", "to_clients_bytes"), Kind.WHOLE),
    "purpose": Kind.TEXT,
}


def row(event: AnyEvent, selection: Selection) -> dict[str, Value]:
    """Give the values of an event by column; what it does not have is missing."""
    fields = record(event, started_wall_ns=selection.started_wall_ns)
    if isinstance(event, Statistics):  # its values have names that columns have, too
        own = ("seq", "at_ns", "time", "connection", "type", "object", "id")
        told = msgspec.json.encode(event.values).decode()
        return {name: fields[name] for name in own} | {"values": told}
    if isinstance(event, Finding):
        fields |= {"finding": fields.pop("code"), **_gain(event)}
    if isinstance(event, ConnectionSecured):
        fields["certificates"] = msgspec.json.encode(event.certificates).decode()
    if isinstance(event, IceCandidate) and event.related is not None:
        fields["related"] = msgspec.json.encode(event.related).decode()
    values = {name: _flat(fields[name]) for name in COLUMNS if name in fields}
    if isinstance(event, WebSocketFrame):
        _put(values, event.payload, opaque=event.rsv1, truncated=event.payload_id > 0)
    elif isinstance(event, WebSocketMessage):
        truncated = event.truncated or event.length > INLINE_LIMIT
        _put(values, event.payload, opaque=False, truncated=truncated)
    elif isinstance(event, DataChannelMessage):
        truncated = len(event.payload) < event.length or event.length > INLINE_LIMIT
        _put(values, event.payload, opaque=False, truncated=truncated)
    return values


def _gain(finding: Finding) -> dict[str, Value]:
    return {} if finding.gain is None else msgspec.structs.asdict(finding.gain)


def _flat(value: Any) -> Value:
    """Write a list as its parts with blanks between; everything else is a value already."""
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _put(values: dict[str, Value], payload: bytes, *, opaque: bool, truncated: bool) -> None:
    values.pop("text", None)
    values["truncated"] = truncated
    try:
        if opaque:
            raise ValueError("what is compressed is no text")
        values["text"] = payload.decode()
    except ValueError:
        values["binary"] = payload
