"""Engine peers behind the resources of WHIP and WHEP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.support.peers import Capture, until
from tests.transports.webrtc.signaling.asking import FRAGMENT, SDP, field, request
from wirescope.errors import ConnectError, DescriptionError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    SignalingDescription,
    SignalingExchange,
)
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    Description,
    Peer,
    PeerOptions,
    open_peer,
)
from wirescope.transports.webrtc.signaling import Fragment, HttpResponse, Mount, peer_sessions
from wirescope.transports.webrtc.signaling.peer_session import nothing


async def echo(peer: Peer) -> None:
    """Send back what comes on the first channel."""
    await until(lambda: peer.channels)
    async for message in peer.channels[0]:
        await peer.channels[0].send(message.text)


@asynccontextmanager
async def mounted(
    capture: Capture,
    handler: Callable[[Peer], Awaitable[None]] = echo,
    options: PeerOptions | None = None,
) -> AsyncIterator[Mount]:
    async with peer_sessions(
        handler, timeline=capture.timeline, sink=capture.sink, options=options
    ) as open_session:
        mount = Mount("/whip/sink", "whip", open_session)
        yield mount
        await mount.close()


def without_candidates(sdp: str) -> str:
    return "".join(line for line in sdp.splitlines(keepends=True) if "a=candidate" not in line)


@asynccontextmanager
async def publishing(mount: Mount, capture: Capture) -> AsyncIterator[tuple[Peer, HttpResponse]]:
    """Open a peer with a channel whose offer the mount has answered; it has told no candidates."""
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        peer.create_channel(ChannelOptions(label="chat"))
        bare = without_candidates((await peer.offer()).sdp)
        created = await mount.handle(request("POST", body=bare, Content_Type=SDP))
        assert created.status == 201, created.body
        await peer.take(Description("answer", created.body.decode()))
        yield peer, created


async def said_back(peer: Peer, text: str) -> None:
    await peer.channels[0].wait_open()
    await peer.channels[0].send(text)
    assert (await peer.channels[0].receive()).text == text


async def test_a_client_connects_and_is_written_down_on_the_server_s_side() -> None:
    capture = Capture()
    async with mounted(capture) as mount, publishing(mount, capture) as (peer, created):
        await said_back(peer, "hello")
        path = field(created, "Location")
        assert (await mount.handle(request("DELETE", path))).status == 200
        assert mount.sessions == 0
        await peer.wait_ended()
    server = next(each.connection for each in capture.events if each.connection != peer.id)
    exchanges = capture.of(SignalingExchange, server)
    assert [(each.method, each.status) for each in exchanges] == [("POST", 201), ("DELETE", 200)]
    types = [each.type for each in capture.events if each.connection == server]
    assert types[-1] == "connection.closed"
    assert capture.of(ConnectionClosed, peer.id)[0].initiator == "remote"


async def test_the_answer_has_all_of_the_server_s_candidates() -> None:
    capture = Capture()
    async with mounted(capture) as mount, publishing(mount, capture) as (_, created):
        assert b"a=candidate:" in created.body


async def test_candidates_that_come_later_are_used_or_passed_over() -> None:
    capture = Capture()
    async with mounted(capture) as mount, publishing(mount, capture) as (peer, created):
        own = Fragment.of(capture.of(SignalingDescription, peer.id)[0].sdp)
        host = "candidate:1 1 udp 2122260223 127.0.0.1 9 typ host"
        odd = "candidate:garbage"
        told = (Candidate(odd), Candidate(host))
        fragment = Fragment(own.ufrag, own.password, told, own.mid)
        response = await mount.handle(
            request(
                "PATCH",
                field(created, "Location"),
                fragment.text(),
                Content_Type=FRAGMENT,
                If_Match=field(created, "ETag"),
            )
        )
        assert response.status == 204
        await said_back(peer, "hello")


async def test_an_ice_restart_keeps_the_connection() -> None:
    capture = Capture()
    async with mounted(capture) as mount, publishing(mount, capture) as (peer, created):
        await said_back(peer, "before")
        peer.restart_ice()
        offer = await peer.offer(gather=True)
        response = await mount.handle(
            request(
                "PATCH",
                field(created, "Location"),
                Fragment.of(offer.sdp).text(),
                Content_Type=FRAGMENT,
                If_Match="*",
            )
        )
        assert response.status == 200, response.body
        own = Fragment.parse(response.body.decode())
        assert own.ufrag != Fragment.of(created.body.decode()).ufrag
        assert own.candidates
        await peer.take(Description("answer", own.put_into(created.body.decode())))
        await said_back(peer, "after")
    server = next(each.connection for each in capture.events if each.connection != peer.id)
    assert len(capture.of(SignalingDescription, server)) == 4


async def test_an_offer_that_the_engine_refuses_leaves_nothing_behind() -> None:
    capture = Capture()
    async with mounted(capture) as mount:
        offer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=garbage\r\n"
        response = await mount.handle(request("POST", body=offer, Content_Type=SDP))
        assert response.status == 422
        assert mount.sessions == 0
    assert [each.status for each in capture.of(SignalingExchange)] == [422]
    assert len(capture.of(ConnectionFailed)) == 1


async def test_a_client_that_never_comes_is_forgotten() -> None:
    async def wait(_: Peer) -> None:
        await asyncio.Event().wait()

    capture = Capture()
    options = PeerOptions(open_timeout_s=0.3)
    async with mounted(capture, wait, options) as mount:
        async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
            peer.create_channel(ChannelOptions(label="chat"))
            offer = without_candidates((await peer.offer()).sdp)
            created = await mount.handle(request("POST", body=offer, Content_Type=SDP))
            assert (created.status, mount.sessions) == (201, 1)  # whose answer nobody takes
        await until(lambda: mount.sessions == 0)


async def test_a_handler_that_fails_ends_its_peer_alone() -> None:
    capture, faults = Capture(), []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: faults.append(context["message"]))

    async def fail(peer: Peer) -> None:
        await peer.wait_open()
        raise ValueError

    async with mounted(capture, fail) as mount, publishing(mount, capture) as (peer, _):
        await peer.wait_ended()
        assert len(faults) == 1
        async with publishing(mount, capture) as (other, _):
            await other.wait_open()


async def test_a_peer_that_fails_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    capture, faults = Capture(), []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: faults.append(context["message"]))
    ended = Peer.wait_ended

    async def fail(peer: Peer) -> None:
        await peer.wait_open()
        raise ValueError

    async with mounted(capture, nothing) as mount, publishing(mount, capture) as (one, _):
        await one.wait_open()
        monkeypatch.setattr(Peer, "wait_ended", fail)
        async with publishing(mount, capture) as (other, _):
            await until(lambda: other.closed)
        monkeypatch.setattr(Peer, "wait_ended", ended)
        assert faults == ["A peer has failed"]
        assert one.is_open


async def test_a_peer_that_cannot_be_opened_is_the_fault_of_its_client_s_request_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capture = Capture()

    def fail(_: Peer) -> None:
        raise ValueError

    async with mounted(capture, nothing) as mount:
        with monkeypatch.context() as patched:
            patched.setattr(Peer, "_make_native", fail)
            offer = "v=0\r\nm=audio 9 X 0\r\n"
            response = await mount.handle(request("POST", body=offer, Content_Type=SDP))
        assert response.status == 500
        async with publishing(mount, capture) as (peer, _):
            await peer.wait_open()


async def test_what_is_left_is_closed_at_the_end() -> None:
    capture = Capture()
    async with peer_sessions(timeline=capture.timeline, sink=capture.sink) as open_session:
        mount = Mount("/whip/sink", "whip", open_session)
        async with publishing(mount, capture) as (peer, _):
            await peer.wait_open()
    assert len(capture.of(ConnectionClosed)) == 2


async def test_a_restart_that_fails_leaves_the_session_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capture, opened = Capture(), []

    async def note(peer: Peer) -> None:
        opened.append(peer)
        await echo(peer)

    async def fail(_: Peer, **__: bool) -> Description:
        raise DescriptionError("No answer can be made.")

    async with mounted(capture, note) as mount, publishing(mount, capture) as (peer, created):
        await said_back(peer, "before")
        peer.restart_ice()
        offer = await peer.offer(gather=True)

        async def restart() -> HttpResponse:
            return await mount.handle(
                request(
                    "PATCH",
                    field(created, "Location"),
                    Fragment.of(offer.sdp).text(),
                    Content_Type=FRAGMENT,
                    If_Match="*",
                )
            )

        with monkeypatch.context() as patched:
            patched.setattr(Peer, "answer", fail)
            assert (await restart()).status == 422
        assert opened[0].is_stable
        own = Fragment.parse((await restart()).body.decode())
        await peer.take(Description("answer", own.put_into(created.body.decode())))
        await said_back(peer, "after")


async def test_what_a_handler_raises_is_told_as_the_end_of_its_peer() -> None:
    capture = Capture()

    async def fail(peer: Peer) -> None:
        await peer.wait_open()
        raise ConnectError("The database refused.", phase="tcp", kind="refused")

    async with mounted(capture, fail) as mount, publishing(mount, capture) as (peer, _):
        await peer.wait_ended()
    (ended,) = [each for each in capture.of(ConnectionClosed) if each.connection != peer.id]
    assert (ended.cause, ended.reason) == ("aborted", "The database refused")
