"""One publisher, many viewers: engine peers at both ends, over loopback."""

import asyncio
import random
import re
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.support.forwarding import (
    HEIGHT,
    WIDTH,
    Receiver,
    forwarding,
    lose,
    publishing,
    watching,
)
from tests.support.peers import Capture, until
from wirescope.errors import DescriptionError, SignalingError, UsageError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    IceCandidate,
    IcePair,
    MediaTrack,
    PeerState,
    SignalingDescription,
)
from wirescope.states import may_move
from wirescope.transports.webrtc.packets import (
    ForwarderOptions,
    OutboundRecord,
    Viewer,
    control,
)
from wirescope.wire.rtcp import ReportBlock
from wirescope.wire.rtp import parse_rtp, parse_vp8


def video(viewer: Viewer) -> OutboundRecord:
    return next(each for each in viewer.record().streams if each.kind == "video")


@pytest.mark.parametrize("codec", ["VP8", "VP9"])
async def test_a_viewer_gets_picture_and_sound(codec: str) -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder, codec=codec),
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames > 20 and viewer.samples > 20_000)
        assert viewer.sizes == {(WIDTH, HEIGHT)}
        record = forwarder.record()
        assert record.publisher is not None
        assert {each.codec for each in record.publisher.streams} == {codec, "opus"}
        assert (await viewer.statistics("video"))["packetsLost"] == 0


@pytest.mark.each_loop
async def test_what_happens_on_both_connections_is_written_down() -> None:
    capture = Capture()
    async with (
        forwarding(capture) as forwarder,
        publishing(forwarder) as publisher,
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames)
    phases = {each.name for each in capture.of(ConnectionPhase, publisher.session.id)}
    assert phases == {"gathering", "signaling", "ice", "dtls", "first-media"}
    for session in (publisher.session, viewer.session):
        events = [each for each in capture.events if each.connection == session.id]
        assert isinstance(events[0], ConnectionOpening)
        assert isinstance(events[-1], ConnectionClosed)
        described = [(e.side, e.kind) for e in capture.of(SignalingDescription, session.id)]
        assert described == [("remote", "offer"), ("local", "answer")]
        assert {each.side for each in capture.of(IceCandidate, session.id)} == {"local", "remote"}
        (pair,) = capture.of(IcePair, session.id)
        assert pair.selected
        assert re.fullmatch(r"host udp (\[[0-9a-f:]+\]|[0-9.]+):[0-9]+", pair.local)
        assert len(capture.of(ConnectionOpened, session.id)) == 1
    assert {(each.direction, each.kind) for each in capture.of(MediaTrack)} == {
        ("received", "audio"),
        ("received", "video"),
        ("sent", "audio"),
        ("sent", "video"),
    }
    moves = capture.of(PeerState)
    assert not [each for each in moves if not may_move(each.machine, each.from_, each.to)]
    assert [each.seq for each in capture.events] == list(range(1, len(capture.events) + 1))


async def test_a_viewer_that_comes_late_sees_a_picture_within_a_second() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder) as publisher:
        await asyncio.sleep(2)  # the first key frame is long gone
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with watching(forwarder) as viewer:
            await until(lambda: viewer.frames)
            assert loop.time() - began < 1
        sent = await publisher.statistics("video")
        record = forwarder.record().publisher
        assert record is not None
        assert [each.key_frames_asked for each in record.streams if each.kind == "video"] == [1]
        assert sent["pliCount"] == 1


async def test_ten_viewers_see_the_same_and_a_key_frame_is_asked_for_once() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder) as publisher,
        AsyncExitStack() as stack,
    ):
        viewers = [await stack.enter_async_context(watching(forwarder)) for _ in range(10)]
        await until(lambda: all(each.frames > 20 for each in viewers))
        asked = (await publisher.statistics("video"))["pliCount"]
        before = (await publisher.statistics("video"))["keyFramesEncoded"]
        for each in viewers:
            forwarder._on_key_frame_wanted(each.session.streams["video"])
        await asyncio.sleep(0.6)
        after = await publisher.statistics("video")
        assert after["pliCount"] - asked == 1
        assert after["keyFramesEncoded"] - before == 1


async def test_a_viewer_that_loses_packets_recovers_them_and_the_other_notices_nothing() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as bad,
        watching(forwarder) as good,
    ):
        await until(lambda: bad.frames and good.frames)
        lose(bad.session, 0.1)
        await asyncio.sleep(4)
        received = await bad.statistics("video")
        assert received["nackCount"] > 0
        assert video(bad.session).again > 0
        assert received["retransmittedPacketsReceived"] > 0
        assert received["framesDecoded"] > 0.9 * good.frames
        undisturbed = await good.statistics("video")
        assert (undisturbed["nackCount"], undisturbed["packetsLost"]) == (0, 0)
        assert video(good.session).again == 0


