"""Makes the events of a connection in a line each, for tests that tell stories."""

from itertools import count
from typing import Any

from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    Direction,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)
from wirescope.wire.websocket import build_header

KEY = b"\x01\x02\x03\x04"


class Story:
    """Numbers events and puts them on a clock that is moved by `wait`."""

    def __init__(self, url: str = "ws://127.0.0.1:8765/echo") -> None:
        self._next = count(1).__next__
        self.at_ns = 0
        self.events: list[AnyEvent] = []
        self.add(ConnectionOpening, url, "websocket")

    def add(self, kind: type[Any], *fields: Any) -> AnyEvent:
        event: AnyEvent = kind(self._next(), self.at_ns, "c1", *fields)
        self.events.append(event)
        return event

    def wait(self, seconds: float) -> "Story":
        self.at_ns += round(seconds * 1e9)
        return self

    def phase(self, name: str, seconds: float) -> "Story":
        self.wait(seconds)
        self.add(ConnectionPhase, name, round(seconds * 1e9))
        return self

    def handshake(self, *, status: int = 101, request: str = "", response: str = "") -> "Story":
        request = "GET / HTTP/1.1\r\n" + request + "\r\n"
        response = f"HTTP/1.1 {status} X\r\n" + response + "\r\n"
        self.add(WebSocketHandshake, request, response, status, "", [])
        return self

    def opened(self) -> "Story":
        self.handshake()
        self.add(ConnectionOpened)
        return self

    def frame(
        self, direction: Direction, opcode: int, payload: bytes = b"", **bits: Any
    ) -> WebSocketFrame:
        length = bits.pop("announced", len(payload))
        key = bits.pop("masking_key", KEY if direction == "sent" else None)
        header = build_header(opcode, length, masking_key=key, **bits)
        event = self.add(WebSocketFrame, direction, header, payload, 0)
        assert isinstance(event, WebSocketFrame)
        return event

    def message(
        self, direction: Direction, payload: bytes | str, frames: list[WebSocketFrame] | None = None
    ) -> WebSocketMessage:
        kind = "text" if isinstance(payload, str) else "binary"
        data = payload.encode() if isinstance(payload, str) else payload
        frames = frames or [self.frame(direction, 1 if kind == "text" else 2, data)]
        wire_length = sum(frame.wire_length for frame in frames)
        numbers = tuple(frame.seq for frame in frames)
        compressed = frames[0].rsv1
        event = self.add(
            WebSocketMessage, direction, kind, len(data), wire_length, compressed, numbers, data
        )
        assert isinstance(event, WebSocketMessage)
        return event

    def violation(self, clause: str, message: str, frame: int = 0) -> "Story":
        self.add(WebSocketViolation, "received", clause, 0, frame, message)
        return self

    def close_frame(self, direction: Direction, code: int | None, reason: str = "") -> "Story":
        payload = b"" if code is None else code.to_bytes(2, "big") + reason.encode()
        self.frame(direction, 8, payload)
        return self

    def closed(self, code: int, initiator: str, cause: str, reason: str = "") -> list[AnyEvent]:
        clean = cause == "close"
        self.add(ConnectionClosed, code, reason, initiator, clean, cause)
        return self.events

    def failed(
        self,
        phase: str,
        kind: str,
        message: str = "",
        hint: str = "",
        status: int | None = None,
        body: bytes | None = None,
    ) -> list[AnyEvent]:
        self.add(ConnectionFailed, phase, kind, message, hint, status, body)
        return self.events
