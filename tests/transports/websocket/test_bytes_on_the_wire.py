"""What a raw socket server received is what was asked for, byte for byte."""

import asyncio
from base64 import b64encode
from contextlib import asynccontextmanager
from hashlib import sha1

import pytest

from tests.support.linked import Log, read_frame
from tests.support.raw_server import RawServer, header, read_head
from wirescope.events import Timeline
from wirescope.transports.websocket import ConnectOptions, connect
from wirescope.wire.websocket import DeflateOffer

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Received:
    """What the server was sent after the handshake."""

    def __init__(self):
        self.request = b""
        self.frames = []
        self.raw = bytearray()


@asynccontextmanager
async def session(*, wants: int, options=None, extensions=""):
    """Connect to a server that reads so many frames; give the connection and what was received."""
    received, done = Received(), asyncio.Event()

    async def talk(reader, writer):
        received.request = await read_head(reader)
        accept = b64encode(
            sha1(header(received.request, "Sec-WebSocket-Key").encode() + GUID).digest()
        )
        lines = [b"HTTP/1.1 101 Switching Protocols", b"Upgrade: websocket", b"Connection: Upgrade"]
        lines.append(b"Sec-WebSocket-Accept: " + accept)
        if extensions:
            lines.append(b"Sec-WebSocket-Extensions: " + extensions.encode())
        writer.write(b"\r\n".join([*lines, b"", b""]))

        async def read(count):
            data = await reader.readexactly(count)
            received.raw += data
            return data

        for _ in range(wants):
            received.frames.append(await read_frame(read))
        done.set()
        await reader.read()

    log = Log()
    async with RawServer(talk) as server:
        connection = await connect(
            f"ws://127.0.0.1:{server.port}/",
            options=options or ConnectOptions(compression=None, close_timeout_s=0.2),
            timeline=Timeline(),
            sink=log,
        )
        received.log = log
        try:
            yield connection, received, done
        finally:
            connection.abort()
            await connection.wait_closed()


TEXTS = {
    "text": "hello",
    "empty": "",
    "accents": "grüße, señor",
    "astral": "😀𝄞\U0010ffff",
    "combining": "e\u0301",
    "byte order mark": "\ufeffx",
    "STOMP": "SEND\ndestination:/a\n\nbody\0",
    "SignalR": '{"protocol":"json","version":1}\x1e',
    "line ends": "a\r\nb\nc\r",
    "all of ASCII": "".join(map(chr, range(128))),
    "noncharacters": "\ufffe\uffff",
    "125 bytes": "a" * 125,
    "126 bytes": "a" * 126,
    "65535 bytes": "é" * 32767 + "a",
    "65536 bytes": "é" * 32768,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_text_arrives_as_it_was_given(text):
    async with session(wants=1) as (connection, received, done):
        await connection.send(text)
        await done.wait()
        assert received.frames == [(0x81, True, text.encode())]


BINARIES = {
    "empty": b"",
    "every byte": bytes(range(256)),
    "from hex": bytes.fromhex("00ff7f80deadbeef"),
    "not UTF-8": b"\xff\xfe",
    "looks like a frame": b"\x81\x05Hello",
    "looks like HTTP": b"GET / HTTP/1.1\r\n\r\n",
    "one mebibyte and a byte": b"\x5a" * ((1 << 20) + 1),
}


@pytest.mark.parametrize("data", BINARIES.values(), ids=BINARIES)
async def test_bytes_arrive_as_they_were_given(data):
    async with session(wants=1) as (connection, received, done):
        await connection.send(data)
        await done.wait()
        assert received.frames == [(0x82, True, data)]


async def test_text_of_bytes_arrives_even_if_it_is_not_utf_8():
    async with session(wants=1) as (connection, received, done):
        await connection.send_text(b"caf\xe9\0")
        await done.wait()
        assert received.frames == [(0x81, True, b"caf\xe9\0")]


FRAMES = {
    "ping": ((9, b"\0\xff"), {}, 0x89, True),
    "pong": ((10, b""), {}, 0x8A, True),
    "first fragment": ((1, b"a"), {"fin": False}, 0x01, True),
    "reserved opcode": ((0xB, b"?"), {}, 0x8B, True),
    "reserved bits": ((2, b"?"), {"rsv1": True, "rsv2": True, "rsv3": True}, 0xF2, True),
    "unmasked": ((1, b"plain"), {"masked": False}, 0x81, False),
    "too long a ping": ((9, bytes(200)), {}, 0x89, True),
    "length in 64 bits": ((1, b"x"), {"length_encoding": 64}, 0x81, True),
    "close with one byte": ((8, b"\x03"), {}, 0x88, True),
    "close with 1006": ((8, b"\x03\xee"), {}, 0x88, True),
    "fragmented close": ((8, b""), {"fin": False}, 0x08, True),
}


@pytest.mark.parametrize(("frame", "options", "first", "masked"), FRAMES.values(), ids=FRAMES)
async def test_any_frame_arrives_as_described(frame, options, first, masked):
    async with session(wants=1) as (connection, received, done):
        await connection.send_frame(*frame, **options)
        await done.wait()
        assert received.frames == [(first, masked, frame[1])]


async def test_the_header_that_is_recorded_is_the_one_that_was_sent():
    async with session(wants=3) as (connection, received, done):
        await connection.send("a")
        await connection.send_frame(2, bytes(300), length_encoding=64)
        await connection.send_raw(b"\x81\x00")
        await done.wait()
        wire = bytes(received.raw)
        for frame in received.log.frames("sent"):
            assert wire[frame.offset : frame.offset + len(frame.header)] == frame.header
        assert sum(frame.wire_length for frame in received.log.frames("sent")) == len(wire)


async def test_raw_bytes_arrive_untouched():
    async with session(wants=0) as (connection, received, done):
        await done.wait()
        await connection.send_raw(b"\x81\x05Hello\xff\x00")
    assert received.log.frames("sent")[0].payload == b"Hello"


async def test_the_parts_of_a_message_arrive_as_its_fragments():
    async with session(wants=3) as (connection, received, done):
        await connection.send_fragments(["a", "", "é"])
        await done.wait()
        assert received.frames == [
            (0x01, True, b"a"),
            (0x00, True, b""),
            (0x80, True, "é".encode()),
        ]


async def test_each_frame_has_a_masking_key_of_its_own():
    async with session(wants=20) as (connection, received, done):
        for _ in range(20):
            await connection.send("x")
        await done.wait()
    keys = {frame.masking_key for frame in received.log.frames("sent")}
    assert len(keys) > 18


async def test_compressed_bytes_are_those_of_the_algorithm():
    options = ConnectOptions(compression=DeflateOffer(), close_timeout_s=0.2)
    async with session(wants=2, options=options, extensions="permessage-deflate") as (
        connection,
        received,
        done,
    ):
        await connection.send("Hello")
        await connection.send("Hello")
        await done.wait()
        assert [frame[2].hex() for frame in received.frames] == ["f248cdc9c90700", "f200110000"]
        assert [frame[0] for frame in received.frames] == [0xC1, 0xC1]
