"""One transport: how it comes about, what it survives, and how it ends."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import webrtc
from aioice.turn import TurnTransport
from aiortc.rtcdtlstransport import State

from tests.support.forwarding import forwarding, publishing, watching
from tests.support.peers import Capture, until
from tests.support.udp_relay import udp_relay
from wirescope.analysis import Analyzer
from wirescope.errors import ConnectionClosedError, SignalingError
from wirescope.events import ConnectionClosed, ConnectionFailed, IceCandidate
from wirescope.transports.webrtc import END_OF_CANDIDATES, Candidate
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.packets import ForwarderOptions, Publisher
from wirescope.transports.webrtc.packets.stack import LOOPBACK
from wirescope.transports.webrtc.signaling import Fragment


@asynccontextmanager
async def a_peer() -> AsyncIterator[tuple[Any, list[Candidate], str]]:
    """Give an engine peer that would publish sound, its candidates, and its offer with none."""
    native = load().RTCPeerConnection()
    candidates: list[Candidate] = []
    native.on(
        "icecandidate",
        lambda event: (
            candidates.append(Candidate(event.candidate.candidate, "0"))
            if event.candidate is not None and event.candidate.candidate
            else None
        ),
    )
    sendonly = webrtc.RTCRtpTransceiverInit(direction="sendonly")
    native.add_transceiver(webrtc.MediaStreamTrackGenerator("audio"), sendonly)
    try:
        await native.set_local_description()
        local = native.local_description
        assert local is not None
        await until(lambda: native.ice_gathering_state.value == "complete")
        yield native, candidates, re.sub(r"a=candidate:.*\r\n", "", local.sdp)
    finally:
        native.close()


async def take(native: Any, answer: str) -> None:
    await native.set_remote_description(webrtc.RTCSessionDescriptionInit(type="answer", sdp=answer))


def without_candidates(answer: str) -> str:
    return re.sub(r"a=(candidate|end-of-candidates).*\r\n", "", answer)


async def test_candidates_that_come_later_are_used() -> None:
    capture = Capture()
    async with forwarding(capture) as forwarder, a_peer() as (native, candidates, offer):
        session = await forwarder.publish()
        # the peer learns no address of this end, so that only what it told leads to it
        await take(native, without_candidates(await session.answer(offer)))
        garbage = [
            Candidate("candidate:1 1 udp"),
            Candidate("candidate:x y z 1 2 3 4 5"),
            END_OF_CANDIDATES,
        ]
        await session.add_candidates([*garbage, *candidates])
        await until(lambda: session.is_open)
    remote = [each for each in capture.of(IceCandidate) if each.side == "remote"]
    assert len(remote) == len(candidates)


async def test_the_loopback_address_is_told_and_other_connections_are_not_changed() -> None:
    import aioice

    capture = Capture()
    async with forwarding(capture) as forwarder, a_peer() as (_, _, offer):
        session = await forwarder.publish()
        assert f" {LOOPBACK} " in await session.answer(offer)
        other = aioice.Connection(ice_controlling=False)
        await other.gather_candidates()
        assert LOOPBACK not in [each.host for each in other.local_candidates]
        await other.close()


async def test_another_certificate_than_the_announced_one_is_refused() -> None:
    capture = Capture()
    async with forwarding(capture) as forwarder, a_peer() as (native, candidates, offer):
        session = await forwarder.publish()
        wrong = re.sub(
            r"(a=fingerprint:sha-256 )(..)",
            lambda found: found[1] + ("FF" if found[2] == "00" else "00"),
            offer,
        )
        await take(native, await session.answer(wrong))
        await session.add_candidates(candidates)
        await until(lambda: session.outcome)
        assert isinstance(session.outcome, ConnectionFailed)
        assert (session.outcome.phase, session.outcome.kind) == ("dtls", "dtls")


async def test_a_peer_that_does_not_answer_is_given_up_after_the_deadline() -> None:
    capture = Capture()
    options = ForwarderOptions(open_timeout_s=0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((LOOPBACK, 0))
        port = silent.getsockname()[1]
        async with forwarding(capture, options) as forwarder, a_peer() as (_, _, offer):
            session = await forwarder.publish()
            await session.answer(offer)
            await session.add_candidates(
                [Candidate(f"candidate:1 1 udp 5 {LOOPBACK} {port} typ host", "0")]
            )
            await until(lambda: session.outcome)
    assert isinstance(session.outcome, ConnectionFailed)
    assert (session.outcome.phase, session.outcome.kind) == ("ice", "no-path")


async def test_a_peer_that_names_no_address_is_given_up_and_the_reason_says_so() -> None:
    capture = Capture()
    options = ForwarderOptions(open_timeout_s=0.3)
    async with forwarding(capture, options) as forwarder, a_peer() as (_, _, offer):
        session = await forwarder.publish()
        await session.answer(offer)
        await until(lambda: session.outcome)
    assert isinstance(session.outcome, ConnectionFailed)
    assert session.outcome.kind == "no-candidates"


async def test_dtls_that_does_not_go_on_is_given_up_after_the_deadline() -> None:
    capture = Capture()
    options = ForwarderOptions(open_timeout_s=0.5)
    async with forwarding(capture, options) as forwarder, a_peer() as (native, candidates, offer):
        session = await forwarder.publish()
        answer = await session.answer(offer)
        # what comes over DTLS is thrown away, ICE goes on
        connection = session._leg._gatherer._connection
        connection.data_received = lambda data, component: None
        await take(native, answer)
        await session.add_candidates(candidates)
        await until(lambda: session.outcome)
    assert isinstance(session.outcome, ConnectionFailed)
    assert (session.outcome.phase, session.outcome.kind) == ("dtls", "timeout")


@pytest.mark.parametrize(
    ("side", "kind", "found"), [("local", "aborted", []), ("remote", "left", ["DTLS104"])]
)
async def test_an_end_during_the_handshake_is_blamed_on_the_side_that_made_it(
    side: str, kind: str, found: list[str]
) -> None:
    capture = Capture()
    async with forwarding(capture) as forwarder, a_peer() as (native, candidates, offer):
        session = await forwarder.publish()
        answer = await session.answer(offer)
        leg = session._leg
        leg._gatherer._connection.data_received = lambda data, component: None
        await take(native, answer)
        await session.add_candidates(candidates)
        await until(lambda: leg._dtls.state == "connecting")
        if side == "local":
            await session.close()
        else:
            leg._dtls._set_state(State.CLOSED)  # as when the other side's word of it comes
        await until(lambda: session.outcome)
    outcome = session.outcome
    assert isinstance(outcome, ConnectionFailed)
    assert (outcome.phase, outcome.kind) == ("dtls", kind)
    analyzer = Analyzer()
    findings = [*analyzer.feed(capture.events), *analyzer.finish()]
    assert [each.code for each in findings if each.severity == "error"] == found


async def test_a_session_can_be_closed_at_any_time() -> None:
    capture = Capture()
    async with forwarding(capture) as forwarder, a_peer() as (_, _, offer):
        unused = await forwarder.publish()
        await unused.close()
        await unused.close()
        answered = await forwarder.publish()
        await answered.answer(offer)
        await answered.close()
        await answered.close()
        meanwhile = await forwarder.publish()
        async with asyncio.TaskGroup() as group:
            answering = group.create_task(refused(meanwhile, offer))
            group.create_task(meanwhile.close())
        assert answering.result()
    outcomes = [each.outcome for each in (unused, answered, meanwhile)]
    assert {each.kind for each in outcomes if isinstance(each, ConnectionFailed)} == {"aborted"}


async def test_a_close_that_is_cancelled_leaves_nobody_waiting() -> None:
    async with forwarding(Capture()) as forwarder:
        session = await forwarder.publish()
        busy = session._leg._busy  # as while sockets are opened
        async with busy, asyncio.timeout(5), asyncio.TaskGroup() as group:
            closing = group.create_task(session.close())
            await until(lambda: session.is_over)
            closing.cancel()
        assert closing.cancelled()
        async with asyncio.timeout(5):
            await session.close()
        assert isinstance(session.outcome, ConnectionFailed)


async def refused(session: Publisher, offer: str) -> bool:
    try:
        await session.answer(offer)
    except ConnectionClosedError:
        return True
    return False


async def test_ice_cannot_be_restarted_and_the_session_goes_on() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder) as publisher:
        with pytest.raises(SignalingError) as caught:
            await publisher.session.restart(Fragment())
        assert caught.value.status == 422
        assert publisher.session.is_open


async def test_what_a_handler_raises_is_reported_and_ends_nothing() -> None:
    reported: list[dict[str, Any]] = []
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder) as publisher,
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames)
        asyncio.get_running_loop().set_exception_handler(lambda _, about: reported.append(about))
        datagrams = publisher.session._leg.datagrams
        take_rtp = datagrams._on_rtp

        def fail(_: bytes) -> None:
            raise RuntimeError("no")

        datagrams._on_rtp = fail
        await until(lambda: reported)
        datagrams._on_rtp = take_rtp
        seen = viewer.frames
        await until(lambda: viewer.frames > seen + 10)
    assert {type(each["exception"]) for each in reported} == {RuntimeError}


async def test_garbage_is_counted_and_ends_nothing() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder) as publisher,
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames)
        datagrams = publisher.session._leg.datagrams
        for data in (
            b"",
            b"\x80",
            b"\x80\x60" + bytes(30),
            b"\x80\xc8" + bytes(30),
            b"\x14garbage",
        ):
            datagrams.on_datagram(data, 1)
        assert datagrams.refused >= 3
        datagrams._on_rtcp(bytes(range(200)))
        seen = viewer.frames
        await until(lambda: viewer.frames > seen + 10)


async def test_a_full_socket_loses_packets_of_one_viewer_only() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as slow,
        watching(forwarder) as quick,
    ):
        await until(lambda: slow.frames and quick.frames)
        pair = slow.session._leg.datagrams._connection._nominated[1]
        real = pair.protocol.transport

        class Full:
            """A socket that has no room."""

            def get_write_buffer_size(self) -> int:
                return 1 << 20

        pair.protocol.transport = Full()
        seen, before = slow.frames, quick.frames
        await until(lambda: quick.frames > before + 20)
        pair.protocol.transport = real
        assert slow.session.record().lost > 20
        assert slow.frames < seen + 10
        await until(lambda: slow.frames > seen + 20)


async def test_packets_go_over_a_transport_that_does_not_tell_how_much_waits() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames)
        protocol = viewer.session._leg.datagrams._connection._nominated[1].protocol
        real = protocol.transport

        class Relayed:
            """What aioice's transport over TURN can do."""

            def sendto(self, data: bytes, addr: tuple[str, int]) -> None:
                real.sendto(data, addr)

        assert not hasattr(TurnTransport, "get_write_buffer_size")
        protocol.transport = Relayed()
        try:
            seen = viewer.frames
            await until(lambda: viewer.frames > seen + 20)
        finally:
            protocol.transport = real
        assert viewer.session.record().lost == 0


