"""One suite for everything that carries messages: WebSocket, data channel, a pair in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.support.peers import Capture, two_peers, until
from wirescope.errors import ConnectionClosedError
from wirescope.events import Timeline
from wirescope.transports import websocket
from wirescope.transports.messages import MessageConnection, memory_pair
from wirescope.transports.webrtc import ChannelOptions
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection

Pair = tuple[MessageConnection, MessageConnection]


@asynccontextmanager
async def over_websocket() -> AsyncIterator[Pair]:
    accepted: asyncio.Queue[WebSocketConnection] = asyncio.Queue()

    async def handle(connection: WebSocketConnection) -> None:
        await accepted.put(connection)
        await connection.wait_closed()

    def route(_: Request) -> Acceptance:
        return Acceptance(handler=handle)

    async with websocket.serve(route) as server:
        connection = await websocket.connect(server.url, timeline=Timeline(), sink=lambda _: None)
        async with connection:
            yield connection, await accepted.get()


@asynccontextmanager
async def over_data_channel() -> AsyncIterator[Pair]:
    options = ChannelOptions(label="chat")
    async with two_peers(
        Capture(), prepare=lambda one, _: one.create_channel(options) and None
    ) as (one, two):
        await one.channels[0].wait_open()
        await until(lambda: two.channels)
        yield one.channels[0], two.channels[0]


@asynccontextmanager
async def in_memory() -> AsyncIterator[Pair]:
    yield memory_pair()


Carrier = Callable[[], AbstractAsyncContextManager[Pair]]
every_carrier = pytest.mark.parametrize(
    "carrier", [over_websocket, over_data_channel, in_memory], ids=lambda each: each.__name__
)


@every_carrier
async def test_messages_keep_their_kind_and_their_bytes_both_ways(carrier: Carrier) -> None:
    said = ["hi", "", b"", b"\x00\xff", "é\u0000", bytes(60_000)]
    async with carrier() as (one, other):
        for sender, receiver in ((one, other), (other, one)):
            for message in said:
                await sender.send(message)
            got = [await receiver.receive() for _ in said]
            assert [m.text if m.kind == "text" else m.payload for m in got] == said


@every_carrier
async def test_messages_keep_their_order(carrier: Carrier) -> None:
    async with carrier() as (one, other):
        for number in range(500):
            await one.send(str(number))
        assert [(await other.receive()).text for _ in range(500)] == [str(n) for n in range(500)]


@every_carrier
async def test_many_tasks_may_send_at_once(carrier: Carrier) -> None:
    async with carrier() as (one, other):
        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(one.send(str(number)))
        got = {(await other.receive()).text for _ in range(50)}
    assert got == {str(number) for number in range(50)}


@every_carrier
async def test_who_waits_for_a_message_gets_it_when_it_comes(carrier: Carrier) -> None:
    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        waiting = group.create_task(other.receive())
        await asyncio.sleep(0)
        assert not waiting.done()
        await one.send("there")
        assert (await waiting).text == "there"


@every_carrier
async def test_a_wait_can_be_given_up_and_no_message_is_lost(carrier: Carrier) -> None:
    async with carrier() as (one, other):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await other.receive()
        await one.send("later")
        assert (await other.receive()).text == "later"


@every_carrier
async def test_what_was_sent_before_the_end_arrives_and_then_iterating_ends(
    carrier: Carrier,
) -> None:
    async with carrier() as (one, other):
        for number in range(20):
            await one.send(str(number))
        await one.close()
        assert [message.text async for message in other] == [str(n) for n in range(20)]
        await other.wait_closed()
        assert one.closed is not None
        assert other.closed is not None


@every_carrier
async def test_after_the_end_nothing_can_be_sent_or_received_at_either_side(
    carrier: Carrier,
) -> None:
    async with carrier() as (one, other):
        await one.close()
        await other.wait_closed()
        for end, initiator in ((one, "local"), (other, "remote")):
            with pytest.raises(ConnectionClosedError) as caught:
                await end.send("late")
            assert caught.value.initiator == initiator
            with pytest.raises(ConnectionClosedError):
                await end.receive()


@every_carrier
async def test_closing_twice_does_nothing_more(carrier: Carrier) -> None:
    async with carrier() as (one, other):
        await one.close()
        await one.close()
        await other.close()


@every_carrier
async def test_who_waits_for_a_message_is_told_of_the_end(carrier: Carrier) -> None:
    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        waiting = group.create_task(refused(other))
        await asyncio.sleep(0)
        await one.close()
        assert (await waiting).initiator == "remote"


async def refused(connection: MessageConnection) -> ConnectionClosedError:
    with pytest.raises(ConnectionClosedError) as caught:
        await connection.receive()
    return caught.value


@every_carrier
async def test_a_sender_waits_for_a_reader_that_is_slow_and_nothing_is_lost(
    carrier: Carrier,
) -> None:
    count = 400
    async with carrier() as (one, other), asyncio.TaskGroup() as group:

        async def send() -> None:
            for number in range(count):
                await one.send(number.to_bytes(4) + bytes(50_000))

        group.create_task(send())
        for number in range(count):
            assert int.from_bytes((await other.receive()).payload[:4]) == number
