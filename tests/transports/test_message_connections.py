"""One suite for everything that carries messages: WebSocket, data channel, a pair in memory."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from tests.support.peers import Capture, two_peers, until
from wirescope.errors import ConnectionClosedError
from wirescope.events import Timeline
from wirescope.transports import websocket
from wirescope.transports.messages import Message, MessageConnection, memory_pair
from wirescope.transports.webrtc import ChannelOptions
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection

NOISE = random.Random(7).randbytes(1 << 20)
"""Bytes that no compression makes less of."""

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
by_either_end = pytest.mark.parametrize("turned", [0, 1], ids=["one ends it", "the other ends it"])
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
@pytest.mark.parametrize("message", [NOISE[: 256 << 10], "é" * 131_072], ids=["binary", "text"])
async def test_a_message_of_256_kib_arrives_whole_both_ways(
    carrier: Carrier, message: str | bytes
) -> None:
    async with carrier() as (one, other):
        for sender, receiver in ((one, other), (other, one)):
            async with asyncio.TaskGroup() as group:
                group.create_task(sender.send(message))
                got = await receiver.receive()
            assert (got.text if got.kind == "text" else got.payload) == message


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


@pytest.mark.slow
@every_carrier
async def test_a_send_that_waits_can_be_given_up_and_only_whole_messages_arrive(
    carrier: Carrier,
) -> None:
    size, sent = 200_000, 0
    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                while sent < 200:
                    await one.send(sent.to_bytes(4) + NOISE[:size])
                    sent += 1
        group.create_task(one.send("after"))
        got: list[Message] = []
        while (message := await other.receive()).kind == "binary":
            got.append(message)
    assert message.text == "after"
    assert {len(each.payload) for each in got} <= {size + 4}
    assert [int.from_bytes(each.payload[:4]) for each in got] == list(range(len(got)))
    assert len(got) in (sent, sent + 1)  # the one that was given up may have gone out before


@every_carrier
async def test_each_message_goes_to_one_of_several_readers(carrier: Carrier) -> None:
    got: list[str] = []

    async def read(connection: MessageConnection) -> None:
        got.extend([message.text async for message in connection])

    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(read(other))
        for number in range(60):
            await one.send(str(number))
        await one.close()
    assert sorted(got, key=int) == [str(number) for number in range(60)]


@every_carrier
async def test_iterating_can_be_left_and_goes_on_where_it_was(carrier: Carrier) -> None:
    async with carrier() as (one, other):
        for number in range(6):
            await one.send(str(number))
        async for message in other:
            if message.text == "2":
                break
        await one.close()
        assert [message.text async for message in other] == ["3", "4", "5"]


@every_carrier
@by_either_end
async def test_what_was_sent_before_the_end_arrives_and_then_iterating_ends(
    carrier: Carrier, turned: int
) -> None:
    async with carrier() as pair:
        one, other = pair[turned], pair[1 - turned]
        for number in range(20):
            await one.send(str(number))
        await one.close()
        assert [message.text async for message in other] == [str(n) for n in range(20)]
        assert [message.text async for message in one] == []
        await other.wait_closed()
        assert one.closed is not None
        assert other.closed is not None


@every_carrier
@by_either_end
async def test_after_the_end_nothing_can_be_sent_or_received_at_either_side(
    carrier: Carrier, turned: int
) -> None:
    async with carrier() as pair:
        one, other = pair[turned], pair[1 - turned]
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
        ended = one.closed
        await one.close()
        await other.close()
        assert one.closed == ended


@every_carrier
async def test_both_ends_may_close_at_once(carrier: Carrier) -> None:
    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        group.create_task(one.close())
        group.create_task(other.close())
    assert one.closed is not None
    assert other.closed is not None


@every_carrier
async def test_all_who_wait_for_the_end_are_told(carrier: Carrier) -> None:
    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        for end in (one, one, other, other):
            group.create_task(end.wait_closed())
        await asyncio.sleep(0)
        await one.close()


@every_carrier
async def test_who_waits_for_a_message_is_told_of_the_end(carrier: Carrier) -> None:
    async with carrier() as (one, other), asyncio.TaskGroup() as group:
        waiting = group.create_task(refused(other))
        await asyncio.sleep(0)
        await one.close()
        assert (await waiting).initiator == "remote"


@every_carrier
@by_either_end
async def test_who_is_sending_is_told_of_the_end(carrier: Carrier, turned: int) -> None:
    async with carrier() as pair, asyncio.TaskGroup() as group:
        one, other = pair[turned], pair[1 - turned]
        sending = group.create_task(send_for_ever(one))
        await other.receive()
        await other.close()
        assert (await sending).initiator == "remote"


async def send_for_ever(connection: MessageConnection) -> ConnectionClosedError:
    try:
        while True:
            await connection.send(NOISE[:50_000])
    except ConnectionClosedError as error:
        return error


async def refused(connection: MessageConnection) -> ConnectionClosedError:
    with pytest.raises(ConnectionClosedError) as caught:
        await connection.receive()
    return caught.value


@every_carrier
async def test_who_sends_faster_than_the_other_end_reads_loses_nothing(
    carrier: Carrier,
) -> None:
    count = 400
    async with carrier() as (one, other), asyncio.TaskGroup() as group:

        async def send() -> None:
            for number in range(count):
                await one.send(number.to_bytes(4) + NOISE[:50_000])

        group.create_task(send())
        for number in range(count):
            assert int.from_bytes((await other.receive()).payload[:4]) == number


@pytest.mark.slow
@pytest.mark.parametrize("carrier", [over_websocket, in_memory], ids=lambda each: each.__name__)
async def test_a_sender_waits_while_nobody_reads(carrier: Carrier) -> None:
    """A data channel has no such brake; one whose reader stands still is closed (`INBOX_BYTES`)."""
    count, sent = 40, 0
    async with carrier() as (one, other), asyncio.TaskGroup() as group:

        async def send() -> None:
            nonlocal sent
            for number in range(count):
                await one.send(number.to_bytes(4) + NOISE)
                sent += 1

        sending = group.create_task(send())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(sending)
        assert sent < count
        for number in range(count):
            assert int.from_bytes((await other.receive()).payload[:4]) == number
