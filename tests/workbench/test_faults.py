"""Bad input and faults from end to end: what came before is in the capture, and the end is told."""

import random
import socket
import struct
import zlib
from contextlib import asynccontextmanager

import pytest

import wirescope
from tests.support.fake_clock import FakeClock
from tests.support.handshakes import upgrade
from tests.support.raw_server import RawServer, read_head
from tests.support.relay import Relay
from wirescope.events import (
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    Finding,
    Timeline,
    WebSocketFrame,
    WebSocketMessage,
    WebSocketViolation,
)
from wirescope.transports import websocket
from wirescope.transports.websocket import Acceptance, serve
from wirescope.wire.websocket import build_header, frame_bytes
from wirescope.workbench import recording

pytestmark = pytest.mark.each_loop

FIRST = b"\x81\x05first"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.wirescope"


@asynccontextmanager
async def saying(data, *lines, end="wait"):
    """Run a server that upgrades, says the bytes, and then waits, hangs up or resets."""

    async def talk(reader, writer):
        writer.write(upgrade(await read_head(reader), *lines))
        for at in range(0, len(data), 1 << 20):
            writer.write(data[at : at + (1 << 20)])
            await writer.drain()
        if end == "reset":
            await reader.readexactly(2)  # the client has answered: it has read what was said
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        elif end == "wait":
            await reader.read()

    async with RawServer(talk) as server:
        yield f"ws://127.0.0.1:{server.port}/"


def events_in(path):
    """Read a capture, which has to be whole, its numbers without a gap."""
    with wirescope.open_capture(path, repair=False) as capture:
        events = list(capture.events())
        assert capture.gaps == []
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def without_findings(events):
    """Leave out what the analysis has said."""
    return [event for event in events if not isinstance(event, Finding)]


async def record(url, path, **options):
    """Connect and record to the end; the events, the messages received and the verdict."""
    options.setdefault("close_timeout_s", 0.2)
    async with wirescope.connect(url, capture=path, **options) as connection:
        messages = [message async for message in connection]
        await connection.wait_closed()
        verdict = connection.verdict
    events = without_findings(events_in(path))
    assert isinstance(events[-1], ConnectionClosed)
    assert wirescope.explain(events) == verdict
    assert verdict.sentence.endswith(".")
    return events, messages, verdict


@pytest.mark.parametrize("seed", range(6))
async def test_garbage_after_the_handshake_is_in_the_capture_as_far_as_it_is_frames(path, seed):
    garbage = b"\xff" + random.Random(seed).randbytes(500)  # an opcode that means nothing
    async with saying(FIRST + garbage) as url:
        events, messages, verdict = await record(url, path)
    assert [message.text for message in messages] == ["first"]
    assert of(WebSocketViolation, events)
    assert events[-1].code == 1002
    assert "RFC 6455" in verdict.sentence + verdict.advice


@pytest.mark.parametrize("seed", range(6))
async def test_garbage_instead_of_an_answer_is_a_failure_that_keeps_it(path, seed):
    garbage = b"\xff" + random.Random(seed).randbytes(500)

    async def talk(reader, writer):
        await read_head(reader)
        writer.write(garbage)
        await reader.read()

    async with RawServer(talk) as server:
        with pytest.raises(wirescope.HandshakeError, match="not an HTTP status line") as caught:
            async with wirescope.connect(f"ws://127.0.0.1:{server.port}/", capture=path):
                pass
    events = events_in(path)
    assert caught.value.hint
    assert isinstance(events[-1], ConnectionFailed)
    assert events[-1].message == caught.value.message
    assert events[-2].response.encode("latin-1") == garbage


@pytest.mark.parametrize("limit", [None, 16 << 20], ids=["unlimited", "limited"])
@pytest.mark.parametrize("length", [(1 << 63) - 1, (1 << 64) - 1], ids=["2^63-1", "2^64-1"])
async def test_a_length_beyond_all_memory_is_told_and_takes_none(path, length, limit):
    frame = b"\x82\x7f" + length.to_bytes(8, "big") + b"its first bytes"
    async with saying(FIRST + frame, end="hang up") as url:
        events, messages, _ = await record(url, path, max_message_size=limit)
    assert [message.text for message in messages] == ["first"]
    (cut,) = [each for each in of(WebSocketFrame, events) if each.payload_length == length]
    assert bytes(cut.payload) == b"its first bytes"
    clauses = [violation.clause for violation in of(WebSocketViolation, events)]
    assert clauses[-1] == "RFC 6455 7.1.4"
    assert ("RFC 6455 5.2" in clauses) is (length >= 1 << 63)
    expected = 1006 if limit is None else 1009
    assert events[-1].code == (1002 if length >= 1 << 63 else expected)


