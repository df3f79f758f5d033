"""Whoever waits for a connection may be cancelled wherever he waits, and all is closed.

The first and the last event of a connection are there in each case, no task is left, and the engine
complains of nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.support.cancelling import at_each_await
from tests.support.peers import Capture, two_peers, until
from tests.transports.webrtc.signaling.test_dialing import dialed, said_back, scene
from wirescope.events import ConnectionClosed, ConnectionFailed, ConnectionOpening
from wirescope.transports.webrtc import ChannelOptions, Peer, PeerOptions, open_peer

pytestmark = pytest.mark.slow

CHAT = ChannelOptions(label="chat")
OPTIONS = PeerOptions(statistics_interval_s=0)

Use = Callable[[Peer, Peer], Coroutine[Any, Any, None]]


def with_chat(one: Peer, _other: Peer) -> None:
    one.create_channel(CHAT)


async def sends_and_receives(one: Peer, two: Peer) -> None:
    await one.channels[0].send("hello")
    await until(lambda: two.channels)
    await two.channels[0].receive()


async def sends_much(one: Peer, _: Peer) -> None:
    for _ in range(15):
        await one.channels[0].send(bytes(65_536))


async def closes_the_channel(one: Peer, _: Peer) -> None:
    await one.channels[0].wait_open()
    await one.channels[0].close()


async def closes_the_connection(one: Peer, two: Peer) -> None:
    await one.wait_open()
    await one.close()
    await two.wait_ended()


async def samples(one: Peer, _: Peer) -> None:
    await one.wait_open()
    await one.statistics()


@pytest.mark.parametrize(
    "use",
    [sends_and_receives, sends_much, closes_the_channel, closes_the_connection, samples],
    ids=lambda use: use.__name__,
)
async def test_two_peers_are_cancelled_at_each_await(use: Use) -> None:
    capture = Capture()

    async def talk() -> None:
        async with two_peers(capture, options=OPTIONS, prepare=with_chat) as (one, two):
            await use(one, two)

    assert await at_each_await(talk, lambda _: ended(capture)) > 1


async def test_describing_is_cancelled_at_each_await() -> None:
    capture = Capture()

    async def describe() -> None:
        async with (
            open_peer(timeline=capture.timeline, sink=capture.sink, options=OPTIONS) as one,
            open_peer(timeline=capture.timeline, sink=capture.sink, options=OPTIONS) as two,
        ):
            one.create_channel(CHAT)
            await two.take(await one.offer(gather=True))
            await one.take(await two.answer(gather=True))
            await one.wait_open()

    assert await at_each_await(describe, lambda _: ended(capture)) > 6


async def test_dialing_is_cancelled_at_each_await() -> None:
    async with scene() as at:

        async def dial_and_talk() -> None:
            async with dialed(at.capture, at.url, peer_options=OPTIONS) as (peer, _):
                await said_back(peer)

        async def left(_: int) -> None:
            mine = [each for each in at.capture.events if getattr(each, "url", "") == at.url]
            ids = {each.connection for each in mine if isinstance(each, ConnectionOpening)}
            assert ids <= {each.connection for each in at.capture.events if is_end(each)}

        assert await at_each_await(dial_and_talk, left) > 4
    await ended(at.capture)  # also the sessions whose clients were gone before the answer


async def ended(capture: Capture) -> None:
    """See that each connection that was opened has ended, once."""
    await asyncio.sleep(0)
    opened = [each.connection for each in capture.of(ConnectionOpening)]
    ends = [each.connection for each in capture.events if is_end(each)]
    assert sorted(ends) == sorted(opened)


def is_end(event: object) -> bool:
    return isinstance(event, ConnectionClosed | ConnectionFailed)
