"""What is found on calls of the engine: faults that are staged, and a call that is well.

Only loopback and this machine's own addresses are used. The relays are coturn of Debian.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import pytest

from tests.support.local_coturn import PASSWORD, USER, coturn, free_ports
from tests.support.peers import Capture, two_peers, until
from wirescope.analysis import Analyzer, PathReport, paths_of
from wirescope.events import ConnectionFailed, Finding, IceError, Statistics
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    Description,
    IceServer,
    Peer,
    PeerOptions,
    open_peer,
)
from wirescope.transports.webrtc.media import ColourBars, Tone
from wirescope.wire.turn import make_credentials

pytestmark = pytest.mark.slow

CHAT = ChannelOptions(label="chat")
SMALL = ColourBars(width=320, height=180)
SECRET = b"shared"


def chat(one: Peer, _other: Peer) -> None:
    one.create_channel(CHAT)


def found(capture: Capture, connection: str = "") -> list[Finding]:
    analyzer = Analyzer()
    findings = [*analyzer.feed(capture.events), *analyzer.finish()]
    return [each for each in findings if connection in ("", each.connection)]


def serious(findings: Iterable[Finding]) -> list[str]:
    return [each.code for each in findings if each.severity != "info"]


@asynccontextmanager
async def failing(
    *servers: IceServer, relay: bool = False, timeout_s: float = 1.5
) -> AsyncIterator[tuple[Capture, Peer]]:
    """A call whose first side has these servers, until it has failed."""
    capture = Capture()
    options = PeerOptions(
        ice_servers=servers,
        transport_policy="relay" if relay else "all",
        open_timeout_s=timeout_s,
    )
    other = PeerOptions(open_timeout_s=timeout_s + 5)
    async with two_peers(capture, options=options, other=other, prepare=chat) as (one, _):
        async with asyncio.timeout(timeout_s + 10):
            await one.wait_ended()
        assert capture.of(ConnectionFailed, one.id)
        yield capture, one


def paths(capture: Capture, peer: Peer) -> PathReport:
    return paths_of(capture.events, connection=peer.id)


# Servers


async def test_a_relay_that_nobody_is_at_is_named_by_the_closed_port() -> None:
    (port,) = free_ports(1)
    server = IceServer(f"turn:127.0.0.1:{port}?transport=tcp", USER, PASSWORD)
    async with failing(server, relay=True) as (capture, one):
        findings = found(capture, one.id)
    assert serious(findings) == ["ICE110"]
    assert findings[0].severity == "error"
    assert server.url in findings[0].cause


async def test_a_relay_over_tls_at_a_closed_port_is_named() -> None:
    (port,) = free_ports(1)
    server = IceServer(f"turns:127.0.0.1:{port}", USER, PASSWORD)
    async with failing(server, relay=True) as (capture, one):
        assert serious(found(capture, one.id)) == ["ICE111"]


async def test_a_silent_relay_is_named_before_the_engine_gives_it_up() -> None:
    (port,) = free_ports(1)
    server = IceServer(f"turn:127.0.0.1:{port}", USER, PASSWORD)
    async with failing(server, relay=True) as (capture, one):
        findings = found(capture, one.id)
    assert serious(findings) == ["ICE117"]
    assert server.url in findings[0].cause


async def test_a_relay_at_a_port_that_no_engine_asks_is_named() -> None:
    server = IceServer("turn:127.0.0.1:9?transport=tcp", USER, PASSWORD)
    async with failing(server, relay=True) as (capture, one):
        assert serious(found(capture, one.id)) == ["ICE118"]


async def test_a_name_that_does_not_resolve_is_named() -> None:
    server = IceServer("turn:nowhere.invalid", USER, PASSWORD)
    async with failing(server, relay=True, timeout_s=8) as (capture, one):
        findings = found(capture, one.id)
    assert serious(findings) == ["ICE101"]
    assert server.url in findings[0].cause


@pytest.mark.requires("turnserver")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_wrong_credentials_are_named(transport: str) -> None:
    async with coturn() as server:
        url = f"{server.turn}?transport={transport}"
        async with failing(IceServer(url, USER, "wrong"), relay=True) as (capture, one):
            findings = found(capture, one.id)
            (seen,) = [each for each in paths(capture, one).servers if each.url]
    assert serious(findings) == ["ICE102"]
    assert {each.code for each in seen.refusals} == {401}
    assert seen.transport == transport


@pytest.mark.requires("turnserver")
async def test_credentials_that_have_run_out_are_told_from_wrong_ones() -> None:
    now_s = Capture().timeline.started_wall_ns // 10**9
    over = make_credentials(SECRET, expires_at_s=now_s - 7200)
    secret = ("--use-auth-secret", "--static-auth-secret", SECRET.decode())
    async with coturn(*secret, long_term=False) as server:
        asked = IceServer(f"{server.turn}?transport=tcp", over.username, over.password)
        async with failing(asked, relay=True) as (capture, one):
            findings = found(capture, one.id)
    assert serious(findings) == ["ICE103"]
    assert "2 h" in findings[0].cause


@pytest.mark.requires("turnserver")
async def test_a_quota_that_is_reached_is_named() -> None:
    capture = Capture()
    async with coturn("--user-quota", "1") as server:
        options = PeerOptions(
            ice_servers=(IceServer(f"{server.turn}?transport=tcp", USER, PASSWORD),),
            open_timeout_s=3,
        )
        async with two_peers(capture, options=options, prepare=chat) as (one, two):
            await one.wait_open()
            await two.wait_open()
            await until(lambda: any(each.code == 486 for each in capture.of(IceError)))
        refused = {each.connection for each in capture.of(IceError) if each.code == 486}
        told = {each.connection for each in found(capture) if each.code == "ICE105"}
        got = {
            each
            for each in refused
            if any(server.candidates for server in paths_of(capture.events, connection=each).servers
                   if server.url)
        }  # fmt: skip
    assert told == refused - got


@pytest.mark.requires("turnserver")
async def test_a_call_through_a_relay_over_tcp_is_told_to_be_one() -> None:
    capture = Capture()
    async with coturn() as server:
        options = PeerOptions(
            ice_servers=(IceServer(f"{server.turn}?transport=tcp", USER, PASSWORD),),
            transport_policy="relay",
            open_timeout_s=10,
        )
        async with two_peers(capture, options=options, prepare=chat) as (one, two):
            await one.wait_open()
            await two.wait_open()
            await until(lambda: paths(capture, one).path)
        report = paths(capture, one)
    path = report.path
    assert path is not None
    assert (path.is_relayed, path.over) == (True, "tcp")
    assert [each.kind for each in report.of("local")] == ["relay"] * len(report.of("local"))
    assert {each.relayed_over for each in report.of("local")} == {"tcp"}
    assert set(serious(found(capture, one.id))) == {"ICE305"}


# What the two sides say


async def by_hand(
    change: Callable[[str], str],
    *,
    change_offer: Callable[[str], str] = str,
    timeout_s: float = 3,
) -> tuple[Capture, Peer]:
    """A call by hand, whose descriptions somebody changes on their way."""
    capture = Capture()
    options = PeerOptions(open_timeout_s=timeout_s)
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as two,
    ):
        one.create_channel(CHAT)
        offer = await one.offer(gather=True)
        await two.take(Description("offer", change_offer(offer.sdp)))
        answer = await two.answer(gather=True)
        await one.take(Description("answer", change(answer.sdp)))
        async with asyncio.timeout(timeout_s + 5):
            await one.wait_ended()
    return capture, one


async def test_another_fingerprint_than_the_certificate_s_is_named() -> None:
    def other(sdp: str) -> str:
        return re.sub(r"(a=fingerprint:\S+ )\S+", lambda at: at[1] + ":".join(["AB"] * 32), sdp)

    capture, one = await by_hand(other)
    assert serious(found(capture, one.id)) == ["DTLS101"]


def without_candidates(sdp: str) -> str:
    return re.sub(r"a=candidate:.*\r\n", "", sdp)


async def test_addresses_that_do_not_arrive_in_either_direction_are_named() -> None:
    capture, one = await by_hand(without_candidates, change_offer=without_candidates)
    assert serious(found(capture, one.id)) == ["ICE201"]


async def test_candidates_of_another_description_are_named() -> None:
    capture = Capture()
    options = PeerOptions(open_timeout_s=2)
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as two,
    ):
        one.create_channel(CHAT)
        offer = await one.offer(gather=True)
        await two.take(Description("offer", without_candidates(offer.sdp)))
        answer = await two.answer(gather=True)
        await one.take(Description("answer", without_candidates(answer.sdp)))
        for line in re.findall(r"a=(candidate:.*)\r\n", answer.sdp):
            text = re.sub(r" ufrag \S+", "", line)
            await one.add_candidate(Candidate(f"{text} ufrag zzzz", "0", 0))
        async with asyncio.timeout(8):
            await one.wait_ended()
    findings = found(capture, one.id)
    assert serious(findings) == ["ICE209"]
    assert "zzzz" in findings[0].cause


async def test_sides_without_a_codec_in_common_are_named() -> None:
    capture = Capture()
    options = PeerOptions(codecs=("VP8",), open_timeout_s=2)
    other = PeerOptions(codecs=("VP9",), open_timeout_s=2)

    def video(one: Peer, _two: Peer) -> None:
        one.media.send_video(SMALL)

    async with two_peers(capture, options=options, other=other, prepare=video) as (one, _):
        async with asyncio.timeout(8):
            await one.wait_ended()
    findings = found(capture, one.id)
    assert serious(findings) == ["SIG112"]
    assert "VP8" in findings[0].cause


async def test_an_offer_that_nobody_answers_is_named() -> None:
    capture = Capture()
    options = PeerOptions(open_timeout_s=0.5)
    async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one:
        one.create_channel(CHAT)
        await one.offer()
        async with asyncio.timeout(5):
            await one.wait_ended()
    assert serious(found(capture)) == ["SIG101"]


# A call that is well


@pytest.mark.requires("turnserver")
async def test_nothing_is_wrong_with_a_call_of_messages_sound_and_picture() -> None:
    capture = Capture()

    def everything(one: Peer, two: Peer) -> None:
        one.create_channel(CHAT)
        for each in (one, two):
            each.media.send_video(SMALL)
            each.media.send_audio(Tone())

    async with coturn() as server:
        options = PeerOptions(
            ice_servers=(
                IceServer(server.stun),
                IceServer(server.turn, USER, PASSWORD),
            ),
            statistics_interval_s=0.5,
        )
        async with two_peers(capture, options=options, prepare=everything) as (one, two):
            await one.wait_open()
            await two.wait_open()
            for peer in (one, two):
                await until(lambda at=peer: at.channels and at.channels[0].state == "open")
                await until(lambda at=peer: _decoded(capture, at.id) > 150, 30)
    assert serious(found(capture)) == []
    for peer in (one, two):
        report = paths(capture, peer)
        assert report.path is not None
        assert not report.path.is_relayed
        assert [each.errors for each in report.servers if each.url] == [(), ()]
        assert report.servers[2].first_ns is not None
        assert report.losses == ()


def _decoded(capture: Capture, connection: str) -> int:
    told = [
        each.values["framesDecoded"]
        for each in capture.of(Statistics, connection)
        if each.object == "inbound-rtp" and "framesDecoded" in each.values
    ]
    return int(told[-1]) if told else 0  # type: ignore[call-overload]
