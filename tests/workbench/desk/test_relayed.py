"""What the workbench's own TURN server does for a session, in that session's capture."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.support.fake_clock import FakeClock
from tests.workbench.desk.benches import Bench, desk_in, resolvers
from wirescope.capture import open_capture
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpening,
    Finding,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    Timeline,
)
from wirescope.ice_server import Allocated, Deallocated, Refused
from wirescope.playground import relay_access, serve_endpoints, serve_relay
from wirescope.transports.webrtc import IceServer
from wirescope.workbench.desk import Outgoing, RelayRoutes
from wirescope.workbench.desk.relayed import MOST_KINDS, RelayEvents
from wirescope.workbench.workspace import Limits, WebRtc

WHERE = ("127.0.0.1:40000", "udp", "1700000000:ada")
ALLOCATED = Allocated(*WHERE, "127.0.0.1:50000", 600)
ENDED = Deallocated(*WHERE, "127.0.0.1:50000", "client", 3, 300, 2, 200)
DENIED = Refused(*WHERE, "CreatePermission", 403, "private address", "192.168.1.9")
RELAYED = (RelayAllocated, RelayRefused, RelayEnded)


class Rig:
    """A session that is followed, without the session."""

    def __init__(self) -> None:
        self.routes = RelayRoutes()
        self.timeline = Timeline(FakeClock())
        self.events: list = []

    def recorded(self, user: str = WHERE[2]):
        own = RelayEvents(self.routes, [user], give_back_s=0.01)
        return own.recorded(self.timeline, self.events.extend)

    def opening(self, connection: str = "c1", transport: str = "webrtc"):
        url = "webrtc:"
        return ConnectionOpening(self.timeline.next_seq(), 0, connection, url, transport)

    @property
    def types(self) -> list[str]:
        return [each.type for each in self.events]


async def test_what_the_server_does_is_numbered_among_the_events_of_the_connection() -> None:
    rig = Rig()
    async with rig.recorded() as sink:
        sink([rig.opening("c1", "websocket")])
        sink([rig.opening("c2")])
        for each in (ALLOCATED, DENIED, ENDED):
            rig.routes.tell(each)
    client, relayed = WHERE[0], "127.0.0.1:50000"
    request = (client, "CreatePermission", 403, "private address", 1, "192.168.1.9")
    assert rig.events[2:] == [
        RelayAllocated(3, 0, "c2", client, relayed, "udp", 600),
        RelayRefused(4, 0, "c2", *request),
        RelayEnded(5, 0, "c2", relayed, "client", 3, 300, 2, 200),
    ]


async def test_what_is_of_another_user_or_of_none_is_nobodys() -> None:
    rig = Rig()
    async with rig.recorded() as sink:
        sink([rig.opening()])
        for user in ("", "1700000000:eve"):
            rig.routes.tell(replace(ALLOCATED, user=user))
            rig.routes.tell(replace(DENIED, user=user))
    assert rig.types == ["connection.opening"]


async def test_each_of_two_sessions_has_its_own() -> None:
    one, other = Rig(), Rig()
    other.routes = one.routes
    async with one.recorded() as first, other.recorded("1700000000:eve") as second:
        first([one.opening()])
        second([other.opening()])
        one.routes.tell(replace(DENIED, user="1700000000:eve"))
    assert one.types == ["connection.opening"]
    assert other.types == ["connection.opening", "relay.refused"]


async def test_after_the_end_nothing_is_written() -> None:
    rig = Rig()
    async with rig.recorded() as sink:
        sink([rig.opening()])
        rig.routes.tell(ALLOCATED)
    rig.routes.tell(ENDED)
    rig.routes.tell(DENIED)
    assert rig.types == ["connection.opening", "relay.allocated"]


async def test_before_a_connection_is_opened_nothing_is_written() -> None:
    rig = Rig()
    async with rig.recorded():
        rig.routes.tell(DENIED)
    assert rig.events == []


async def test_an_address_that_is_given_back_at_the_end_is_waited_for() -> None:
    rig = Rig()
    own = RelayEvents(rig.routes, [WHERE[2]], give_back_s=30)
    async with own.recorded(rig.timeline, rig.events.extend) as sink:
        sink([rig.opening()])
        rig.routes.tell(ALLOCATED)
        asyncio.get_running_loop().call_soon(rig.routes.tell, ENDED)
    assert rig.types[1:] == ["relay.allocated", "relay.ended"]


async def test_the_end_of_an_allocation_is_told_of_the_connection_that_made_it() -> None:
    rig = Rig()
    async with rig.recorded() as sink:
        sink([rig.opening("c1")])
        rig.routes.tell(ALLOCATED)
        sink([rig.opening("c2")])
        rig.routes.tell(ENDED)
    assert [each.connection for each in rig.events] == ["c1", "c1", "c2", "c1"]


async def test_the_same_refusal_is_told_at_powers_of_ten() -> None:
    rig = Rig()
    async with rig.recorded() as sink:
        sink([rig.opening()])
        for _ in range(1000):
            rig.routes.tell(DENIED)
    assert [each.times for each in rig.events[1:]] == [1, 10, 100, 1000]


async def test_refusals_for_ever_other_peers_stay_few() -> None:
    rig = Rig()
    async with rig.recorded() as sink:
        sink([rig.opening()])
        for number in range(1000):
            rig.routes.tell(replace(DENIED, peer=f"10.0.{number >> 8}.{number & 255}"))
    times = [each.times for each in rig.events[1:]]
    assert times == [1] * MOST_KINDS + [1, 10, 100]


@asynccontextmanager
async def bench(folder, *, is_relay_at_both: bool) -> AsyncIterator[Bench]:
    """Give a desk with the own server, beside endpoints that use it or do not."""
    routes = RelayRoutes()
    async with serve_relay(0, on_event=routes.tell) as relay:

        def own(user: str) -> tuple[IceServer, ...]:
            return tuple(IceServer(*each) for each in relay_access(relay, user))

        async with (
            serve_endpoints(relay=relay if is_relay_at_both else None) as server,
            desk_in(folder, own_ice_servers=own, relay_routes=routes) as desk,
        ):
            base = "webrtc+" + server.url.rstrip("/")
            yield Bench(desk, base, folder / "captures")


def recorded(bench: Bench, session: str) -> list:
    stem = bench.desk.session(session).capture.stem
    with open_capture(bench.folder / f"{stem}.wirescope") as opened:
        return list(opened.events())


async def test_a_relayed_session_has_its_allocation_and_what_went_through_it(tmp_path) -> None:
    async with bench(tmp_path, is_relay_at_both=True) as made:
        used = WebRtc(own_ice_server=True, relay_only=True)
        state = await made.open("/webrtc/echo", webrtc=used)
        assert state.phase == "open"
        await made.desk.send(state.id, Outgoing(body="hello"), resolvers=resolvers)
        await made.desk.close_session(state.id)
        await made.over(state.id)
        events = recorded(made, state.id)
    allocated = [each for each in events if isinstance(each, RelayAllocated)]
    ended = [each for each in events if isinstance(each, RelayEnded)]
    assert allocated
    assert {each.relayed for each in ended} == {each.relayed for each in allocated}
    assert {each.connection for each in (*allocated, *ended)} == {state.connection}
    assert {each.reason for each in ended} == {"client"}
    assert sum(each.to_peers_bytes for each in ended) > 0
    assert sum(each.to_clients_bytes for each in ended) > 0
    assert allocated[0].seq < next(e.seq for e in events if isinstance(e, ConnectionClosed))


async def test_a_session_that_does_not_use_the_server_has_no_events_of_it(tmp_path) -> None:
    async with bench(tmp_path, is_relay_at_both=True) as made:
        state = await made.open("/webrtc/echo")
        assert state.phase == "open"
        await made.desk.close_session(state.id)
        await made.over(state.id)
        events = recorded(made, state.id)
    assert not [each for each in events if isinstance(each, RELAYED)]


@pytest.mark.quiet
async def test_a_peer_with_private_addresses_only_is_refused_by_name(tmp_path) -> None:
    async with bench(tmp_path, is_relay_at_both=False) as made:
        state = await made.open(
            "/webrtc/echo",
            webrtc=WebRtc(own_ice_server=True, relay_only=True),
            limits=Limits(open_timeout_s=4),
        )
        assert state.phase == "failed"
        await made.over(state.id)
        events = recorded(made, state.id)
    refused = [each for each in events if isinstance(each, RelayRefused)]
    assert {each.code for each in refused} == {403}
    assert {each.connection for each in refused} == {state.connection}
    assert all(each.peer and each.reason for each in refused)
    found = [each for each in events if isinstance(each, Finding) and each.severity == "error"]
    assert [each.code for each in found] == ["ICE119"]
    assert refused[0].peer in found[0].cause
    assert refused[0].seq in found[0].evidence
