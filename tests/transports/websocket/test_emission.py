"""What is sent is what was asked for, and what is recorded is what was sent."""

import asyncio
import zlib

import pytest

from tests.support.linked import linked
from wirescope.errors import ConnectionClosedError
from wirescope.events import PayloadChunk
from wirescope.wire.websocket import DeflateParameters


def inflated(payloads):
    stream = zlib.decompressobj(-15)
    return stream.decompress(b"".join(payloads) + b"\x00\x00\xff\xff")


async def pieces(*parts):
    for part in parts:
        yield part


async def test_a_message_is_recorded_with_its_frame():
    async with linked() as link:
        await link.connection.send("hi")
        seen = await link.peer.receive()
        await link.peer.close()
    (frame, _), (message,) = link.log.frames("sent"), link.log.messages("sent")
    assert (frame.payload, frame.offset, frame.masked) == (b"hi", 0, True)
    assert (message.frames, message.wire_length, seen.payload) == ((frame.seq,), 8, b"hi")


async def test_fragments_are_frames_of_one_message():
    async with linked() as link:
        await link.connection.send_fragments(["one", "", "zwölf"])
        frames = [await link.peer.receive() for _ in range(3)]
        assert [frame.first for frame in frames] == [0x01, 0x00, 0x80]
        assert b"".join(frame.payload for frame in frames).decode() == "onezwölf"
        await link.connection.send_fragments([b"\xff"])
        assert (await link.peer.receive()).first == 0x82
        with pytest.raises(ValueError, match="at least one"):
            await link.connection.send_fragments([])
        await link.peer.close()
    assert link.log.violations("sent") == []
    assert [len(message.frames) for message in link.log.messages("sent")] == [3, 1]


async def test_compressed_fragments_are_one_stream():
    async with linked(deflate=DeflateParameters()) as link:
        await link.connection.send_fragments(["Hello " * 20, "", "Hello"])
        frames = [await link.peer.receive() for _ in range(3)]
        assert [frame.first for frame in frames] == [0x41, 0x00, 0x80]
        assert inflated(frame.payload for frame in frames) == b"Hello " * 20 + b"Hello"
        await link.peer.close()
    (message,) = link.log.messages("sent")
    assert (message.compressed, message.length) == (True, 125)
    assert message.wire_length == sum(len(frame.payload) + 6 for frame in frames)


async def test_compressed_messages_share_a_window():
    async with linked("server", deflate=DeflateParameters()) as link:
        for _ in range(2):
            await link.connection.send("Hello")
        frames = [await link.peer.receive() for _ in range(2)]
        assert [frame.payload.hex() for frame in frames] == ["f248cdc9c90700", "f200110000"]
        await link.peer.close()


# Streamed


@pytest.mark.parametrize("binary", [True, False])
async def test_a_streamed_frame_is_one_frame(binary):
    async with linked() as link:
        await link.connection.send_stream(6, pieces(b"ab", b"", b"cdef"), binary=binary)
        seen = await link.peer.receive()
        assert (seen.first, seen.payload) == (0x82 if binary else 0x81, b"abcdef")
        await link.peer.close()
    assert link.log.frames("sent")[0].payload == b"abcdef"
    assert link.log.messages("sent")[0].payload == b"abcdef"
    assert link.log.of(PayloadChunk) == []


async def test_a_long_streamed_frame_is_recorded_in_chunks():
    part = bytes(range(256)) * 1024
    async with linked() as link, asyncio.TaskGroup() as group:
        sending = group.create_task(link.connection.send_stream(len(part) * 5, pieces(*[part] * 5)))
        assert (await link.peer.receive()).payload == part * 5
        await sending
        await link.peer.close()
    frame, chunks = link.log.frames("sent")[0], link.log.of(PayloadChunk)
    assert b"".join(chunk.data for chunk in chunks) == part * 5
    assert {chunk.payload_id for chunk in chunks} == {frame.payload_id}
    assert not frame.incomplete


