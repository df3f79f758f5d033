"""What the workbench's own TURN server does for a session, as events in that session's capture.

Each session that uses the server has credentials of its own, so what the server tells of their user
is that session's affair and nobody else's. `RelayRoutes` hands it on; `RelayEvents` numbers it and
writes it down. How the server decides is in `wirescope.ice_server`, which knows of no capture.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from wirescope.events import (
    ConnectionOpening,
    Emission,
    Event,
    EventSink,
    Full,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    Timeline,
)
from wirescope.ice_server import Allocated, Deallocated, IceServerEvent, Refused

GIVE_BACK_S = 1.0
"""Seconds after the end of a connection in which its relayed addresses are given back; the engine's
requests for that are on their way when it closes."""

MOST_KINDS = 64
"""Kinds of refusals that are told apart by connection and peer; further ones by method and code."""

Take = Callable[[IceServerEvent], None]


class RelayRoutes:
    """Hands what a TURN server tells to whoever the user's credentials were made for."""

    def __init__(self) -> None:
        self._takers: dict[str, Take] = {}

    def tell(self, event: IceServerEvent) -> None:
        """Take what the server tells; it is nobody's where no session follows its user.

        The first 401 of a client, whose request is not signed, names no user.
        """
        take = self._takers.get(event.user)
        if take is not None:
            take(event)

    @contextmanager
    def following(self, users: Sequence[str], take: Take) -> Iterator[None]:
        """Give to `take` what is told of these users while the context lasts."""
        self._takers.update(dict.fromkeys(users, take))
        try:
            yield
        finally:
            for user in users:
                self._takers.pop(user, None)


class RelayEvents:
    """Writes down what the server does for one session.

    Args:
        routes: give what it tells.
        users: the user names of the session's credentials.
        give_back_s: how long addresses that are not given back are waited for at the end.
    """

    def __init__(
        self, routes: RelayRoutes, users: Sequence[str], *, give_back_s: float = GIVE_BACK_S
    ) -> None:
        self._routes = routes
        self._users = users
        self._give_back_s = give_back_s

    @asynccontextmanager
    async def recorded(self, timeline: Timeline, sink: EventSink) -> AsyncIterator[EventSink]:
        """Write down what the server does while the context lasts; nothing is written later.

        Args:
            timeline: of the session.
            sink: takes the events.

        Returns:
            the sink for the session's connections, so that it is known which is opened.
        """
        writer = _Writer(timeline, sink)
        with self._routes.following(self._users, writer.take):
            try:
                yield writer.sink
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._give_back_s):
                        await writer.wait_given_back()


class _Writer:
    """Makes events of what the server tells, with the connection that it is about."""

    def __init__(self, timeline: Timeline, sink: EventSink) -> None:
        self._timeline = timeline
        self._sink = sink
        self._connection = ""
        self._held: dict[str, str] = {}  # relayed address -> connection
        self._refusals: dict[tuple[str, str, int, str], int] = {}
        self._given_back = asyncio.Event()
        self._given_back.set()

    def sink(self, emissions: Sequence[Emission]) -> Full | None:
        """Pass events on, and note which connection is opened."""
        for each in emissions:
            if type(each) is ConnectionOpening and each.transport == "webrtc":
                self._connection = each.connection
        return self._sink(emissions)

    async def wait_given_back(self) -> None:
        """Wait until no relayed address is held."""
        await self._given_back.wait()

    def take(self, event: IceServerEvent) -> None:
        """Write down what the server tells; before a connection is opened there is nothing."""
        if not self._connection:
            return
        match event:
            case Allocated():
                self._note_allocated(event)
            case Deallocated():
                self._note_ended(event)
            case Refused():
                self._note_refused(event)

    def _note_allocated(self, event: Allocated) -> None:
        self._held[event.relayed] = self._connection
        self._given_back.clear()
        self._write(
            *(RelayAllocated, self._connection),
            *(event.client, event.relayed, event.transport, event.lifetime_s),
        )

    def _note_ended(self, event: Deallocated) -> None:
        """Write down the end of an allocation, which may come when the next connection is open."""
        connection = self._held.pop(event.relayed, self._connection)
        self._write(
            *(RelayEnded, connection, event.relayed, event.reason),
            *(event.to_peers, event.to_peers_bytes, event.to_clients, event.to_clients_bytes),
        )
        if not self._held:
            self._given_back.set()

    def _note_refused(self, event: Refused) -> None:
        """Write down the first refusal of a kind, the tenth, the hundredth …"""
        key = (self._connection, event.request, event.code, event.peer)
        if key not in self._refusals and len(self._refusals) >= MOST_KINDS:
            key = ("", event.request, event.code, "")
        times = self._refusals[key] = self._refusals.get(key, 0) + 1
        if times == 10 ** (len(str(times)) - 1):
            self._write(
                *(RelayRefused, self._connection, event.client, event.request, event.code),
                *(event.reason, times, event.peer or None),
            )

    def _write(self, kind: type[Event], connection: str, *fields: Any) -> None:
        timeline = self._timeline
        self._sink([kind(timeline.next_seq(), timeline.now_ns(), connection, *fields)])  # type: ignore[list-item]
