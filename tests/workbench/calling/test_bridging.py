"""Calls through a TURN server over TLS whose certificate the engine would not accept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.authority import Authority
from tests.support.local_coturn import PASSWORD, USER, coturn
from tests.support.peers import until
from tests.support.raw_server import RawServer
from tests.workbench.calling.others import Log, over_a_websocket, over_http
from wirescope.errors import UsageError
from wirescope.events import IceCandidate, IceServersSet
from wirescope.ice_server import IceServerOptions, serve_ice
from wirescope.transports.turn.opening import local_address
from wirescope.transports.webrtc import ChannelOptions, IceServer, PeerOptions
from wirescope.transports.websocket import ConnectOptions, TLSOptions
from wirescope.workbench.calling import CallOptions, checks_nothing
from wirescope.workbench.calling.bridging import bridged

SERVER = IceServer("turns:localhost:5349", USER, PASSWORD)
PLAIN = IceServer("turn:localhost", USER, PASSWORD)


def asking(tls: TLSOptions, *servers: IceServer) -> CallOptions:
    return CallOptions(signaling=ConnectOptions(tls=tls), ice_servers=servers or (SERVER, PLAIN))


async def test_without_options_about_trust_there_is_no_bridge() -> None:
    async with bridged(asking(TLSOptions())) as bridges:
        assert bridges.options.ice_servers == (SERVER, PLAIN)
        assert not bridges.notes
    assert not checks_nothing(asking(TLSOptions()))


async def test_where_nothing_is_checked_that_is_said() -> None:
    options = asking(TLSOptions(insecure=True))
    async with bridged(options) as bridges:
        first, second = bridges.options.ice_servers
        assert first.url.startswith("turn:127.0.0.1:")
        assert first.url.endswith("?transport=tcp")
        assert (first.username, first.credential, second) == (USER, PASSWORD, PLAIN)
        assert bridges.warnings == [
            "The certificate of turns:localhost:5349 is not checked (-k): who relays is not known."
        ]
    assert checks_nothing(options)
    assert not checks_nothing(asking(TLSOptions(insecure=True), PLAIN))


async def test_a_file_that_holds_no_authority_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError):
        async with bridged(asking(TLSOptions(ca=tmp_path / "missing.pem"))):
            pass


@pytest.mark.parametrize("own", [True, False])
async def test_a_bridge_trusts_the_named_authority_and_those_of_the_machine(
    own: bool, tmp_path, monkeypatch
) -> None:
    folders = tmp_path / "named", tmp_path / "public"
    for each in folders:
        each.mkdir()
    named, public = (Authority(each) for each in folders)
    monkeypatch.setenv("SSL_CERT_FILE", str(public.ca_file))

    async def greet(_, writer) -> None:
        writer.write(b"hello")
        await writer.drain()

    tls = (named if own else public).server("localhost")
    async with RawServer(greet, tls=tls) as server:
        goal = IceServer(f"turns:localhost:{server.port}", USER, PASSWORD)
        async with bridged(asking(TLSOptions(ca=named.ca_file), goal)) as bridges:
            (bridge,) = bridges.running
            reader, writer = await asyncio.open_connection(bridge.url.host, bridge.url.port)
            async with asyncio.timeout(5):
                assert await reader.readexactly(5) == b"hello"
            writer.transport.abort()


async def test_a_named_server_that_cannot_be_bridged_is_told_and_stays() -> None:
    odd = IceServer("turns:localhost:5349?transport=udp", USER, PASSWORD)
    async with bridged(asking(TLSOptions(insecure=True), PLAIN)) as bridges:
        led = await bridges.lead_named((odd, SERVER, PLAIN))
        assert (led[0], led[2]) == (odd, PLAIN)
        assert led[1].url.startswith("turn:127.0.0.1:")
        assert bridges.notes[0].startswith(f"{odd.url} has no bridge: TURN over DTLS")
        assert bridges.check_nothing


@asynccontextmanager
async def naming(authority: Authority) -> AsyncIterator[str]:
    """Serve WHEP that names a TURN server over TLS, and itself is reached through that alone."""
    options = IceServerOptions(port=0, tls_port=0, users={USER: PASSWORD})
    async with serve_ice(options, tls=authority.server("localhost")) as server:
        ports = server.options
        named = IceServer(f"turns:localhost:{ports.tls_port}", USER, PASSWORD)
        own = IceServer(f"turn:127.0.0.1:{ports.port}?transport=udp", USER, PASSWORD)
        relayed = PeerOptions(ice_servers=(own,), transport_policy="relay")
        async with over_http(options=relayed, ice_servers=(named,)) as other:
            yield other.url


@pytest.mark.slow
@pytest.mark.parametrize("checked", [True, False])
async def test_a_server_that_whep_names_is_bridged_by_the_same_rules(
    checked: bool, tmp_path
) -> None:
    authority, log = Authority(tmp_path), Log()
    tls = TLSOptions(ca=authority.ca_file) if checked else TLSOptions(insecure=True)
    chat = (ChannelOptions(label="chat"),)
    async with (
        naming(authority) as url,
        log.call(url, signaling=ConnectOptions(tls=tls), channels=chat) as call,
    ):
        await call.wait_open()
        await call.send("through the bridge")
        assert (await call.channel().receive()).text == "through the bridge"
        (bridge,) = call.bridges.running
        assert bridge.carried_bytes > 1000
        assert bridge.verified is checked
        assert bool(call.bridges.warnings) is not checked
        asked = log.capture.of(IceServersSet)[-1].servers
        assert [each.url for each in asked] == [str(bridge.upstream)]


@pytest.mark.slow
async def test_a_server_that_whep_names_is_not_bridged_by_itself(tmp_path) -> None:
    log, chat = Log(), (ChannelOptions(label="chat"),)
    async with naming(Authority(tmp_path)) as url, log.call(url, channels=chat) as call:
        assert not call.bridges.running
        asked = log.capture.of(IceServersSet)[-1].servers
        assert asked[0].url.startswith("turns:localhost:")


@pytest.mark.slow
@pytest.mark.requires("turnserver")
async def test_a_call_is_relayed_over_tls_that_the_user_trusts(tmp_path) -> None:
    authority = Authority(tmp_path)
    files = authority.server_files("localhost")
    own = local_address(("192.0.2.1", 9))
    log = Log()
    async with (
        coturn(certificate=files, relay_to=own) as server,
        over_a_websocket() as url,
        log.call(
            url,
            signaling=ConnectOptions(tls=TLSOptions(ca=authority.ca_file)),
            ice_servers=(IceServer(server.turns, USER, PASSWORD),),
            relay_only=True,
        ) as call,
    ):
        await call.wait_open()
        await call.send("through the bridge")
        assert (await call.channel().receive()).text == "through the bridge"
        (bridge,) = call.bridges.running
        assert bridge.verified
        assert bridge.carried_bytes > 1000
        await until(lambda: bool(log.capture.of(IceCandidate)))
        kinds = {each.kind for each in log.capture.of(IceCandidate) if each.side == "local"}
        assert kinds == {"relay"}
        named = {each.url for each in log.capture.of(IceCandidate) if each.side == "local"}
        assert named == {server.turns}  # and not the bridge, which nobody has typed
        assert call.bridges.notes[0].startswith(f"{bridge.upstream} is reached through a bridge")
        assert not call.bridges.warnings
