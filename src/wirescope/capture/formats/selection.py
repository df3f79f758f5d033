"""Which events of a capture a format writes, and what is known of its connections beforehand.

A format writes in one pass where it can. Those that write connection by connection make an outline
first: a few numbers of each connection, so that memory does not grow with the events. What is
written is a choice of events: by a filter, from one number on, so many at most.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from wirescope.capture.filter import Filter, parse_filter
from wirescope.capture.reader import Capture
from wirescope.errors import CaptureError
from wirescope.events import (
    AnyEvent,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    WebSocketHandshake,
)

_SIMPLE = re.compile(r"[\w.-]{0,64}", re.ASCII)

SKELETON = frozenset(
    (
        *("connection.opening", "connection.phase", "websocket.handshake"),
        *("connection.opened", "connection.failed", "connection.closed"),
    )
)
"""The types of event that say how a connection began and ended."""


class Selection:
    """A capture and which of its events are wanted.

    Args:
        capture: the capture.
        filter: lets events through; None lets all.
        after: events up to this number are left out.
        limit: so many events at most.
        on_progress: is called with the number of each event that is gone through.

    Attributes:
        count: how many events were written.
        notes: sentences about what the format could not say, for the person who asked for it.
    """

    def __init__(
        self,
        capture: Capture,
        *,
        filter: Filter | str | None = None,  # noqa: A002
        after: int = 0,
        limit: int | None = None,
        on_progress: Callable[[int], None] = lambda _seq: None,
    ) -> None:
        self.capture = capture
        self.count = 0
        self.notes: list[str] = []
        self._wanted = parse_filter(filter) if isinstance(filter, str) else filter
        self._after = after
        self._before: int | None = None
        self._on_progress = on_progress
        if limit is not None:
            self._end_after(limit)

    @property
    def started_wall_ns(self) -> int:
        """The wall clock at the capture's start."""
        return self.capture.started_wall_ns

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self._wanted is None and not self._after and self._before is None

    def takes(self, event: AnyEvent) -> bool:
        """Whether an event is wanted."""
        inside = event.seq > self._after and (self._before is None or event.seq < self._before)
        return inside and (self._wanted is None or self._wanted.matches(event))

    def events(self) -> Iterator[AnyEvent]:
        """Yield the events that are wanted, in order, and count them."""
        found = self.capture.events(filter=self._wanted, after=self._after, before=self._before)
        for event in found:
            self.count += 1
            self._on_progress(event.seq)
            yield event

    def events_and_skeletons(self) -> Iterator[AnyEvent]:
        """Yield the wanted events, and how their connections began and ended in any case."""
        names = None if self.whole else {outline.name for outline in self.outlines()}
        for event in self.capture.events():
            self._on_progress(event.seq)
            wanted = self.takes(event)
            self.count += wanted
            if wanted or (event.type in SKELETON and (names is None or event.connection in names)):
                yield event

    def events_of(self, outline: "Outline") -> Iterator[AnyEvent]:
        """Yield the wanted events of one connection."""
        after, before = outline.first_seq - 1, outline.last_seq + 1
        # Of blocks without this connection the summary is read alone.
        simple = _SIMPLE.fullmatch(outline.name)
        mine = parse_filter(f'connection == "{outline.name}"') if simple else None
        for event in self.capture.events(filter=mine, after=after, before=before):
            if event.connection == outline.name and self.takes(event):
                self._on_progress(event.seq)
                yield event

    def outlines(self) -> list["Outline"]:
        """Sum up each connection of which an event is wanted, in the order of their beginnings."""
        found: dict[str, Outline] = {}
        for event in self.capture.events():
            outline = found.get(event.connection)
            if outline is None:
                outline = found[event.connection] = Outline(event.connection, event.seq)
            outline.feed(event)
            if self.takes(event):
                outline.wanted += 1
                outline.last_seq = event.seq
        return [outline for outline in found.values() if outline.wanted]

    def payload(self, seq: int) -> Iterator[bytes]:
        """Yield the whole payload of an event in pieces; CaptureError when it is not whole."""
        return self.capture.payload(seq)

    def has_whole_payload(self, seq: int) -> bool:
        """Whether the payload can be read to its end; reads it."""
        try:
            for _ in self.payload(seq):
                pass
        except CaptureError:
            return False
        return True

    def _end_after(self, limit: int) -> None:
        found = self.capture.events(filter=self._wanted, after=self._after)
        last = next(islice(found, limit - 1, None), None)
        if last is not None:
            self._before = last.seq + 1


@dataclass(slots=True)
class Outline:
    """What is known of a connection before its events are written.

    Attributes:
        name: `c1`, `c2` …; empty for what concerns the capture as a whole.
        first_seq: number of its first event.
        last_seq: number of the last one that is wanted.
        first_at_ns: time of its first event.
        wanted: how many of its events are wanted.
        opening: the event, or None.
        handshake_seq: number of the event, 0 without one.
        failed_seq: number of the event, 0 without one.
        phases: how long each step of connecting took.
        address: of the server, as it was connected to without a proxy; empty if not known.
    """

    name: str
    first_seq: int
    last_seq: int = 0
    first_at_ns: int = -1
    last_at_ns: int = 0
    wanted: int = 0
    opening: ConnectionOpening | None = None
    handshake_seq: int = 0
    failed_seq: int = 0
    phases: dict[str, int] = field(default_factory=dict)
    address: str = ""

    @property
    def url(self) -> str:
        """The address; empty when it is not in the capture."""
        return self.opening.url if self.opening else ""

    @property
    def is_servers(self) -> bool:
        """Whether the capture was made at the server: nobody connected to it from there."""
        return self.handshake_seq > 0 and not self.phases

    def feed(self, event: AnyEvent) -> None:
        """Take the next event of the connection."""
        if self.first_at_ns < 0:
            self.first_at_ns = event.at_ns
        self.last_at_ns = max(self.last_at_ns, event.at_ns)
        if isinstance(event, ConnectionOpening):
            self.opening = event
        elif isinstance(event, ConnectionPhase):
            self.phases[event.name] = event.duration_ns
        elif isinstance(event, ConnectionReached) and event.proxy is None and self.phases:
            self.address = event.address
        elif isinstance(event, WebSocketHandshake):
            self.handshake_seq = event.seq
        elif isinstance(event, ConnectionFailed):
            self.failed_seq = event.seq
