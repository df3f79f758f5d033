"""Captures for the tests of formats: of any events, and one with everything in it."""

import io
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.capture.making import Scene, header
from tests.events.strategies import events
from wirescope.capture import FORMATS, Selection, open_capture
from wirescope.capture.formats.building import build_capture
from wirescope.events import (
    INLINE_LIMIT,
    PREVIEW_LENGTH,
    AnyEvent,
    CaptureGap,
    Certificate,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    Emission,
    PayloadChunk,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)
from wirescope.events.header import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT
from wirescope.wire.websocket import build_header

STARTED_NS = 1_700_000_000_123_456_789
KEY = b"\x01\x02\x03\x04"

REQUEST = (
    "GET /feed?room=7 HTTP/1.1\r\nHost: feed.corp.example:8443\r\nUser-agent: curl\r\n"
    "Origin: https://app.corp.example\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "X-Api-Key: tr0ub4dor\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
)
RESPONSE = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
SECURED = (
    *("TLSv1.3", "TLS_AES_256_GCM_SHA384", "http/1.1", "feed.corp.example", True),
    [
        Certificate(
            "feed.corp.example",
            "Tests & Daughters",
            ["*.corp.example", "10.20.30.40"],
            datetime(2024, 1, 1, tzinfo=UTC),
            datetime(2025, 1, 1, tzinfo=UTC),
            *("5e21a1", "c0ffee" * 10, "RSA 2048"),
        ),
        Certificate(
            "Tests & Daughters",
            "Tests & Daughters",
            [],
            datetime(2020, 1, 1, tzinfo=UTC),
            datetime(2030, 1, 1, tzinfo=UTC),
            *("01", "decade" * 10, "ECDSA P-256"),
        ),
    ],
)


@st.composite
def any_events(draw: st.DrawFn) -> list[AnyEvent]:
    """Draw events of any type and connection, numbered in order."""
    drawn = draw(st.lists(events, max_size=12))
    names = st.sampled_from(["c1", "c2", "", "ü"])
    return [
        msgspec.structs.replace(event, seq=2 * at + 1, connection=draw(names))
        for at, event in enumerate(drawn)
    ]


def recorded(path: Path, emissions: list[Emission]) -> Path:
    build_capture(path, emissions, started_wall_ns=STARTED_NS)
    return path


def written(
    path: Path, name: str, *, choice: dict[str, Any] | None = None, **options: Any
) -> bytes:
    """Write a capture in a format; `choice` says which of its events."""
    stream = io.BytesIO()
    with open_capture(path) as capture:
        FORMATS[name].write(Selection(capture, **(choice or {})), stream, **options)
    return stream.getvalue()


def read(name: str, data: bytes, out: Path) -> list[str]:
    """Make a capture of a file's bytes; what was said about it."""
    return FORMATS[name].read(io.BytesIO(data), out)[1]