async def test_packets_that_the_publisher_lost_are_asked_for_and_passed_on() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder) as publisher,
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames)
        chance = random.Random(5)
        datagrams = publisher.session._leg.datagrams
        take = datagrams._on_rtp
        datagrams._on_rtp = lambda data: None if chance.random() < 0.1 else take(data)
        await asyncio.sleep(4)
        datagrams._on_rtp = take
        await asyncio.sleep(0.5)
        record = publisher.session.record().streams
        pictures = next(each for each in record if each.kind == "video")
        assert pictures.recovered > 0
        assert pictures.recovered > 5 * pictures.given_up
        received = await viewer.statistics("video")
        assert received["framesDecoded"] > 0.9 * (await publisher.statistics("video"))["framesSent"]


async def test_nothing_that_follows_the_handshake_at_once_is_lost() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder) as publisher:
        await asyncio.sleep(0.5)
        sent = (await publisher.statistics("audio"))["packetsSent"]
        record = publisher.session.record().streams
        assert next(each.packets for each in record if each.kind == "audio") >= sent - 1


async def test_the_publisher_hears_how_it_is_received() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder) as publisher:
        await asyncio.sleep(3)
        heard = await publisher.statistics("video", "remote-inbound-rtp")
        assert heard["packetsLost"] == 0
        assert heard["roundTripTime"] < 0.5
        bps = 0.0
        for _ in range(50):
            report = [each.to_json() for each in (await publisher.native.get_stats()).values()]
            bps = max(bps, *(each.get("availableOutgoingBitrate", 0) for each in report))
            if bps > 500_000:  # without feedback on arrivals it stays at 300 000
                break
            await asyncio.sleep(0.2)
        assert bps > 500_000


async def test_the_viewer_learns_which_sound_belongs_to_which_picture() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as viewer,
    ):
        apart: float | None = None
        for _ in range(60):
            await asyncio.sleep(0.25)
            report = [each.to_json() for each in (await viewer.native.get_stats()).values()]
            # the publisher's time of what is heard and seen now, known after two reports of each
            played = [
                e["estimatedPlayoutTimestamp"] for e in report if "estimatedPlayoutTimestamp" in e
            ]
            if len(played) == 2:
                apart = abs(played[0] - played[1])
                if apart < 100:  # it is brought together little by little
                    break
        assert apart is not None
        assert apart < 100


async def test_a_viewer_goes_on_when_another_publisher_comes() -> None:
    async with forwarding(Capture()) as forwarder, AsyncExitStack() as stack:
        viewer: Receiver | None = None
        async with publishing(forwarder):
            viewer = await stack.enter_async_context(watching(forwarder))
            await until(lambda: viewer.frames > 10)
        seen = viewer.frames
        async with publishing(forwarder):
            await until(lambda: viewer.frames > seen + 20)
        assert video(viewer.session).switches == 2


async def test_a_viewer_goes_on_when_another_publisher_comes_with_another_codec() -> None:
    async with forwarding(Capture()) as forwarder, AsyncExitStack() as stack:
        async with publishing(forwarder, codec="VP8"):
            viewer = await stack.enter_async_context(watching(forwarder))
            await until(lambda: viewer.frames > 10)
        seen = viewer.frames
        async with publishing(forwarder, codec="VP9"):
            await until(lambda: viewer.frames > seen + 20)
            assert video(viewer.session).codec == "VP9"
            received = await viewer.statistics("video")
            assert received["framesDecoded"] > seen + 20


async def test_a_viewer_that_leaves_is_forgotten() -> None:
    capture = Capture()
    async with forwarding(capture) as forwarder, publishing(forwarder):
        async with watching(forwarder) as viewer:
            await until(lambda: viewer.frames)
            viewer.native.close()
            await until(lambda: viewer.session.outcome)
            closed = viewer.session.outcome
            assert isinstance(closed, ConnectionClosed)
            assert (closed.initiator, closed.clean) == ("remote", True)
        await until(lambda: not forwarder.record().viewers)


async def test_what_fails_for_one_viewer_ends_neither_the_others_nor_the_publisher() -> None:
    reported: list[dict[str, Any]] = []
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder) as publisher,
        watching(forwarder) as bad,
        watching(forwarder) as good,
    ):
        await until(lambda: bad.frames and good.frames)
        asyncio.get_running_loop().set_exception_handler(lambda _, about: reported.append(about))

        def fail(*_: object) -> None:
            raise RuntimeError("no")

        session: Any = bad.session
        for name in ("pass_on", "skip", "tick", "report"):
            setattr(session, name, fail)
        seen, refused = good.frames, publisher.session.record().refused
        packets = video(good.session).packets
        await until(lambda: good.frames > seen + 30)
        received = await good.statistics("video")
        assert (received["packetsLost"], received["nackCount"]) == (0, 0)
        assert video(good.session).packets > packets + 30
        assert publisher.session.record().refused == refused
        for name in ("pass_on", "skip", "tick", "report"):
            delattr(session, name)
        seen = bad.frames
        await until(lambda: bad.frames > seen + 10)
    assert {str(each["exception"]) for each in reported} == {"no"}
    assert {bad.session.id in each["message"] for each in reported} == {True}