async def test_half_a_frame_is_evidence(path):
    async with saying(FIRST + b"\x81\x7e\x10\x00half", end="hang up") as url:
        events, messages, _ = await record(url, path)
    assert [message.text for message in messages] == ["first"]
    assert of(WebSocketFrame, events)[1].payload == b"half"
    assert "4092 bytes did not come" in of(WebSocketViolation, events)[0].message
    assert (events[-1].code, events[-1].clean) == (1006, False)


async def test_a_reset_in_the_middle_of_a_frame_loses_nothing_before_it(path):
    async with saying(b"\x89\x00" + FIRST + b"\x82\x7e\x10\x00half", end="reset") as url:
        events, messages, verdict = await record(url, path)
    assert [message.text for message in messages] == ["first"]
    assert of(WebSocketFrame, events)[-1].payload == b"half"
    assert (events[-1].code, events[-1].cause) == (1006, "reset")
    assert verdict.advice


@pytest.mark.slow
async def test_65536_fragments_with_control_frames_between_are_all_kept(path):
    control = (b"\x89\x01p", b"\x8a\x01q")
    parts = [b"\x02\x01x"] + [b"\x00\x01x"] * 65534 + [b"\x80\x01x"]
    between = [part + control[at % 2] * (at % 4096 == 0) for at, part in enumerate(parts)]
    async with saying(b"".join(between) + b"\x88\x02\x03\xe8") as url:
        events, messages, _ = await record(url, path)
    ((message),) = messages
    assert (message.length, len(message.frames)) == (65536, 65536)
    frames = [each for each in of(WebSocketFrame, events) if each.direction == "received"]
    assert sum(not each.is_control for each in frames) == 65536
    assert sum(each.is_control for each in frames) == 16 + 1
    kept = {each.seq: each for each in frames}
    assert [kept[seq].fin for seq in message.frames].count(True) == 1


@pytest.mark.slow
async def test_a_bomb_stops_at_the_limit_and_its_frame_is_kept(path):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(64 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    frame = frame_bytes(build_header(2, len(packed) - 4, rsv1=True), packed[:-4])
    line = "Sec-WebSocket-Extensions: permessage-deflate"
    async with saying(FIRST + frame, line) as url:
        events, messages, verdict = await record(url, path)
    assert [message.text for message in messages] == ["first"]
    assert [each.payload_length for each in of(WebSocketFrame, events)][1] == len(packed) - 4
    assert events[-1].code == 1009
    assert verdict.advice


@pytest.mark.slow
async def test_a_peer_that_vanishes_without_a_word_is_given_up_by_its_pings(path):
    async def echo(connection):
        async for message in connection:
            await connection.send(message.text)

    async with (
        serve(lambda _: Acceptance(handler=echo)) as server,
        Relay(int(server.url.rpartition(":")[2])) as relay,
    ):
        options = {"ping_interval_s": 0.05, "ping_timeout_s": 0.3}
        url = f"ws://127.0.0.1:{relay.port}/"
        async with wirescope.connect(url, capture=path, **options) as connection:
            await connection.send("still there?")
            await connection.receive()
            assert await connection.ping() < 1
            relay.go_silent()
            await connection.send("and now?")
            await connection.wait_closed()
            verdict = connection.verdict
        assert relay.swallowed > 0
    events = without_findings(events_in(path))
    assert (events[-1].code, events[-1].cause) == (1006, "ping-timeout")
    said = [(each.direction, each.text) for each in of(WebSocketMessage, events)]
    assert said == [
        ("sent", "still there?"),
        ("received", "still there?"),
        ("sent", "and now?"),
    ]
    assert "ping" in verdict.sentence
    assert verdict.advice


@pytest.mark.parametrize("by_s", [-86400, 86400], ids=["back", "ahead"])
async def test_a_wall_clock_that_is_moved_while_recording_changes_no_time(path, by_s):
    clock = FakeClock()
    async with (
        saying(FIRST + b"\x88\x02\x03\xe8", end="hang up") as url,
        recording(path, timeline=Timeline(clock)) as kept,
    ):
        connection = await websocket.connect(url, timeline=kept.timeline, sink=kept.sink)
        clock.move_wall(ns=by_s * 1_000_000_000)
        async with connection:
            assert (await connection.receive()).text == "first"
    events = events_in(path)
    (jump,) = of(ClockJumped, events)
    assert jump.by_ns == by_s * 1_000_000_000
    assert {event.at_ns for event in events} == {0}  # the monotonic clock stood still
    assert of(ConnectionClosed, events)[0].code == 1000
