"""A connection, either end of it: messages, closing, and how its end is told."""

import asyncio

import pytest

from tests.support.linked import ended, linked
from wirescope.errors import ConnectionClosedError, UsageError
from wirescope.events import ConnectionOpened
from wirescope.states import ReadyState

pytestmark = pytest.mark.each_loop

ROLES = pytest.mark.parametrize("role", ["client", "server"])


# Messages


@ROLES
async def test_messages_go_both_ways(role):
    async with linked(role) as link:
        await link.connection.send("grüße")
        await link.connection.send(b"\x00\x01")
        text, binary = await link.peer.receive(), await link.peer.receive()
        assert (text.first, text.payload) == (0x81, "grüße".encode())
        assert (binary.first, binary.payload) == (0x82, b"\x00\x01")
        assert text.masked is (role == "client")
        await link.peer.send(1, "zurück".encode())
        message = await link.connection.receive()
        assert (message.kind, message.text) == ("text", "zurück")
        await link.peer.close()
    opened = link.log[0]
    assert isinstance(opened, ConnectionOpened)
    assert [message.frames for message in link.log.messages()] == [(link.log.frames()[0].seq,)]


async def test_numbers_and_times_never_go_back():
    async with linked() as link:
        wire = b"".join(link.peer.frame(opcode, b"x") for opcode in (1, 9, 2, 9, 10, 1))
        await link.peer.write(wire)
        for _ in range(3):
            await link.connection.receive()
        await link.peer.close()
        await link.connection.wait_closed()
    assert [event.seq for event in link.log] == sorted(event.seq for event in link.log)
    times = [event.at_ns for event in link.log]
    assert times == sorted(times)


async def test_iterating_ends_with_the_connection():
    async with linked() as link:
        for number in range(3):
            await link.peer.send(1, b"%d" % number)
        await link.peer.close()
        assert [message.text async for message in link.connection] == ["0", "1", "2"]
        with pytest.raises(ConnectionClosedError, match="1000"):
            await link.connection.receive()


async def test_several_receivers_share_the_messages_and_one_may_give_up():
    async with linked() as link, asyncio.TaskGroup() as group:
        impatient = group.create_task(link.connection.receive())
        others = [group.create_task(link.connection.receive()) for _ in range(2)]
        await asyncio.sleep(0)  # let them begin to wait
        impatient.cancel()
        await link.peer.send(1, b"a")
        await link.peer.send(1, b"b")
        assert {(await other).text for other in others} == {"a", "b"}
        await link.peer.close()


async def test_bytes_that_came_with_the_handshake_are_the_first_frames():
    async with linked(leftover=b"\x81\x02hi\x81\x03") as link:
        await link.peer.write(b"you\x88\x00")
        link.peer.hang_up()
        assert [message.text async for message in link.connection] == ["hi", "you"]
    assert [frame.offset for frame in link.log.frames()] == [0, 4, 9]


@ROLES
async def test_a_close_that_came_with_the_handshake_ends_it(role):
    close = bytes.fromhex("888211223344" + "12ca") if role == "server" else b"\x88\x02\x03\xe8"
    async with linked(role, leftover=close) as link:
        assert (await link.peer.receive()).payload == b"\x03\xe8"
        link.peer.hang_up()
        assert (await link.connection.wait_closed()).code == 1000


# Closing


@ROLES
async def test_this_end_closes(role):
    async with linked(role) as link, asyncio.TaskGroup() as group:
        closing = group.create_task(link.connection.close(4001, "done"))
        assert (await link.peer.receive()).payload == b"\x0f\xa1done"
        assert link.connection.state is ReadyState.CLOSING
        await link.peer.send(8, b"\x0f\xa1done")
        link.peer.hang_up()
        assert ended(await closing) == (4001, "done", "local", True, "close")
    assert link.log.closed is link.connection.closed
    assert link.connection.state is ReadyState.CLOSED


@ROLES
@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
async def test_the_peer_closes(role, code):
    async with linked(role) as link:
        answer = await link.peer.close(code, "tschüß".encode())
        assert answer.payload == code.to_bytes(2, "big")
        closed = await link.connection.wait_closed()
    assert ended(closed) == (code, "tschüß", "remote", True, "close")
    assert link.log.closed is closed


@ROLES
async def test_a_close_frame_without_a_code_is_1005(role):
    async with linked(role) as link:
        assert (await link.peer.close(None)).payload == b""
        assert ended(await link.connection.wait_closed()) == (1005, "", "remote", True, "close")


async def test_no_code_is_sent_when_none_is_asked_for():
    async with linked() as link, asyncio.TaskGroup() as group:
        group.create_task(link.connection.close(None, "not sent"))
        assert (await link.peer.receive()).payload == b""
        link.peer.hang_up()


async def test_a_server_hangs_up_first_and_still_reads():
    async with linked("server") as link:
        await link.peer.send(8, b"\x03\xe8")
        assert (await link.peer.receive()).payload == b"\x03\xe8"
        assert await link.peer.rest() == b""
        await link.peer.send(1, b"too late")
        link.peer.hang_up()
        assert (await link.connection.wait_closed()).clean
    assert link.log.violations() == [("RFC 6455 5.5.1", "A text frame follows the Close.")]
    assert link.log.messages() == []


async def test_a_client_waits_for_the_server_to_hang_up():
    async with linked(close_timeout_s=0.05) as link:
        await link.peer.send(8, b"\x03\xe8")
        await link.peer.receive()
        closed = await link.connection.wait_closed()
        assert ended(closed) == (1000, "", "remote", True, "close")


