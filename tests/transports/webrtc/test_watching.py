"""What is asked of STUN and TURN servers, and whose candidates come, is written down."""

import socket

from tests.support.peers import Capture, two_peers, until
from wirescope.events import ConnectionOpening, IceCandidate, IceError, IceServersSet, Timeline
from wirescope.transports.webrtc import ChannelOptions, IceServer, Peer, PeerOptions, open_peer
from wirescope.wire.sdp import parse_sdp
from wirescope.wire.turn import make_credentials


def nobody() -> str:
    """A port of this machine where nobody listens, which TCP says at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"turn:127.0.0.1:{taken.getsockname()[1]}?transport=tcp"


def make_channel(one: Peer, _two: Peer) -> None:
    one.create_channel(ChannelOptions(label="chat"))


async def test_the_servers_that_are_asked_are_told_without_their_credentials() -> None:
    capture = Capture()
    now_s = capture.timeline.started_wall_ns // 10**9
    timed = make_credentials(b"secret", expires_at_s=now_s + 3600, user="ann")
    over = make_credentials(b"secret", expires_at_s=now_s - 60)
    servers = (
        IceServer("stun:127.0.0.1:9"),
        IceServer("turn:127.0.0.1:9?transport=tcp", timed.username, timed.password),
        IceServer("turn:127.0.0.1:9", over.username, over.password),
        IceServer("turn:127.0.0.1:10", "12345", "secret"),
    )
    options = PeerOptions(ice_servers=servers)
    async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options):
        opening, told = capture.events[:2]
    assert isinstance(opening, ConnectionOpening)
    assert isinstance(told, IceServersSet)
    assert [each.url for each in told.servers] == [each.url for each in servers]
    stun, valid, expired, number = [each.valid_s for each in told.servers]
    assert stun is None
    assert valid is not None
    assert 3590 < valid <= 3600
    assert expired is not None
    assert -70 < expired < -58
    assert number is None, "a number that is no time"
    assert told.policy == "all"
    assert "secret" not in str(told)


async def test_a_connection_without_servers_tells_of_none() -> None:
    capture = Capture()
    async with open_peer(timeline=capture.timeline, sink=capture.sink):
        pass
    assert capture.of(IceServersSet) == []


async def test_servers_that_are_named_later_are_told_and_what_they_say() -> None:
    capture, later = Capture(), nobody()
    first = IceServer("stun:127.0.0.1:9")
    options = PeerOptions(ice_servers=(first,), transport_policy="all")
    async with open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as peer:
        peer.use_ice_servers([IceServer(later, "ann", "secret")])
        peer.create_channel(ChannelOptions(label="chat"))
        await peer.offer()
        await until(lambda: capture.of(IceError))
        asked = [each.url for told in capture.of(IceServersSet) for each in told.servers]
        assert asked == [first.url, later]
        assert {(each.url, each.code) for each in capture.of(IceError)} == {(later, 701)}


async def test_candidates_of_both_sides_say_which_description_they_belong_to() -> None:
    capture = Capture(timeline=Timeline())
    async with two_peers(capture, prepare=make_channel) as (one, two):
        await one.wait_open()
        await two.wait_open()
        told = {side: set[str | None]() for side in ("local", "remote")}
        for each in capture.of(IceCandidate, one.id):
            told[each.side].add(each.ufrag)
    described = [
        {parsed.ice_credentials_of(section)[0] for section in parsed.media}
        for parsed in (
            parse_sdp(each.sdp)
            for each in capture.events
            if each.type == "signaling.description" and each.connection == one.id
        )
    ]
    assert told["local"] == described[0]
    assert told["remote"] <= described[1]
