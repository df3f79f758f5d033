"""A pcapng as tshark dissects it, field for field against the frames of the capture."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acceptance.exchange.programs import Finding, output
from wirescope.capture import Capture
from wirescope.events import WebSocketFrame, WebSocketMessage
from wirescope.wire.websocket import frame_bytes

_FIELDS = ("opcode", "fin", "rsv", "mask", "masking key", "length", "payload", "masked", "time")
_UNMASKED = 1 << 18
"""Bytes of a masked payload that tshark unmasks, so many and no more."""


def dissected(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the WebSocket frames that tshark finds, in the order of the file."""
    command = ("tshark", "-r", path, "-Y", "websocket", "-T", "json", "-x")
    text = output(*command, "-J", "frame tcp websocket")
    # A packet of two frames has two layers of one name.
    for packet in json.loads(text, object_pairs_hook=_Pairs):
        layers = packet["_source"]["layers"]
        epoch = layers["frame"]["frame.time_epoch"]
        stream = layers["tcp"]["tcp.stream"]
        for layer in layers.all("websocket"):
            yield {"time": epoch, "stream": stream, **dict(layer.pairs)}


class _Pairs:
    """A JSON object that may have a name twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs

    def __getitem__(self, name: str) -> Any:
        return self.all(name)[0]

    def all(self, name: str) -> list[Any]:
        return [value for key, value in self.pairs if key == name]


def _seen(layer: dict[str, Any]) -> dict[str, Any]:
    """Give what tshark says about a frame, by our names."""
    length = int(layer["websocket.payload_length"])
    for bits in (16, 64):
        length = int(layer.get(f"websocket.payload_length_ext_{bits}", length))
    return {
        "opcode": int(layer["websocket.opcode"]),
        "fin": layer["websocket.fin"] == "1",
        "rsv": int(layer["websocket.rsv"], 16),
        "mask": layer["websocket.mask"] == "1",
        "masking key": layer.get("websocket.masking_key", "").replace(":", ""),
        "length": length,
        "payload": layer.get("websocket.payload_raw", [""])[0],
        "masked": layer.get("websocket.masked_payload_raw", [""])[0],
        "time": layer["time"],
    }


def _kept(frame: WebSocketFrame, capture: Capture) -> dict[str, Any]:
    """Give what the capture has of the same frame."""
    wall_ns = capture.started_wall_ns + frame.at_ns
    payload = b"".join(capture.payload(frame.seq))
    on_wire = frame_bytes(frame.header, payload)[len(frame.header) :]
    return {
        "opcode": frame.opcode,
        "fin": frame.fin,
        "rsv": frame.header[0] >> 4 & 7,
        "mask": frame.masked,
        "masking key": (frame.masking_key or b"").hex(),
        "length": frame.payload_length,
        "payload": (payload[:_UNMASKED] if frame.masked else payload).hex(),
        "masked": on_wire.hex() if frame.masked else "",
        "time": f"{wall_ns // 10**9}.{wall_ns % 10**9:09d}",
    }


def check(path: Path, capture: Capture) -> Iterator[Finding]:
    """Compare each frame; then each compressed message as tshark inflates it."""
    version = output("tshark", "--version").split("\n")[0].split(" (Git")[0].strip()
    layers = list(dissected(path))
    frames = [
        event
        for event in capture.events(filter="type == websocket.frame")
        if isinstance(event, WebSocketFrame) and not event.incomplete
    ]
    differing: Counter[str] = Counter()
    if len(frames) == len(layers):
        for frame, layer in zip(frames, layers, strict=True):
            seen, kept = _seen(layer), _kept(frame, capture)
            differing.update(name for name in _FIELDS if seen[name] != kept[name])
    kinds = Counter(
        "control"
        if frame.is_control
        else "fragments"
        if not (frame.fin and frame.opcode)
        else "whole"
        for frame in frames
    )
    masked = sum(frame.masked for frame in frames)
    shows = (
        f"{len(layers)} of {len(frames)} frames ({masked} masked, {kinds['control']} control,"
        f" {kinds['fragments']} fragments), {len(_FIELDS)} fields each,"
        f" {sum(differing.values())} differ{f': {dict(differing)}' if differing else ''}"
    )
    yield Finding("pcapng", version, shows, len(frames) == len(layers) > 0 and not differing)
    yield _inflated(version, frames, layers, capture)
    yield _warnings(version, path)


def _inflated(
    version: str, frames: list[WebSocketFrame], layers: list[dict[str, Any]], capture: Capture
) -> Finding:
    by_seq = {frame.seq: layer for frame, layer in zip(frames, layers, strict=False)}
    total = equal = 0
    for message in capture.events(filter="compressed"):
        assert isinstance(message, WebSocketMessage)
        layer = by_seq.get(message.frames[-1], {})
        payload = layer.get("websocket.payload")
        raw = payload["websocket.payload.text_raw"][0] if isinstance(payload, _Pairs) else ""
        total += 1
        equal += raw == b"".join(capture.payload(message.seq)).hex()
    shows = f"{equal} of {total} compressed messages inflate to what they were"
    return Finding("pcapng", version, shows, equal == total > 0)


def _warnings(version: str, path: Path) -> Finding:
    """Look for what tshark finds fault with in the packets around the frames."""
    faulty = "tcp.analysis.flags or tcp.checksum.status == 0 or ip.checksum.status == 0"
    checking = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
    lines = output("tshark", "-r", path, *checking, "-Y", faulty).splitlines()
    packets = len(output("tshark", "-r", path).splitlines())
    shows = f"{packets} packets, {len(lines)} with a wrong checksum or out of order"
    return Finding("pcapng", version, shows, packets > 0 and not lines)
