"""Calls that go through the server alone: two engine peers, two pages of Chromium."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.ice_child import PASSWORD, USER, our_server
from tests.support.parts import PARTS
from tests.support.peers import Capture, two_peers, until
from tests.support.relayed_pages import talk
from wirescope.clock import SystemClock
from wirescope.events import IceCandidate, IcePair
from wirescope.transports.webrtc import ChannelOptions, IceServer, Peer, PeerOptions

MESSAGES = 2000
SIZE = 1000
PAGES_S = 10.0
WAYS = (("udp", "udp"), ("udp", "tcp"), ("tcp", "tcp"))


def with_chat(one: Peer, _other: Peer) -> None:
    one.create_channel(ChannelOptions(label="chat"))


async def show_engines(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Let two peers of the engine send messages."""
    del folder
    for ways in WAYS:
        async with our_server() as server:
            kinds, pairs, seconds, arrived = await _engines(server.port, ways)
        relayed = server.counters["to_peers"]
        words = f"{arrived} of {MESSAGES} messages in {seconds:.1f} s, {relayed:,} packets relayed"
        alone = kinds == {"relay"} and all("relay" in pair for pair in pairs)
        yield f"engine over {' and '.join(ways)}", words, arrived == MESSAGES and alone


async def _engines(port: int, ways: tuple[str, str]) -> tuple[set[str], list[str], float, int]:
    capture, clock = Capture(), SystemClock()
    one_way, other_way = (
        PeerOptions(
            ice_servers=(IceServer(f"turn:127.0.0.1:{port}?transport={way}", USER, PASSWORD),),
            transport_policy="relay",
        )
        for way in ways
    )
    async with two_peers(capture, options=one_way, other=other_way, prepare=with_chat) as peers:
        one, two = peers
        await one.channels[0].wait_open()
        await until(lambda: two.channels)
        began_ns = clock.monotonic_ns()

        async def send() -> None:
            for number in range(MESSAGES):
                await one.channels[0].send(number.to_bytes(4, "big") * (SIZE // 4))

        async def receive() -> int:
            for number in range(MESSAGES):
                message = await two.channels[0].receive()
                if message.payload[:4] != number.to_bytes(4, "big"):
                    return number
            return MESSAGES

        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            received = tasks.create_task(receive())
        seconds = (clock.monotonic_ns() - began_ns) / 1e9
    kinds: set[str] = {each.kind for each in capture.of(IceCandidate)}
    pairs = [each.local for each in capture.of(IcePair) if each.selected]
    return kinds, pairs, seconds, received.result()


async def show_pages(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Let two pages see and hear each other."""
    del folder
    path = PARTS["chromium"]()
    if path is None:
        raise SystemExit("Chromium is needed; install it and run this again.")
    for ways in WAYS:
        async with our_server() as server:
            servers = [
                {
                    "urls": f"turn:127.0.0.1:{server.port}?transport={way}",
                    "username": USER,
                    "credential": PASSWORD,
                }
                for way in ways
            ]
            said = await talk(path, *servers, seconds=PAGES_S)
        for page, way in zip(said, ways, strict=True):
            words = (
                f"{page.pair}, {page.frames} pictures in {PAGES_S:g} s,"
                f" {len(page.got)} of 100 messages, {server.counters['to_peers']:,} packets relayed"
            )
            holds = page.pair == ["relay", "relay"] and len(page.got) == 100
            holds &= page.frames > 10 * PAGES_S and page.protocol == way
            yield f"Chromium over {way} ({' and '.join(ways)})", words, holds
