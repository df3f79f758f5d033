"""Packets between a publisher and a viewer, without a network: whatever either of them sends.

An input is a row of a byte that says whose packet it is and of what kind, two for its length, and
the packet itself. A fifth kind lets time pass.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tests.support.fake_clock import FakeClock
from tests.transports.webrtc.packets.test_answer import AUDIO, HEAD, VIDEO
from wirescope.errors import PacketError
from wirescope.events import Timeline
from wirescope.transports.webrtc.description import Description
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets import (
    Forwarder,
    ForwarderOptions,
    Publisher,
    Viewer,
    control,
)
from wirescope.transports.webrtc.packets.arrivals import Row
from wirescope.transports.webrtc.packets.offer import read_offer
from wirescope.wire.rtcp import check_compound, parse_compound
from wirescope.wire.rtp import build_extensions, build_rtp, parse_rtp

LAYERS = "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\na=rid:q send\na=rid:h send\n"
PUBLISHED = HEAD + AUDIO + VIDEO + LAYERS + "a=simulcast:send q;h\n"
WATCHED = (HEAD + AUDIO + VIDEO).replace("a=sendonly", "a=recvonly")

MEDIA, REPORT, WATCHERS_MEDIA, WATCHERS_REPORT, TIME = range(5)
KEY, DELTA = bytes.fromhex("90808001 10000000 9d012a4001b400"), bytes.fromhex("90808002 11000000")


class Wire:
    """A leg without a transport: what is sent is looked at and thrown away."""

    refused = lost = 0
    is_open, is_over = True, False

    def __init__(self) -> None:
        self.datagrams = self
        self.waited_ns = 0

    def note_media(self) -> None:
        """Take note that the first packet has come."""

    def send_rtp(self, packet: bytes) -> bool:
        """Take a packet that a viewer gets."""
        parse_rtp(packet)
        return True

    def send_rtcp(self, packet: bytes) -> bool:
        """Take what is said to either."""
        said = parse_compound(packet)
        assert not said.breaches
        assert not check_compound(said, reduced_size=True)
        return True


class Bench:
    """A forwarder with a publisher of two layers and a viewer."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        timeline = Timeline(self.clock)
        nothing: Any = None
        self._forwarder = made = Forwarder(timeline, lambda _: None, ForwarderOptions(), nothing)
        wire: Any = Wire
        journals = [Journal(timeline, lambda _: None, name) for name in ("c1", "c2")]
        codecs = made.options.codecs
        publisher = Publisher(
            journals[0],
            lambda **_: wire(),
            lambda _: None,
            codecs=codecs,
            on_arrival=made._on_arrival,
            on_skip=made._on_skip,
            on_open=made._on_publisher,
        )
        made._sessions.append(publisher)
        viewer = Viewer(
            journals[1],
            lambda **_: wire(),
            lambda _: None,
            published=made._published,
            codecs=codecs,
            on_open=made._on_viewer,
            on_key_frame_wanted=made._on_key_frame_wanted,
        )
        made._sessions.append(viewer)
        for session, offer in ((publisher, PUBLISHED), (viewer, WATCHED)):
            session._agree(read_offer(Description("offer", offer.replace("\n", "\r\n"))))
            session._on_open()
        viewer._by_ssrc[2] = viewer.streams["video"]  # its own name is another one each time
        self._takes = (publisher._on_rtp, publisher._on_rtcp, viewer._on_rtp, viewer._on_rtcp)
        self._ticks = 0

    def take(self, kind: int, data: bytes) -> None:
        """Take a packet, as a transport would have handed it over, or let time pass."""
        if kind < TIME:
            with suppress(PacketError):  # is counted
                self._takes[kind](data)
            self.clock.advance(ns=1_000_000)
            return
        self.clock.advance(ns=20_000_000 * (1 + len(data)))
        for _ in range(50):  # with what is done each second
            self._ticks += 1
            self._forwarder._tick(self._ticks)


def steps(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut an input into packets."""
    position = 0
    while position + 3 <= len(data):
        length = int.from_bytes(data[position + 1 : position + 3], "big")
        yield data[position] % (TIME + 1), data[position + 3 : position + 3 + length]
        position += 3 + length


def step(kind: int, data: bytes = b"") -> bytes:
    """Write a packet of an input."""
    return bytes((kind,)) + len(data).to_bytes(2, "big") + data


def picture(number: int, rid: bytes, payload: bytes) -> bytes:
    """Make a publisher's packet."""
    return step(
        MEDIA,
        build_rtp(
            payload,
            payload_type=96,
            sequence_number=number,
            timestamp=number * 3000,
            ssrc=int.from_bytes(rid, "big"),
            marker=True,
            extension=build_extensions([(4, number.to_bytes(2, "big")), (9, rid)]),
        ),
    )


PICTURES = [
    picture(number, rid, KEY if number % 7 == 1 else DELTA)
    for number in (1, 2, 3, 6, 5, 8, 15, 900, 9000)
    for rid in (b"q", b"h")
]
REPORTS = [
    step(REPORT, bytes.fromhex("80c80006 00000071 e000000100000002 00000003 00000004 00000005")),
    step(WATCHERS_MEDIA, b"\x80\x60"),
    step(WATCHERS_REPORT, control.nack(1, 2, [1, 2, 3])),
    step(WATCHERS_REPORT, control.picture_loss(1, 2)),
    step(WATCHERS_REPORT, control.arrival_times(1, 2, Row(0, [1_000, None, 90_000_000]), 0)),
]
SEEDS = [
    b"".join([*PICTURES[:8], step(TIME), *PICTURES[8:], step(TIME, bytes(60))]),
    b"".join([*PICTURES[:6], *REPORTS, step(TIME), *REPORTS, *PICTURES[6:], step(TIME)]),
]


def check(data: bytes) -> None:
    """Nothing is raised but what says that a packet cannot be read; all that is sent is legal."""

    async def run() -> None:
        bench = Bench()
        for kind, packet in steps(data):
            bench.take(kind, packet)

    asyncio.run(run())
