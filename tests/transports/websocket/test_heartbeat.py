"""Pings and pongs: round trips, answers, silence."""

import asyncio

import pytest

from tests.support.linked import ended, linked
from wirescope.errors import ConnectionClosedError

pytestmark = pytest.mark.each_loop


async def test_a_ping_is_answered_with_its_payload():
    async with linked() as link:
        await link.peer.send(9, b"\x00payload\xff")
        assert await link.peer.receive() == (0x8A, True, b"\x00payload\xff")
        await link.peer.close()


async def test_pings_stay_unanswered_when_told_so():
    async with linked(auto_pong=False) as link:
        await link.peer.send(9, b"?")
        assert (await link.peer.close()).opcode == 8
        await link.connection.wait_closed()
    assert [frame.opcode for frame in link.log.frames("sent")] == [8]


async def test_a_round_trip_takes_as_long_as_the_pong():
    async with linked() as link, asyncio.TaskGroup() as group:
        ping = group.create_task(link.connection.ping(b"?"))
        assert (await link.peer.receive()).payload == b"?"
        await link.peer.send(10, b"?")
        assert 0 < await ping < 1
        await link.peer.close()


async def test_each_ping_has_a_payload_of_its_own():
    async with linked() as link, asyncio.TaskGroup() as group:
        pings = [group.create_task(link.connection.ping()) for _ in range(5)]
        payloads = [(await link.peer.receive()).payload for _ in pings]
        assert len(set(payloads)) == 5
        for payload in reversed(payloads[:4]):
            await link.peer.send(10, payload)
        await asyncio.gather(*pings[:4])
        assert not pings[4].done()
        await link.peer.send(10, payloads[4])
        await pings[4]
        await link.peer.close()


async def test_a_pong_answers_the_pings_before_its_own():
    async with linked() as link, asyncio.TaskGroup() as group:
        pings = [group.create_task(link.connection.ping(b"%d" % at)) for at in range(3)]
        for _ in pings:
            await link.peer.receive()
        await link.peer.send(10, b"1")
        first, second = await pings[0], await pings[1]
        assert first >= second
        await link.peer.send(10, b"2")
        await link.peer.close()


async def test_pings_of_one_payload_are_answered_one_by_one():
    async with linked() as link, asyncio.TaskGroup() as group:
        pings = [group.create_task(link.connection.ping(b"same")) for _ in range(2)]
        for _ in pings:
            await link.peer.receive()
        await link.peer.send(10, b"same")
        await pings[0]
        assert not pings[1].done()
        await link.peer.send(10, b"same")
        await pings[1]
        await link.peer.close()


async def test_an_unsolicited_pong_is_fine_both_ways():
    async with linked() as link:
        await link.peer.send(10, b"nobody asked")
        await link.connection.pong(b"me neither")
        assert (await link.peer.receive()).payload == b"me neither"
        await link.peer.close()
    assert link.log.violations() == link.log.violations("sent") == []


async def test_a_ping_without_a_pong_times_out_and_changes_nothing():
    async with linked() as link:
        with pytest.raises(TimeoutError):
            await link.connection.ping(timeout_s=0.01)
        await link.connection.send("still open")
        await link.peer.close()


async def test_a_ping_to_a_peer_that_reads_nothing_times_out_too():
    async with linked(buffer=4096) as link, asyncio.TaskGroup() as group:
        sending = group.create_task(link.connection.send(bytes(1 << 22)))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await link.connection.ping(timeout_s=0.01)
        link.connection.abort()
        await sending


async def test_a_close_ends_the_wait_for_a_pong():
    async def ping(connection):
        with pytest.raises(ConnectionClosedError) as caught:
            await connection.ping()
        return caught.value

    async with linked() as link, asyncio.TaskGroup() as group:
        waiting = group.create_task(ping(link.connection))
        await link.peer.receive()
        await link.peer.close(4000)
        assert (await waiting).code == 4000


