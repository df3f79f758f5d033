"""Publishers and viewers whose packets are decrypted and then mean harm."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.forwarding import Receiver, Sender, forwarding, publishing, watching
from tests.support.peers import Capture, until
from wirescope.clock import SystemClock
from wirescope.transports.webrtc.packets import control
from wirescope.transports.webrtc.packets.budget import Budget
from wirescope.transports.webrtc.packets.key_frames import ASK_AGAIN_NS
from wirescope.transports.webrtc.packets.session import RTCP_AT_ONCE, RTCP_PER_S
from wirescope.transports.webrtc.packets.viewer import ASK_EVERY_NS, WISHES
from wirescope.wire.rtp import build_rtp

ROUNDS = 3000


@asynccontextmanager
async def both() -> AsyncIterator[tuple[Sender, Receiver]]:
    async with (
        forwarding(Capture()) as forwarder,
        publishing(forwarder) as publisher,
        watching(forwarder) as viewer,
    ):
        await until(lambda: viewer.frames)
        yield publisher, viewer


async def goes_on(viewer: Receiver) -> None:
    seen = viewer.frames
    await until(lambda: viewer.frames > seen + 10)


def mutated(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data[: chance.randrange(1, len(data) + 1)])
    for _ in range(chance.randrange(4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


async def test_garbage_in_place_of_media_and_reports_ends_nothing() -> None:
    chance = random.Random(4)
    async with both() as (publisher, viewer):
        datagrams: Any = publisher.session._leg.datagrams
        back: Any = viewer.session._leg.datagrams
        known = [each.stream.ssrc for each in publisher.session.layers()]
        refused = 0
        for session in (publisher.session, viewer.session):
            session._rtcp = Budget(at_once=1e9, per_s=0)  # everything is to be read
        for number in range(ROUNDS):
            media = build_rtp(
                chance.randbytes(chance.randrange(40)),
                payload_type=chance.choice([96, 97, 98, 111]),
                sequence_number=chance.randrange(1 << 16),
                timestamp=number,
                # never the streams' own: what it does to them it does to itself
                ssrc=chance.choice([each ^ 1 for each in known]),
            )
            report = control.nack(1, known[0], [chance.randrange(1 << 16) for _ in range(20)])
            for take, data in (
                (datagrams._on_rtp, media),
                (datagrams._on_rtcp, report),
                (back._on_rtp, media),
                (back._on_rtcp, report),
            ):
                try:
                    take(mutated(chance, data))
                except Exception as error:  # noqa: BLE001
                    datagrams._on_error(error)  # as for what comes from the socket
                    refused += 1
        assert datagrams.refused == refused > 0
        await goes_on(viewer)


async def test_a_viewer_cannot_make_the_publisher_send_key_frames_all_the_time() -> None:
    async with both() as (publisher, viewer):
        take: Any = viewer.session._leg.datagrams._on_rtcp
        ssrc = viewer.session.streams["video"].ssrc
        began_ns = SystemClock.monotonic_ns()
        before = asked(publisher)
        for _ in range(1000):
            take(control.picture_loss(1, ssrc))
        passed = (SystemClock.monotonic_ns() - began_ns) // ASK_AGAIN_NS
        assert asked(publisher) - before <= 1 + passed
        await goes_on(viewer)


async def test_a_viewer_may_wish_for_a_key_frame_now_and_then_only() -> None:
    async with both() as (_, viewer):
        now_ns = SystemClock.monotonic_ns()
        granted = sum(viewer.session._may_ask(now_ns + n * ASK_EVERY_NS) for n in range(1, 121))
        assert WISHES <= granted <= WISHES + 30  # in a minute


async def test_reports_beyond_what_a_client_has_to_say_are_not_read() -> None:
    async with both() as (_, viewer):
        session = viewer.session
        read: list[bytes] = []
        session._on_rtcp = read.append  # type: ignore[method-assign]
        began_ns = SystemClock.monotonic_ns()
        data = control.nack(1, session.streams["video"].ssrc, range(0, 4000, 20))
        for _ in range(3000):
            session._take_rtcp(data)
        passed_s = (SystemClock.monotonic_ns() - began_ns) / 1e9
        assert 0 < sum(map(len, read)) <= RTCP_AT_ONCE + RTCP_PER_S * passed_s
        del session._on_rtcp
        await goes_on(viewer)


def asked(publisher: Sender) -> int:
    return sum(each.key_frames_asked for each in publisher.session.record().streams)


async def test_sources_without_end_take_the_place_of_those_that_were_replaced() -> None:
    async with both() as (publisher, viewer):
        session = publisher.session
        media = session.media["video"]
        for number in range(100):
            session._on_rtp(
                build_rtp(
                    b"\x10\x01\x00",
                    payload_type=media.agreed.codec.payload_type,
                    sequence_number=1,
                    timestamp=0,
                    ssrc=number,
                )
            )
        assert len(session._layers) <= 16
        await goes_on(viewer)  # the true source has found its place again