async def test_a_viewer_that_vanishes_without_a_word_is_noticed_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.2)  # RFC 7675 has 5 s, six times
    capture = Capture()
    async with (
        forwarding(capture) as forwarder,
        publishing(forwarder),
        udp_relay() as relay,
        watching(forwarder) as stays,
    ):
        async with watching(forwarder, relay=relay) as vanishes:
            await until(lambda: vanishes.frames and stays.frames)
            relay.to_client.loss = relay.to_server.loss = 1
            await until(lambda: vanishes.session.outcome, 15)
            closed = vanishes.session.outcome
        assert isinstance(closed, ConnectionClosed)
        assert (closed.initiator, closed.cause) == ("network", "ice")
        await until(lambda: len(forwarder.record().viewers) == 1)
        seen = stays.frames
        await until(lambda: stays.frames > seen + 10)


async def test_a_publisher_that_is_open_and_sends_nothing_makes_room_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wirescope.transports.webrtc.packets.publisher.SILENT_NS", 300_000_000)
    async with forwarding(Capture()) as forwarder, a_peer() as (native, candidates, offer):
        session = await forwarder.publish()
        await take(native, await session.answer(offer))
        assert not session.is_silent
        await session.add_candidates(candidates)
        await until(lambda: session.is_silent)
        assert not session.layers()
        async with publishing(forwarder) as other:
            assert session.is_over
            assert other.session.is_open


async def test_all_sessions_end_with_the_forwarder() -> None:
    capture = Capture()
    async with a_peer() as (native, candidates, offer):
        async with forwarding(capture) as forwarder:
            session = await forwarder.publish()
            await take(native, await session.answer(offer))
            await session.add_candidates(candidates)
            await until(lambda: session.is_open)
        closed = session.outcome
        assert isinstance(closed, ConnectionClosed)
        assert (closed.initiator, closed.cause) == ("local", "close")