@ROLES
async def test_a_fin_without_a_close_frame_is_1006(role):
    async with linked(role) as link:
        link.peer.hang_up()
        assert ended(await link.connection.wait_closed()) == (1006, "", "network", False, "eof")


@ROLES
async def test_a_reset_is_told_from_a_fin(role):
    async with linked(role) as link:
        link.peer.reset()
        assert ended(await link.connection.wait_closed()) == (1006, "", "network", False, "reset")


@ROLES
async def test_a_close_that_is_not_answered_times_out(role):
    async with linked(role, close_timeout_s=0.05) as link:
        closed = await link.connection.close()
        assert ended(closed) == (1006, "", "local", False, "close-timeout")


async def test_a_close_that_is_answered_by_a_fin_alone_is_not_clean():
    async with linked() as link, asyncio.TaskGroup() as group:
        closing = group.create_task(link.connection.close())
        await link.peer.receive()
        link.peer.hang_up()
        assert ended(await closing) == (1006, "", "local", False, "eof")


async def test_what_comes_before_the_answer_to_a_close_is_kept_as_events():
    async with linked() as link, asyncio.TaskGroup() as group:
        closing = group.create_task(link.connection.close())
        await link.peer.receive()
        await link.peer.send(1, b"still on its way")
        await link.peer.send(8, b"\x03\xe8")
        link.peer.hang_up()
        assert (await closing).clean
    assert [message.text for message in link.log.messages()] == ["still on its way"]


async def test_both_ends_close_at_once():
    async with linked() as link, asyncio.TaskGroup() as group:
        await link.peer.send(8, b"\x03\xe9")
        closing = group.create_task(link.connection.close(1000))
        assert (await link.peer.receive()).opcode == 8
        link.peer.hang_up()
        assert (await closing).code == 1001
    assert len([frame for frame in link.log.frames("sent") if frame.opcode == 8]) == 1


async def test_aborting_ends_it_at_once():
    async with linked() as link:
        link.connection.abort()
        assert ended(await link.connection.wait_closed()) == (1006, "", "local", False, "aborted")


async def test_after_the_end_nothing_can_be_sent():
    async with linked() as link:
        await link.peer.close(4000)
        await link.connection.wait_closed()
        for attempt in (
            link.connection.send("x"),
            link.connection.ping(),
            link.connection.pong(),
            link.connection.send_fragments(["x"]),
            link.connection.send_frame(1),
            link.connection.send_raw(b"x"),
        ):
            with pytest.raises(ConnectionClosedError) as caught:
                await attempt
            assert (caught.value.code, caught.value.initiator) == (4000, "remote")
        assert (await link.connection.close()).code == 4000
    assert len(link.log.frames("sent")) == 1


async def test_a_context_closes_its_connection():
    async with linked(close_timeout_s=0.05) as link:
        async with link.connection:
            pass
        assert link.connection.closed.cause == "close-timeout"


async def test_a_close_code_has_two_bytes():
    async with linked() as link:
        for code in (-1, 65536):
            with pytest.raises(UsageError, match="two bytes"):
                await link.connection.close(code)


@pytest.mark.parametrize("code", [0, 999, 1005, 1006, 1015, 65535])
async def test_an_illegal_code_can_be_sent_and_is_named(code):
    async with linked(close_timeout_s=0.05) as link, asyncio.TaskGroup() as group:
        group.create_task(link.connection.close(code))
        assert (await link.peer.receive()).payload == code.to_bytes(2, "big")
        link.peer.hang_up()
    assert link.log.violations("sent") == [
        ("RFC 6455 7.4", f"The close code {code} must not be sent.")
    ]


async def test_a_reason_is_cut_between_two_characters():
    async with linked() as link, asyncio.TaskGroup() as group:
        group.create_task(link.connection.close(1000, "€" * 60))
        payload = (await link.peer.receive()).payload
        assert payload == b"\x03\xe8" + "€".encode() * 41
        link.peer.hang_up()


async def test_frames_after_a_close_are_noted_and_ignored():
    async with linked() as link:
        frames = [(8, b"\x03\xe8"), (1, b"x"), (9, b""), (8, b"\x0f\xa0")]
        await link.peer.write(b"".join(link.peer.frame(*frame) for frame in frames))
        assert (await link.peer.receive()).payload == b"\x03\xe8"
        link.peer.hang_up()
        closed = await link.connection.wait_closed()
    assert ended(closed) == (1000, "", "remote", True, "close")
    assert [clause for clause, _ in link.log.violations()] == ["RFC 6455 5.5.1"] * 3
    assert len(link.log.frames()) == 4
    assert [frame.opcode for frame in link.log.frames("sent")] == [8]


async def test_what_could_not_be_sent_is_not_recorded():
    async with linked() as link:
        link.connection.pause_receiving()
        await link.peer.write(link.peer.frame(9, b"?") + link.peer.frame(8, b"\x03\xe8"))
        link.connection.abort()
        closed = await link.connection.wait_closed()
    assert link.log.frames("sent") == []
    assert not closed.clean


async def test_a_ping_or_pong_that_no_control_frame_carries_is_not_sent():
    async with linked() as link:
        with pytest.raises(UsageError, match="126 bytes"):
            await link.connection.ping(bytes(126))
        with pytest.raises(UsageError, match="126 bytes"):
            await link.connection.pong(bytes(126))
        await link.peer.close()
        await link.connection.wait_closed()
    assert {frame.opcode for frame in link.log.frames()} == {8}