class Everything(Scene):
    """Connections with whatever can happen on them."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = 0
        self.good()
        self.compressed()
        self.illegal()
        self.refused()
        self.unreachable()
        self.connection = ""
        self.add(ClockJumped, -3_600_000_000_000)
        self.add(CaptureGap, 3, "the disk was full")

    def begin(self, name: str, url: str, *, response: str = RESPONSE) -> None:
        self.connection = name
        self.add(ConnectionOpening, url, "websocket")
        for step in ("dns", "tcp"):
            self.add(ConnectionPhase, step, 400)
        self.add(ConnectionReached, "10.20.30.40", 8443, "10.20.30.9", 50_712)
        self.add(ConnectionPhase, "tls", 400)
        self.add(ConnectionSecured, *SECURED)
        self.add(ConnectionPhase, "upgrade", 700)
        self.add(WebSocketHandshake, REQUEST, response, int(response[9:12]), "chat", ["x"])

    def long_frame(self, payload: bytes, *, direction: str, head: bytes) -> WebSocketFrame:
        self.ids += 1
        for at in range(0, len(payload), 70_000):
            piece = payload[at : at + 70_000]
            self.emissions.append(PayloadChunk(self.ids, self.connection, direction, piece))  # type: ignore[arg-type]
        frame = self.add(WebSocketFrame, direction, head, payload[:PREVIEW_LENGTH], 9, self.ids)
        assert isinstance(frame, WebSocketFrame)
        return frame

    def long_message(self, payload: bytes, frames: list[WebSocketFrame], **fields: Any) -> None:
        wire_length = sum(frame.wire_length for frame in frames)
        numbers = tuple(frame.seq for frame in frames)
        compressed = fields.get("compressed", False)
        common = (frames[0].direction, fields["kind"], len(payload), wire_length, compressed)
        self.add(WebSocketMessage, *common, numbers, payload[:PREVIEW_LENGTH])

    def good(self) -> None:
        self.begin("c1", "wss://ada:pw@feed.corp.example:8443/feed?room=7&token=s3ss10n")
        self.add(ConnectionOpened)
        self.masked(b'{"email":"ada@corp.example","host":"feed.corp.example"}')
        self.text('ünïcode < > & " \\ \n second line', parts=3)
        self.message(bytes(range(256)))
        self.ping(b"beat")
        self.add(WebSocketFrame, "sent", build_header(PONG, 4, masking_key=KEY), b"beat", 0)
        long_text = "é".encode() * (INLINE_LIMIT // 2 + 3)
        head = build_header(TEXT, len(long_text), masking_key=KEY)
        frame = self.long_frame(long_text, direction="sent", head=head)
        self.long_message(long_text, [frame], kind="text")
        long_binary = bytes(range(256)) * (INLINE_LIMIT // 256 + 1)
        first = self.frame(b"begin", opcode=BINARY, fin=False)
        rest = self.long_frame(
            long_binary,
            direction="received",
            head=build_header(CONTINUATION, len(long_binary)),
        )
        self.long_message(b"begin" + long_binary, [first, rest], kind="binary")
        self.close(1000, "done at feed.corp.example")

    def masked(self, payload: bytes) -> None:
        head = build_header(TEXT, len(payload), masking_key=KEY)
        frame = self.add(WebSocketFrame, "sent", head, payload, 0)
        length = len(payload)
        self.add(
            WebSocketMessage,
            "sent",
            "text",
            length,
            frame.wire_length,
            False,
            (frame.seq,),
            payload,
        )

    def compressed(self) -> None:
        self.begin("c2", "ws://10.20.30.40/deflate")
        self.add(ConnectionOpened)
        for number in range(4):
            self.message(b'{"price": %d, "password": "hunter2"}' % number, kind="text",
                         compressed=True, parts=1 + number % 2)  # fmt: skip
        long = b"0123456789" * (INLINE_LIMIT // 5)
        wire = (self.deflater.compress(long) + self.deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
        frame = self.frame(wire, opcode=TEXT, rsv1=True)
        self.long_message(long, [frame], kind="text", compressed=True)
        self.add(ConnectionClosed, 1006, "", "network", False, "reset")

    def illegal(self) -> None:
        self.begin("c3", "ws://localhost:8765/illegal")
        self.add(ConnectionOpened)
        bad = self.frame(b"\xce\xba\xff", opcode=TEXT)
        self.add(WebSocketViolation, "received", "RFC 6455 8.1", 2, bad.seq, "not UTF-8")
        self.add(WebSocketMessage, "received", "text", 3, 5, False, (bad.seq,), b"\xce\xba\xff")
        self.frame(b"?", opcode=0x3)
        self.frame(b"interleaved", opcode=TEXT, fin=False)
        self.frame(b"x" * 200, opcode=PING)
        self.add(WebSocketFrame, "received", header(5000, opcode=BINARY), b"cut", 40)
        self.frame(b"\x03", opcode=CLOSE)

    def refused(self) -> None:
        response = "HTTP/1.1 403 Forbidden\r\nX-Why: no\r\nContent-Length: 3\r\n\r\n"
        self.begin("c4", "ws://[2001:db8:7::1]/private", response=response)
        what = "The server at feed.corp.example answered 403."
        self.add(ConnectionFailed, "upgrade", "status", what, "Log in.", 403, b"n\xff!")

    def unreachable(self) -> None:
        self.connection = "c5"
        self.add(ConnectionOpening, "ws://10.20.30.40:9/", "websocket")
        what = "Nothing listens at 10.20.30.40:9."
        self.add(ConnectionFailed, "tcp", "refused", what, "Start the server.")


def everything(path: Path) -> Path:
    return recorded(path, Everything().emissions)
