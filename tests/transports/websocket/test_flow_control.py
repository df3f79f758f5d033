"""Back-pressure: whoever is full is waited for, memory is bounded, and nothing is lost."""

import asyncio

import pytest

from tests.support.linked import Log, ended, linked, until
from wirescope.transports.websocket.inbox import MAX_BYTES, MAX_MESSAGES
from wirescope.transports.websocket.reception import BATCH_FRAMES
from wirescope.wire.websocket import DeflateParameters, Deflater

pytestmark = pytest.mark.each_loop

MIB = 1 << 20


class FullSink(Log):
    """A sink that says it is full after each so many emissions, until it is told to go on."""

    def __init__(self, every: int = 1) -> None:
        super().__init__()
        self._every = every
        self.full: asyncio.Future[None] | None = None
        self.became_full = asyncio.Event()
        self.grew = 0

    def __call__(self, emissions):
        before = len(self) // self._every
        self.extend(emissions)
        if self.full is not None and not self.full.done():
            self.grew += 1
            return self.full
        if len(self) // self._every == before:
            return None
        self.full = asyncio.get_running_loop().create_future()
        self.became_full.set()
        return self.full

    def go_on(self) -> None:
        self.became_full.clear()
        self.full.set_result(None)


async def until_stuck(peer, data):
    """Send as much as the other end takes; the number of bytes. It must not take all."""
    sent = 0
    idle = 0
    while sent < len(data) and idle < 20:
        try:
            sent += peer.sock.send(data[sent : sent + MIB])
            idle = 0
        except BlockingIOError:
            idle += 1
            await asyncio.sleep(0.001)  # lets the other end read if it wants to
    return sent


# The application


@pytest.mark.slow
async def test_an_application_that_does_not_read_holds_the_peer_back():
    async with linked() as link:
        data = link.peer.frame(2, bytes(MIB)) * 64
        sent = await until_stuck(link.peer, data)
        held = sum(len(message.payload) for message in link.log.messages())
        assert held <= MAX_BYTES + MIB
        assert sent < len(data)
        assert link.connection.held_back
        async with asyncio.TaskGroup() as group:
            rest = data[sent:] + link.peer.frame(8, b"\x03\xe8")
            group.create_task(link.peer.last(rest))
            assert len([message async for message in link.connection]) == 64


async def test_many_small_messages_are_bounded_by_number():
    count = MAX_MESSAGES * 2
    async with linked() as link, asyncio.TaskGroup() as group:
        data = link.peer.frame(1, b"x") * count + link.peer.frame(8, b"\x03\xe8")
        group.create_task(link.peer.last(data))
        await until(lambda: link.connection.held_back)
        assert len(link.log.messages()) <= MAX_MESSAGES + BATCH_FRAMES
        received = [message.text async for message in link.connection]
        assert len(received) == count
        assert link.connection.times_held_back < 10  # it does not stop for each of them


async def test_a_bomb_of_many_small_messages_is_held_back():
    deflater = Deflater(context_takeover=False)
    packed = deflater.compress(bytes(MIB))
    parameters = DeflateParameters(server_no_context_takeover=True)
    async with linked(deflate=parameters) as link:
        await link.peer.write(link.peer.frame(2, packed, rsv1=True) * 40)
        await until(lambda: link.connection.held_back)
        assert len(link.log.messages()) <= MAX_BYTES // MIB + 1
        link.connection.abort()
        await link.connection.wait_closed()


async def test_closing_does_not_wait_for_an_application_that_does_not_read():
    async with linked() as link, asyncio.TaskGroup() as group:
        data = link.peer.frame(2, bytes(MIB)) * 16 + link.peer.frame(8, b"\x03\xe8")
        group.create_task(link.peer.last(data))
        await until(lambda: link.connection.held_back)
        closing = group.create_task(link.connection.close())
        assert (await link.peer.receive()).opcode == 8
        assert (await closing).clean
    assert len(link.log.messages()) == 16


# The event loop


@pytest.fixture
def short_turns(monkeypatch):
    monkeypatch.setattr("wirescope.transports.websocket.receiving.TURN_NS", 1_000_000)


@pytest.mark.usefixtures("short_turns")
async def test_a_flood_leaves_the_loop_its_turns():
    count = 10_000
    async with linked(deliver=False) as link:
        link.connection.data_received(link.peer.frame(1, b"x") * count)
        turns = 0
        while link.connection.held_back:
            turns += 1
            await asyncio.sleep(0)
        assert turns > 2
        assert len(link.log.messages()) == count
        await link.peer.send(1, b"it reads on")
        await until(lambda: len(link.log.messages()) == count + 1)


@pytest.mark.usefixtures("short_turns")
async def test_a_flood_is_kept_whole_when_the_peer_hangs_up_during_it():
    count = 10_000
    async with linked(deliver=False) as link:
        link.connection.data_received(link.peer.frame(1, b"x") * count)
        link.connection.abort()
        assert link.connection.closed is None
        await link.connection.wait_closed()
    assert link.log.closed
    assert len(link.log.messages()) == count


async def test_receiving_can_be_paused():
    async with linked() as link:
        link.connection.pause_receiving()
        link.connection.pause_receiving()
        await link.peer.send(1, b"x")
        await asyncio.sleep(0.01)
        assert link.log.frames() == []
        link.connection.resume_receiving()
        link.connection.resume_receiving()
        assert (await link.connection.receive()).text == "x"
        await link.peer.close()