async def test_nothing_gets_into_a_frame_that_is_being_streamed():
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def halves():
        yield b"abc"
        begun.set()
        await go_on.wait()
        yield b"def"

    async with linked(ping_interval_s=0.01) as link, asyncio.TaskGroup() as group:
        group.create_task(link.connection.send_stream(6, halves()))
        await begun.wait()
        sending = [
            group.create_task(link.connection.send("later")),
            group.create_task(link.connection.pong(b"later")),
            group.create_task(link.connection.send_raw(b"\x8a\x00")),
        ]
        await link.peer.write(link.peer.frame(9, b"1") + link.peer.frame(9, b"2") + b"\x81\x00")
        await link.connection.receive()  # so the pings were seen
        closing = group.create_task(link.connection.close())
        await asyncio.sleep(0)
        go_on.set()
        assert (await link.peer.receive()).payload == b"abcdef"
        assert await link.peer.receive() == (0x8A, True, b"2")  # the last ping is answered
        await asyncio.wait(sending)
        while (seen := await link.peer.receive()).opcode != 8:
            assert seen.payload in (b"later", b"") or seen.opcode == 9
        link.peer.hang_up()
        await closing


@pytest.mark.parametrize("parts", [[b"abc"], [b"abc", b"defg"], []])
async def test_a_stream_of_another_length_than_announced_ends_the_connection(parts):
    async with linked() as link:
        with pytest.raises(ValueError):
            await link.connection.send_stream(6, pieces(*parts))
        closed = await link.connection.wait_closed()
    assert closed.cause == "aborted"
    (frame,) = link.log.frames("sent")
    assert frame.incomplete
    assert [clause for clause, _ in link.log.violations("sent")] == ["RFC 6455 5.2"]
    assert link.log.messages("sent") == []


async def test_a_peer_that_closes_during_a_stream_cuts_it():
    closed_by_peer = asyncio.Event()

    async def endless():
        yield b"abc"
        await closed_by_peer.wait()
        yield b"def"

    async with linked() as link, asyncio.TaskGroup() as group:

        async def send() -> None:
            with pytest.raises(ConnectionClosedError):
                await link.connection.send_stream(6, endless())

        group.create_task(send())
        await link.peer.read(9)
        await link.peer.send(8, b"\x03\xe8")
        closed = await link.connection.wait_closed()
        closed_by_peer.set()
    assert (closed.code, closed.initiator, closed.clean) == (1000, "remote", False)


async def test_closing_does_not_wait_for_ever_for_a_stream():
    never = asyncio.Event()

    async def stuck():
        yield b"abc"
        await never.wait()

    async with linked(close_timeout_s=0.05) as link, asyncio.TaskGroup() as group:
        sending = group.create_task(link.connection.send_stream(6, stuck()))
        await link.peer.read(9)
        assert (await link.connection.close()).cause == "aborted"
        sending.cancel()


# Illegal on purpose


ILLEGAL = {
    "reserved opcode": ((3, b"x"), {}, b"\x83\x81", ["5.2"]),
    "reserved bits": (
        (1, b"x"),
        {"rsv1": True, "rsv2": True, "rsv3": True},
        b"\xf1\x81",
        ["5.2"] * 3,
    ),
    "fragmented ping": ((9, b"x"), {"fin": False}, b"\x09\x81", ["5.5"]),
    "long ping": ((9, bytes(126)), {}, b"\x89\xfe\x00\x7e", ["5.5"]),
    "unmasked": ((1, b"x"), {"masked": False}, b"\x81\x01x", ["5.1"]),
    "length in 16 bits": ((1, b"x"), {"length_encoding": 16}, b"\x81\xfe\x00\x01", ["5.2"]),
    "length in 64 bits": (
        (2, b"x"),
        {"length_encoding": 64},
        b"\x82\xff" + bytes(7) + b"\x01",
        ["5.2"],
    ),
    "lone continuation": ((0, b"x"), {}, b"\x80\x81", ["5.4"]),
    "bad text": ((1, b"\xff"), {}, b"\x81\x81", ["8.1"]),
    "highest length bit": ((2, b"x"), {"announced_length": 1 << 63}, b"\x82\xff\x80", ["5.2"]),
}  # fmt: skip


