"""A capture at a glance: how much is in it and how it ended, without reading all of it.

Counts come from the capture's own statistics. The verdict needs what a connection's life is made of
and the last frames of each, not the messages in between: of a capture of a million events, some
hundred are read.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from wirescope.capture import Capture, Statistics, open_capture, parse_filter
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    Direction,
    Finding,
    Severity,
)
from wirescope.workbench.analysing import analyze

_LIFE = parse_filter(
    "not type in (websocket.frame, websocket.message, data_channel.message, stats)"
    " or opcode == close"
)
_FINDINGS = parse_filter("type == finding")
_MOST_EVENTS = 5_000
"""Events that are read of a connection's life: a server may break the rules in every frame."""

_MOST_CONNECTIONS = 50
_LAST_FRAMES = 20
_MOST_BYTES = (1 << 62) - 1  # a frame may announce more than any number of JSON holds


class Glance(Struct, frozen=True, kw_only=True):
    """What a capture is about.

    Attributes:
        started_wall_ns: the wall clock at its start, nanoseconds since 1970.
        last_seq: the number of its last event.
        lost: events that could not be kept or read back.
        connections: how many connections.
        url: where the first of them led; empty where it is not known.
        sent: messages.
        received: messages.
        sent_bytes: on the wire; of data channels the payload alone.
        received_bytes: likewise.
        findings: how many of each severity are in the file.
        verdict: how it ended, and why; empty while it is being written.
    """

    started_wall_ns: int
    last_seq: int
    lost: int
    connections: int
    url: str
    sent: int
    received: int
    sent_bytes: int
    received_bytes: int
    findings: dict[Severity, int]
    verdict: str


def glance_at(path: Path, *, with_verdict: bool) -> Glance:
    """Look at a capture; one that is still being written has no verdict yet.

    Raises:
        CaptureError: it cannot be read.
    """
    with open_capture(path) as capture:
        statistics = capture.statistics()
        life = [*_limited(capture.events(filter=_LIFE), _MOST_EVENTS)]
        verdict = analyze(_with_last_frames(capture, life)).verdict.sentence if with_verdict else ""
        return Glance(
            started_wall_ns=capture.started_wall_ns,
            last_seq=capture.last_seq,
            lost=statistics.missing,
            connections=len(statistics.connections),
            url=next((each.url for each in life if isinstance(each, ConnectionOpening)), ""),
            sent=_messages(statistics, "sent"),
            received=_messages(statistics, "received"),
            sent_bytes=_bytes(statistics, "sent"),
            received_bytes=_bytes(statistics, "received"),
            findings=_findings(capture),
            verdict=verdict,
        )


def _messages(statistics: Statistics, direction: Direction) -> int:
    kinds = ("websocket.message", "data_channel.message")
    return sum(statistics.count(kind, direction=direction) for kind in kinds)


def _bytes(statistics: Statistics, direction: Direction) -> int:
    """Sum up frames as they were on the wire, and what data channels carried."""
    total = 0
    for key, figures in statistics.groups.items():
        if key.direction != direction:
            continue
        if key.type == "websocket.frame":
            total += figures.wire_bytes
        elif key.type == "data_channel.message":
            total += figures.payload_bytes
    return min(total, _MOST_BYTES)


def _findings(capture: Capture) -> dict[Severity, int]:
    found = (each for each in capture.events(filter=_FINDINGS) if isinstance(each, Finding))
    counted = Counter(each.severity for each in found)
    return {severity: counted[severity] for severity in ("error", "warning", "info")}


def _limited(events: Iterator[AnyEvent], most: int) -> Iterator[AnyEvent]:
    for _, event in zip(range(most), events, strict=False):
        yield event


def _with_last_frames(capture: Capture, life: list[AnyEvent]) -> list[AnyEvent]:
    """Add the frames just before each end, by which silence and its length are told."""
    found = {event.seq: event for event in life}
    ends = [each for each in life if isinstance(each, ConnectionClosed | ConnectionFailed)]
    for end in ends[:_MOST_CONNECTIONS]:
        wanted = f"type == websocket.frame and connection == {end.connection}"
        frames = capture.page(before=end.seq, limit=_LAST_FRAMES, filter=wanted)
        found |= {frame.seq: frame for frame in frames}
    return [found[seq] for seq in sorted(found)]