async def test_a_viewer_whose_end_fails_ends_alone() -> None:
    reported: list[dict[str, Any]] = []
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as bad,
        watching(forwarder) as good,
    ):
        await until(lambda: bad.frames and good.frames)
        asyncio.get_running_loop().set_exception_handler(lambda _, about: reported.append(about))
        dtls: Any = bad.session._leg._dtls
        stop = dtls.stop

        async def fail() -> None:
            await stop()
            raise RuntimeError("no")

        dtls.stop = fail
        await bad.session.close()
        assert isinstance(bad.session.outcome, ConnectionClosed)
        seen = good.frames
        await until(lambda: good.frames > seen + 20)
    assert [str(each["exception"]) for each in reported] == ["no"]


async def test_a_key_frame_whose_first_packet_comes_again_is_shown_whole() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder) as publisher:
        session = publisher.session
        await until(lambda: sum(e.packets > 9 for e in session.record().streams) == 2)
        datagrams: Any = session._leg.datagrams
        take, lost = datagrams._on_rtp, False
        payload_type = session.media["video"].agreed.codec.payload_type

        def lossy(data: bytes) -> None:
            nonlocal lost
            packet = parse_rtp(data)
            if packet.payload_type == payload_type and packet.payload:
                key = parse_vp8(packet.payload).starts_key_frame
                if key and not lost:
                    lost = True
                    return
            take(data)

        datagrams._on_rtp = lossy
        async with watching(forwarder) as viewer:
            await until(lambda: viewer.frames > 30)
            assert sum(each.recovered for each in session.record().streams) >= lost > 0
            assert video(viewer.session).missed == 0
            assert (await viewer.statistics("video"))["packetsLost"] == 0


async def test_the_round_trip_to_a_viewer_does_not_depend_on_who_publishes() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as viewer,
    ):
        session = viewer.session
        sent: list[bytes] = []
        datagrams: Any = session._leg.datagrams
        send = datagrams.send_rtcp
        datagrams.send_rtcp = lambda data: sent.append(data) or send(data)
        await until(lambda: sent)
        report = next(e for data in sent for e in control.read(data).senders)
        stream = next(e for e in session.streams.values() if e.ssrc == report.ssrc)
        source: Any = stream.source
        source.note_report(5 << 32, 0, 0)  # another publisher, whose clock is another one
        session.round_trip_ms = None
        block = ReportBlock(report.ssrc, 0, 0, 0, 0, report.middle_ntp_timestamp, 0)
        datagrams._on_rtcp(control.receiver_report(1, [block]))
        assert session.round_trip_ms is not None
        assert 0 <= session.round_trip_ms < 5000


async def test_nobody_can_watch_before_somebody_publishes() -> None:
    capture = Capture()
    async with forwarding(capture) as forwarder:
        with pytest.raises(SignalingError) as caught:
            async with watching(forwarder):
                pass
        assert caught.value.status == 409
    (failed,) = capture.of(ConnectionFailed)
    assert (failed.phase, failed.kind) == ("signaling", "refused")
    assert failed.message == "Nobody publishes yet."


async def test_only_one_publishes_at_a_time() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder):
        with pytest.raises(SignalingError) as caught:
            await forwarder.publish()
        assert caught.value.status == 409


async def test_there_is_a_limit_of_viewers() -> None:
    options = ForwarderOptions(max_viewers=1)
    async with (
        forwarding(Capture(), options) as forwarder,
        publishing(forwarder),
        watching(forwarder),
    ):
        with pytest.raises(SignalingError) as caught:
            await forwarder.watch()
        assert caught.value.status == 503


async def test_a_viewer_without_the_codec_is_told_so() -> None:
    async with forwarding(Capture()) as forwarder, publishing(forwarder, audio=False):
        session = await forwarder.watch()
        with pytest.raises(DescriptionError, match="VP8"):
            async with watching(forwarder, codec="VP9"):
                pass
        await session.close()


async def test_a_layer_that_there_is_not_cannot_be_chosen() -> None:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder),
        watching(forwarder) as viewer,
    ):
        with pytest.raises(UsageError):
            forwarder.choose_layer(viewer.session, "h")