async def test_messages_can_be_events_only():
    async with linked(deliver=False) as link:
        await link.peer.write(link.peer.frame(1, b"x") * (MAX_MESSAGES + 10))
        await link.peer.close()
        await link.connection.wait_closed()
        assert [message async for message in link.connection] == []
    assert len(link.log.messages()) == MAX_MESSAGES + 10


# The sink


async def test_a_full_sink_is_given_at_most_what_belongs_to_one_frame():
    sink = FullSink()
    async with linked(sink=sink) as link, asyncio.TaskGroup() as group:
        data = link.peer.frame(1, b"x") * 50 + link.peer.frame(8, b"\x03\xe8")
        await link.peer.last(data)
        closing = group.create_task(link.connection.wait_closed())
        while not closing.done():
            await asyncio.sleep(0)
            if sink.full is not None and not sink.full.done():
                sink.go_on()
    assert len(sink.messages()) == 50
    assert sink.closed.code == 1000
    assert sink.grew <= 60  # a frame's message comes with its frame


@pytest.mark.parametrize("how", ["hang_up", "reset"])
async def test_nothing_is_lost_when_the_peer_leaves_while_the_sink_is_full(how):
    sink = FullSink(every=10)
    async with linked(sink=sink) as link:
        await link.peer.write(link.peer.frame(1, b"x") * 100)
        await sink.became_full.wait()
        if how == "reset":
            link.connection.send_ping(b"")  # so that the reset is noticed
            link.peer.reset()
        else:
            link.peer.hang_up()
        async with asyncio.TaskGroup() as group:
            closing = group.create_task(link.connection.wait_closed())
            while not closing.done():
                if not sink.full.done():
                    assert link.connection.closed is None or closing.done()
                    sink.go_on()
                await asyncio.sleep(0)
    assert len(sink.messages()) == 100
    assert sink.closed.cause in (("eof",) if how == "hang_up" else ("reset",))


async def test_sending_waits_for_a_full_sink():
    sink = FullSink(every=3)  # opened, frame, message
    async with linked(sink=sink) as link, asyncio.TaskGroup() as group:
        one = group.create_task(link.connection.send("one"))
        await sink.became_full.wait()
        two = group.create_task(link.connection.send("two"))
        assert (await link.peer.receive()).payload == b"one"
        assert not one.done()
        assert len(sink.frames("sent")) == 1
        sink.go_on()
        assert (await link.peer.receive()).payload == b"two"
        await asyncio.gather(one, two)
        sink._every = 1 << 30
    assert [message.text for message in sink.messages("sent")] == ["one", "two"]


async def test_the_answer_to_a_close_is_waited_for_while_the_sink_is_full():
    sink = FullSink(every=1 << 30)
    async with linked(sink=sink, close_timeout_s=0.02) as link:
        sink._every = 1
        async with asyncio.TaskGroup() as group:
            closing = group.create_task(link.connection.close())
            await link.peer.receive()
            await link.peer.send(8, b"\x03\xe8")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.06):
                    await link.connection.wait_closed()
            sink._every = 1 << 30
            sink.go_on()
            link.peer.hang_up()
            assert ended(await closing) == (1000, "", "local", True, "close")


async def test_what_is_found_after_the_end_is_not_answered():
    sink = FullSink(every=1 << 30)
    async with linked(sink=sink) as link:
        sink._every = 1
        frames = [(1, b"first"), (9, b"?"), (8, b"\x03\xe8")]
        await link.peer.write(b"".join(link.peer.frame(*frame) for frame in frames))
        await sink.became_full.wait()
        link.connection.abort()
        sink._every = 1 << 30
        await asyncio.sleep(0.01)
        sink.go_on()
        closed = await link.connection.wait_closed()
    assert [frame.opcode for frame in sink.frames()] == [1, 9, 8]
    assert sink.frames("sent") == []
    assert not closed.clean


# The peer


async def test_sending_waits_while_the_peer_does_not_read():
    async with linked(buffer=4096) as link, asyncio.TaskGroup() as group:
        part = bytes(1 << 16)
        sent = []

        async def pour():
            for number in range(40):
                await link.connection.send(part)
                sent.append(number)

        pouring = group.create_task(pour())
        await until(lambda: link.connection._transport.get_write_buffer_size() > 1 << 16)
        assert len(sent) < 30
        for _ in range(40):
            assert len((await link.peer.receive()).payload) == len(part)
        await pouring
        await link.peer.close()


@pytest.mark.slow
async def test_a_storm_of_pings_to_an_end_that_is_not_read_fills_no_memory():
    async with linked(buffer=4096) as link, asyncio.TaskGroup() as group:
        storm = link.peer.frame(9, bytes(125)) * 20_000
        group.create_task(link.peer.write(storm))
        await until(lambda: len(link.log.frames()) == 20_000)
        assert link.connection._transport.get_write_buffer_size() < 1 << 18
        pongs = len(link.log.frames("sent"))
        assert pongs < 5_000
        for _ in range(pongs + 1):  # the last one is answered, once there is room
            assert (await link.peer.receive()).opcode == 10
        await link.peer.close()


async def test_closing_a_connection_whose_peer_does_not_read_takes_the_close_time_out():
    async with linked(buffer=4096, close_timeout_s=0.05) as link, asyncio.TaskGroup() as group:
        sending = group.create_task(link.connection.send(bytes(8 * MIB)))
        await asyncio.sleep(0)
        closed = await link.connection.close()
        assert ended(closed) == (1006, "", "local", False, "close-timeout")
        await sending
