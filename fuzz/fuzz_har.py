"""HARs, of Wirescope and of others."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from wirescope.capture import FORMATS, open_capture
from wirescope.errors import CaptureFormatError

_MESSAGE = {"type": "send", "time": 1700000001.5, "opcode": 1, "data": "hello"}
_ENTRY: dict[str, Any] = {
    "startedDateTime": "2023-11-14T22:13:20.000Z",
    "request": {
        "method": "GET",
        "url": "ws://a.example/x?y=1",
        "headers": [{"name": "Host", "value": "a.example"}],
    },
    "response": {"status": 101, "statusText": "Switching Protocols", "headers": []},
    "timings": {"dns": 1, "connect": 5, "ssl": 2, "wait": 3.5},
    "_resourceType": "websocket",
    "_webSocketMessages": [_MESSAGE, {**_MESSAGE, "type": "receive", "opcode": 2, "data": "AAE="}],
}
_OWN = {
    "events": [
        {"seq": 1, "at_ns": 5, "connection": "c1", "type": "connection.opened"},
        {
            "seq": 2,
            "at_ns": 5,
            "connection": "c1",
            "type": "websocket.frame",
            "direction": "sent",
            "header": "0205",
            "offset": 0,
            "payload_id": 1,
            "payload": "AAECAwQ=",
            "preview_length": 3,
        },
        {
            "seq": 3,
            "at_ns": 5,
            "connection": "c1",
            "type": "websocket.message",
            "direction": "sent",
            "kind": "text",
            "length": 5,
            "wire_length": 7,
            "compressed": False,
            "frames": [2],
            "_webSocketMessages": 0,
            "preview_length": 5,
        },
    ]
}


def har(entry: dict[str, Any], **extras: Any) -> bytes:
    """A HAR of one entry."""
    return json.dumps({"log": {"version": "1.2", "entries": [entry], **extras}}).encode()


SEEDS = [
    har(_ENTRY),
    har({**_ENTRY, "response": {"status": 403, "content": {"text": "no"}}}),
    har(
        {**_ENTRY, "_wirescope": _OWN},
        _wirescope={"version": 1, "started": "2023-11-14T22:13:20Z", "events": []},
    ),
]


def check(data: bytes) -> None:
    """Any bytes make a capture that can be read and written again, or a CaptureFormatError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        try:
            count, _ = FORMATS["har"].read(io.BytesIO(data), path)
        except CaptureFormatError:
            assert not list(Path(folder).iterdir())
            return
        with open_capture(path) as capture:
            assert len(list(capture.events())) == count