@pytest.mark.parametrize(("frame", "options", "begins", "clauses"), ILLEGAL.values(), ids=ILLEGAL)
async def test_an_illegal_frame_goes_out_as_described_and_is_named(frame, options, begins, clauses):
    async with linked() as link:
        await link.connection.send_frame(*frame, **options)
        assert await link.peer.read(len(begins)) == begins
        link.peer.reset()
        await link.connection.wait_closed()
    assert [clause for clause, _ in link.log.violations("sent")] == [
        f"RFC 6455 {clause}" for clause in clauses
    ]
    assert link.log.frames("sent")[0].payload == frame[1]


async def test_a_message_of_frames_sent_one_by_one_is_a_message():
    async with linked() as link:
        await link.connection.send_frame(1, b"a", fin=False)
        await link.connection.send_frame(9, b"between")
        await link.connection.send_frame(0, b"b")
        assert [(await link.peer.receive()).first for _ in range(3)] == [0x01, 0x89, 0x80]
        await link.peer.close()
    assert [message.text for message in link.log.messages("sent")] == ["ab"]
    assert link.log.violations("sent") == []


async def test_text_that_is_not_utf_8_goes_out_and_is_named():
    async with linked() as link:
        await link.connection.send_text(b"a\xff")
        assert (await link.peer.receive()).payload == b"a\xff"
        await link.peer.close()
    assert link.log.violations("sent") == [("RFC 6455 8.1", "The text is not UTF-8 at byte 1.")]


@pytest.mark.parametrize("raw", [True, False])
async def test_a_close_frame_sent_by_hand_begins_the_closing_handshake(raw):
    async with linked() as link:
        if raw:
            await link.connection.send_raw(b"\x88\x82\0\0\0\0\x0f\xa0")
        else:
            await link.connection.send_frame(8, b"\x0f\xa0")
        await link.connection.send_frame(9, b"after the close")
        assert [(await link.peer.receive()).opcode for _ in range(2)] == [8, 9]
        await link.peer.send(8, b"\x0f\xa0")
        link.peer.hang_up()
        closed = await link.connection.wait_closed()
    assert (closed.code, closed.initiator, closed.clean) == (4000, "local", True)
    assert [frame.opcode for frame in link.log.frames("sent")] == [8, 9]


async def test_raw_bytes_that_are_frames_are_recorded_as_such():
    async with linked() as link:
        await link.connection.send("x")
        await link.connection.send_raw(b"\x81\x82\0\0\0\0hi\x8a\x80\0\0\0\0")
        assert [(await link.peer.receive()).payload for _ in range(3)] == [b"x", b"hi", b""]
        await link.peer.close()
    assert [(f.opcode, f.offset) for f in link.log.frames("sent")] == [
        (1, 0),
        (1, 7),
        (10, 15),
        (8, 21),
    ]
    assert [message.text for message in link.log.messages("sent")] == ["x", "hi"]


async def test_a_frame_may_be_sent_raw_in_pieces():
    async with linked() as link:
        for byte in b"\x81\x82\0\0\0\0hi":
            await link.connection.send_raw(bytes((byte,)))
        assert (await link.peer.receive()).payload == b"hi"
        await link.peer.close()
    assert [message.text for message in link.log.messages("sent")] == ["hi"]
    assert link.log.violations("sent") == []


async def test_raw_bytes_that_are_no_frame_are_named_when_something_else_follows():
    async with linked() as link:
        await link.connection.send_raw(b"\x82\xff")
        await link.connection.send("x")
        assert await link.peer.read(4) == b"\x82\xff\x81\x81"
        await link.connection.send_raw(b"\x81\xff" + b"\x7f" * 8)
        link.peer.reset()
        await link.connection.wait_closed()
    assert link.log.violations("sent") == [
        ("RFC 6455 5.2", "2 bytes were sent that are no whole frame: 82 ff."),
        ("RFC 6455 5.2", "10 bytes were sent that are no whole frame: 81 ff" + " 7f" * 8 + "."),
    ]
    assert [frame.offset for frame in link.log.frames("sent")] == [2]