async def test_pings_at_an_interval_keep_a_connection_that_answers():
    async with linked(ping_interval_s=0.005, ping_timeout_s=5) as link:
        for _ in range(3):
            ping = await link.peer.receive()
            assert ping.opcode == 9
            await link.peer.send(10, ping.payload)
        await link.peer.send(8, b"\x03\xe8")
        while (await link.peer.receive()).opcode != 8:
            pass
        link.peer.hang_up()
        assert (await link.connection.wait_closed()).clean


async def test_the_payload_of_pings_at_an_interval_can_be_chosen():
    async with linked(ping_interval_s=0.005, ping_payload=b"alive") as link:
        assert (await link.peer.receive()).payload == b"alive"


async def test_a_peer_that_answers_only_the_latest_ping_is_alive():
    async with linked(ping_interval_s=0.02, ping_timeout_s=0.05) as link:
        await link.peer.receive()
        async with asyncio.TaskGroup() as group:
            ping = group.create_task(link.connection.ping(b"later"))
            while (await link.peer.receive()).payload != b"later":
                pass
            await link.peer.send(10, b"later")
            await ping
        later = await link.peer.receive()  # the next one: the first counts as answered
        assert later.opcode == 9


async def test_a_peer_that_never_answers_is_given_up():
    async with linked(ping_interval_s=0.01, ping_timeout_s=0.03) as link:
        closed = await link.connection.wait_closed()
        assert ended(closed) == (1006, "", "network", False, "ping-timeout")
    assert len([frame for frame in link.log.frames("sent") if frame.opcode == 9]) == 1


async def test_a_pong_that_this_end_does_not_read_is_not_missed():
    async with linked(ping_interval_s=0.01, ping_timeout_s=0.02) as link:
        link.connection.pause_receiving()
        ping = await link.peer.receive()
        await link.peer.send(10, ping.payload)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.07):
                await link.connection.wait_closed()
        link.connection.resume_receiving()
        assert (await link.peer.receive()).opcode == 9  # the answer was seen
        assert link.connection.closed is None


async def test_without_a_time_out_a_silent_peer_is_never_given_up():
    async with linked(ping_interval_s=0.005, ping_timeout_s=None) as link:
        pings = [await link.peer.receive() for _ in range(4)]
        assert {ping.opcode for ping in pings} == {9}
        await link.connection.send("still open")
        while (await link.peer.receive()).payload != b"still open":
            pass
        assert link.connection.closed is None


async def test_pings_at_an_interval_end_with_the_closing_handshake():
    async with linked(ping_interval_s=0.005, close_timeout_s=0.05) as link:
        closed = await link.connection.close()
        assert closed.cause == "close-timeout"
    opcodes = [frame.opcode for frame in link.log.frames("sent")]
    assert opcodes[-1] == 8
    assert opcodes.count(8) == 1


async def test_a_frame_that_is_being_sent_is_not_cut_by_a_ping():
    go_on = asyncio.Event()

    async def parts():
        yield b"one"
        await go_on.wait()
        yield b"two"

    async with linked(ping_interval_s=0.005, ping_timeout_s=0.02) as link:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(link.connection.send_stream(6, parts()))
            await asyncio.sleep(0.04)  # several pings would have been due
            assert link.connection.closed is None
            go_on.set()
            while (frame := await link.peer.receive()).opcode == 9:
                pass
            await sending
        assert frame.payload == b"onetwo"
        assert (await link.peer.receive()).opcode == 9


async def test_a_pong_of_another_payload_keeps_nobody_alive():
    async with linked(ping_interval_s=0.01, ping_timeout_s=0.03) as link:
        await link.peer.receive()
        await link.peer.send(10, b"not what was asked")
        closed = await link.connection.wait_closed()
    assert closed.cause == "ping-timeout"


async def test_data_of_the_peer_is_no_answer_to_a_ping():
    """A half that still sends may have stopped to read; only the pong says that it has not."""
    async with linked(ping_interval_s=0.01, ping_timeout_s=0.03) as link:
        await link.peer.receive()
        await link.peer.send(1, b"I talk and do not listen")
        closed = await link.connection.wait_closed()
    assert closed.cause == "ping-timeout"
    assert [message.text for message in link.log.messages()] == ["I talk and do not listen"]
