"""Records of events, as read from NDJSON lines."""

import contextlib

import msgspec

from wirescope.events import RecordError, event_from_record, record

SEEDS = [
    b'{"seq":1,"at_ns":5,"connection":"c1","type":"connection.opening",'
    b'"url":"ws://a","transport":"websocket"}',
    b'{"seq":2,"at_ns":5,"connection":"c1","type":"websocket.frame","direction":"sent",'
    b'"header":"8183","offset":0,"text":"abc"}',
    b'{"seq":3,"at_ns":5,"connection":"c1","type":"websocket.message","direction":"received",'
    b'"kind":"binary","length":2,"wire_length":4,"compressed":false,"frames":[2],"base64":"AAE="}',
    b'{"seq":4,"at_ns":5,"connection":"c1","type":"connection.failed","phase":"upgrade",'
    b'"kind":"status","message":"m","hint":"h","status":403,"body":"no"}',
    b'{"seq":5,"at_ns":5,"connection":"","type":"capture.gap","count":1,"reason":"disk full"}',
]


def check(data: bytes) -> None:
    """Any JSON object is an event that can be written again, or a `RecordError`."""
    try:
        fields = msgspec.json.decode(data, type=dict)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return
    with contextlib.suppress(RecordError):
        event = event_from_record(fields)
        record(event, started_wall_ns=0)
