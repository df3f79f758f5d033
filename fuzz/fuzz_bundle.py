"""Bundles, and what is taken out of payloads on their way into one."""

import io
import tempfile
import zipfile
from pathlib import Path

from wirescope.capture import FORMATS, CaptureWriter, Selection, open_capture
from wirescope.errors import CaptureFormatError
from wirescope.events import Timeline, WebSocketFrame, WebSocketMessage

_LINES = b"".join(
    (
        b'{"seq":1,"at_ns":5,"connection":"c1","type":"connection.opened"}\n',
        b'{"seq":2,"at_ns":5,"connection":"c1","type":"websocket.frame","direction":"sent",',
        b'"header":"0203","offset":0,"preview":"a","truncated":true,"payload_id":1}\n',
    )
)
_MANIFEST = b'{"format":"wirescope-bundle","version":1,"started":"2023-11-14T22:13:20Z"}'
_FIELDS = ("$.a.b", "$..c[0]", "d")


def seed(method: int) -> bytes:
    """A small bundle."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as bundle:
        bundle.writestr("events.ndjson", _LINES)
        bundle.writestr("payloads/1", b"abc")
        bundle.writestr("manifest.json", _MANIFEST)
    return stream.getvalue()


SEEDS = [
    seed(zipfile.ZIP_STORED),
    seed(zipfile.ZIP_DEFLATED),
    b'{"a":{"b":"s3cr3t"},"c":[1,true,{"token":"x"}],"d":"ws://u:p@10.1.2.3:80/?sig=1"}',
    b'42["login",{"password":"unclosed',
]


def check(data: bytes) -> None:
    """Any bytes are a bundle or a CaptureFormatError; any payload keeps its length in one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            count, _ = FORMATS["bundle"].read(io.BytesIO(data), folder / "made")
        except CaptureFormatError:
            assert not list(folder.iterdir())
        else:
            with open_capture(folder / "made") as capture:
                assert len(list(capture.events())) == count
        share(data[:125], folder)


def share(payload: bytes, folder: Path) -> None:
    """Write a bundle with this payload and read it back."""
    timeline = Timeline()
    with CaptureWriter.create(folder / "shared", timeline=timeline) as writer:
        header = bytes((0x81, len(payload)))
        writer([WebSocketFrame(timeline.next_seq(), 1, "c1", "sent", header, payload, 0)])
        fields = ("c1", "sent", "text", len(payload), 2 + len(payload), False, (1,), payload)
        writer([WebSocketMessage(timeline.next_seq(), 1, *fields)])  # type: ignore[arg-type]
    stream = io.BytesIO()
    with open_capture(folder / "shared") as capture:
        FORMATS["bundle"].write(Selection(capture), stream, fields=_FIELDS)
    FORMATS["bundle"].read(stream, folder / "again")
    with open_capture(folder / "again") as again:
        frame, message = again.events()
        assert isinstance(frame, WebSocketFrame)
        assert isinstance(message, WebSocketMessage)
        assert len(frame.payload) == len(message.payload) == len(payload)
