"""The ladders of a capture's WebRTC connections, fed with its events in order.

It works alike while connections live, on a file and in CI. A capture may begin in the middle of a
connection; what was before is concluded from what comes. A WebSocket that was made to carry a
connection's signaling, and failed, stands for the connection that never began.
"""

from collections import deque

from wirescope.analysis.descriptions import Described, read_description
from wirescope.analysis.ladder.facts import OF_ANY, OF_WEBRTC, Facts
from wirescope.analysis.ladder.judging import ladder_of
from wirescope.analysis.ladder.marks import Mark, Way
from wirescope.analysis.ladder.rungs import Ladder
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataChannelMessage,
    Event,
    Side,
    SignalingDescription,
)

CONNECTIONS = 10_000
"""Connections that are followed, the newest."""

MOST_TRIES = 32
"""Tries of a connection that are kept, the newest."""

_LED_ON = ("redirected", "challenged")
"""Kinds of failure after which a further attempt follows, which then tells how it went."""

_FOLLOWED = frozenset({ConnectionOpening, *OF_WEBRTC, *OF_ANY})


class Ladders:
    """Follows the connections of a capture, or of a run; feed it with all events, in order.

    Args:
        only: the one connection that is followed; empty for all. Of others it wants to know all the
            same when they begin, since each of them may have a WebSocket of its own.
    """

    def __init__(self, *, only: str = "") -> None:
        self._only = only
        self._followed: dict[str, _Followed] = {}
        self._ways: dict[str, Way] = {}
        self._free: deque[Way] = deque(maxlen=64)  # those that no connection was seen to use
        self._last_ns = 0

    @property
    def connections(self) -> list[str]:
        """The WebRTC connections, or the WebSockets on which they failed, in their order."""
        return list(self._followed)

    def take(self, event: Event) -> None:
        """Take an event; one that says nothing about a ladder costs next to nothing."""
        if type(event) not in _FOLLOWED:
            return
        self._last_ns = max(self._last_ns, event.at_ns)
        if isinstance(event, ConnectionOpening):
            self._begin(event)
            return
        followed = self._followed.get(event.connection)
        is_wanted = self._only in ("", event.connection)
        if followed is None and is_wanted and isinstance(event, OF_WEBRTC):
            followed = self._add(event.connection)
        if followed is not None:
            followed.take(event)
        elif event.connection in self._ways:
            self._take_way(self._ways[event.connection], event)

    def _begin(self, event: ConnectionOpening) -> None:
        mark = Mark(event.at_ns, event.seq)
        if event.transport == "webrtc":
            way = self._way_of(event.url)
            if self._only in ("", event.connection):
                self._start(event.connection, event.url, mark, way)
        else:
            way = Way(event.url, mark, is_sure=event.purpose == "signaling")
            self._ways[event.connection] = way
            self._free.append(way)
            if len(self._ways) > CONNECTIONS:
                del self._ways[next(iter(self._ways))]

    def _way_of(self, url: str) -> Way | None:
        """Give the WebSocket that leads where a connection does, the oldest that is left.

        Of several calls at a time, the one whose signaling began first begins first. One that
        failed or has ended carries nothing any more.
        """
        for way in self._free:
            is_over = way.closed or way.failed is not None
            if url == f"webrtc+{way.url}" and not is_over:
                self._free.remove(way)
                return way
        return None

    def _start(self, connection: str, url: str, began: Mark, way: Way | None) -> "_Followed":
        followed = self._add(connection)
        last = followed.last
        last.url, last.began, last.way = url, began, way
        return followed

    def _add(self, connection: str) -> "_Followed":
        followed = self._followed[connection] = _Followed(connection)
        if len(self._followed) > CONNECTIONS:
            del self._followed[next(iter(self._followed))]
        return followed

    def _take_way(self, way: Way, event: Event) -> None:
        if isinstance(event, ConnectionOpened):
            way.opened = way.opened or Mark(event.at_ns, event.seq)
        elif isinstance(event, ConnectionFailed):
            way.failed = event
            is_wanted = self._only in ("", event.connection)
            if way.is_sure and is_wanted and event.kind not in _LED_ON:
                begun = self._start(event.connection, f"webrtc+{way.url}", way.began, way)
                begun.take(event)
        elif isinstance(event, ConnectionClosed):
            way.closed = True

    def of(self, connection: str, *, now_ns: int | None = None) -> list[Ladder]:
        """Give the tries of a connection, the first one first; none where there is no such.

        Args:
            connection: its id.
            now_ns: the time to judge by, on the capture's clock; None for that of the last event.
        """
        followed = self._followed.get(connection)
        if followed is None:
            return []
        return followed.ladders(self._last_ns if now_ns is None else now_ns)


class _Followed:
    """The tries of one connection."""

    def __init__(self, connection: str) -> None:
        self._tries = [Facts(connection)]
        self._fragments: dict[Side, frozenset[str]] = {}  # of ICE, as last described
        self._settled: list[Ladder] | None = None  # once nothing more can come

    @property
    def last(self) -> Facts:
        return self._tries[-1]

    def take(self, event: Event) -> None:
        if type(event) is DataChannelMessage and "channel-used" in self.last.marks:
            return  # of which there may be very many
        self._settled = None
        if isinstance(event, SignalingDescription):
            self._look_for_a_restart(event)
        self.last.take(event)

    def _look_for_a_restart(self, event: SignalingDescription) -> None:
        described = read_description(event.sdp)
        if event.kind == "offer" and self._begins_anew(event.side, described):
            self._tries.append(self.last.begin_anew(event))
            if len(self._tries) > MOST_TRIES:
                del self._tries[0]
        if described is not None and described.fragments:
            self._fragments[event.side] = described.fragments

    def _begins_anew(self, side: Side, described: Described | None) -> bool:
        """Whether an offer restarts ICE (RFC 8839 section 4.4.1.1.1)."""
        before = self._fragments.get(side)
        if described is None or not described.fragments or not before:
            return False
        return self.last.answer is not None and not before & described.fragments

    def ladders(self, now_ns: int) -> list[Ladder]:
        if self._settled is not None:
            return list(self._settled)
        last = self.last
        made = [
            ladder_of(each, now_ns=self._until(each, now_ns), is_last=each is last)
            for each in self._tries
        ]
        if last.failed is not None or last.closed is not None:
            self._settled = list(made)
        return made

    def _until(self, facts: Facts, now_ns: int) -> int:
        """Give the time up to which a try went on: until the next one began."""
        for one, following in zip(self._tries, self._tries[1:], strict=False):
            if one is facts and following.began is not None:
                return following.began.at_ns
        return now_ns
