"""Makes what captures are made of: events with sensible values, whole captures, damaged ones."""

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.support.fake_clock import FakeClock
from wirescope.capture import CaptureWriter, open_capture
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionOpening,
    Emission,
    Timeline,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.events.header import BINARY, CLOSE, CONTINUATION, PING, TEXT


def header(
    length: int, *, opcode: int = TEXT, fin: bool = True, rsv1: bool = False, mask: bytes = b""
) -> bytes:
    first = (0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode
    masked = 0x80 if mask else 0
    if length < 126:
        return bytes((first, masked | length)) + mask
    if length < 65536:
        return bytes((first, masked | 126)) + length.to_bytes(2, "big") + mask
    return bytes((first, masked | 127)) + length.to_bytes(8, "big") + mask


class Scene:
    """Numbers and dates events like a producer, a microsecond apart, and remembers them."""

    def __init__(self, *, connection: str = "c1", clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.timeline = Timeline(self.clock)
        self.connection = connection
        self.emissions: list[Emission] = []
        self.deflater = zlib.compressobj(wbits=-15)

    @property
    def events(self) -> list[AnyEvent]:
        return [e for e in self.emissions if hasattr(e, "seq")]

    def add(self, kind: type[Any], *fields: Any) -> Any:
        self.clock.advance(ns=1000)
        connection = self.connection
        event = kind(self.timeline.next_seq(), self.timeline.now_ns(), connection, *fields)
        self.emissions.append(event)
        return event

    def opening(self, url: str = "ws://127.0.0.1/feed") -> None:
        self.add(ConnectionOpening, url, "websocket")
        self.add(ConnectionOpened)

    def frame(self, payload: bytes, *, direction: str = "received", **head: Any) -> WebSocketFrame:
        made = self.add(WebSocketFrame, direction, header(len(payload), **head), payload, 0)
        assert isinstance(made, WebSocketFrame)
        return made

    def ping(self, payload: bytes = b"") -> WebSocketFrame:
        return self.frame(payload, opcode=PING)

    def text(self, text: str, *, direction: str = "received", parts: int = 1) -> WebSocketMessage:
        return self.message(text.encode(), kind="text", direction=direction, parts=parts)

    def message(
        self,
        payload: bytes,
        *,
        kind: str = "binary",
        direction: str = "received",
        parts: int = 1,
        compressed: bool = False,
        held: int | None = None,
    ) -> WebSocketMessage:
        """A message with its frames; `held` cuts what the message itself carries."""
        wire = payload
        if compressed:
            flush = zlib.Z_SYNC_FLUSH
            wire = (self.deflater.compress(payload) + self.deflater.flush(flush))[:-4]
        size = -(-len(wire) // parts) or 1
        pieces = [wire[at : at + size] for at in range(0, len(wire), size)] or [b""]
        frames = []
        for index, piece in enumerate(pieces):
            first = (TEXT if kind == "text" else BINARY) if index == 0 else CONTINUATION
            frames.append(
                self.frame(
                    piece,
                    direction=direction,
                    opcode=first,
                    fin=index == len(pieces) - 1,
                    rsv1=compressed and index == 0,
                )
            )
        made = self.add(
            WebSocketMessage,
            direction,
            kind,
            len(payload),
            sum(frame.wire_length for frame in frames),
            compressed,
            tuple(frame.seq for frame in frames),
            payload if held is None else payload[:held],
        )
        assert isinstance(made, WebSocketMessage)
        return made

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.frame(code.to_bytes(2, "big") + reason.encode(), opcode=CLOSE)
        self.add(ConnectionClosed, code, reason, "remote", True, "close")

    def record(self, path: Path, **options: Any) -> Path:
        """Record all of it into a new capture."""
        return record(path, self.timeline, self.emissions, **options)


def record(path: Path, timeline: Timeline, emissions: Iterable[Emission], **options: Any) -> Path:
    with CaptureWriter.create(path, timeline=timeline, **options) as writer:
        for emission in emissions:
            writer([emission])
    return path


def events_of(path: Path, **options: Any) -> list[AnyEvent]:
    with open_capture(path) as capture:
        return list(capture.events(**options))


def conversation(count: int = 50) -> Scene:
    """A connection from its opening to its close, `count` messages each way."""
    scene = Scene()
    scene.opening()
    for number in range(count):
        scene.text(f'{{"id": {number}, "method": "subscribe"}}', direction="sent")
        scene.text(f'{{"id": {number}, "result": "ok"}}')
        if number % 10 == 9:
            scene.ping(b"beat")
            scene.message(bytes(range(number % 100, number % 100 + 100)))
    scene.close(1000, "done")
    return scene
