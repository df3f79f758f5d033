"""What is asked for is what a server that is nothing but a socket receives."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.support.raw_server import RawServer, header, read_head
from wirescope.events import Timeline
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection, connect
from wirescope.wire.websocket import Frame, FrameParser, build_response

Sending = Callable[[WebSocketConnection], Awaitable[None]]


async def received_after(sending: Sending) -> list[Frame]:
    """Carry the sending out; return the frames that came before the Close."""
    received = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        writer.write(build_response(header(head, "Sec-WebSocket-Key")))
        while data := await reader.read(65536):
            received.extend(data)

    async with RawServer(listen) as server:
        options = ConnectOptions(compression=None, close_timeout_s=0.2)
        connection = await connect(
            f"ws://127.0.0.1:{server.port}/",
            options=options,
            timeline=Timeline(),
            sink=lambda _: None,
        )
        await sending(connection)
        await connection.close()
    frames = [item for item in FrameParser().feed(bytes(received)) if isinstance(item, Frame)]
    assert frames.pop().payload == b"\x03\xe8"
    return frames


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "",
        "ünïcode 🦀",
        "SEND\n\nbody\x00",
        '{"type":6}\x1e',
        "a\r\nb",
        ' "quoted" ',
        "\\x00",
    ],
)
async def test_text_goes_out_as_it_was_typed(text: str) -> None:
    (frame,) = await received_after(lambda connection: connection.send(text))
    assert (frame.opcode, frame.fin, frame.masked) == (1, True, True)
    assert frame.payload == text.encode()


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b"\x00\x01\xff", bytes(range(256)) * 300], ids=len)
async def test_bytes_go_out_as_they_are(data: bytes) -> None:
    (frame,) = await received_after(lambda connection: connection.send(data))
    assert (frame.opcode, frame.payload) == (2, data)


ILLEGAL: dict[str, tuple[Sending, bytes, bytes]] = {
    "reserved opcode": (lambda c: c.send_frame(0x3, b"x"), b"\x83\x81", b"x"),
    "reserved bits": (
        lambda c: c.send_frame(1, b"x", rsv1=True, rsv2=True, rsv3=True),
        b"\xf1\x81",
        b"x",
    ),
    "unmasked": (lambda c: c.send_frame(1, b"x", masked=False), b"\x81\x01", b"x"),
    "fragmented ping": (lambda c: c.send_frame(9, b"x", fin=False), b"\x09\x81", b"x"),
    "long ping": (lambda c: c.send_frame(9, bytes(200)), b"\x89\xfe\x00\xc8", bytes(200)),
    "not UTF-8": (lambda c: c.send_frame(1, b"\xff"), b"\x81\x81", b"\xff"),
    "length in 64 bits": (
        lambda c: c.send_frame(2, b"x", length_encoding=64),
        b"\x82\xff" + bytes(7) + b"\x01",
        b"x",
    ),
    "raw bytes": (lambda c: c.send_raw(b"\xbf\x00"), b"\xbf\x00", b""),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ILLEGAL)
async def test_illegal_frames_go_out_as_they_were_described(name: str) -> None:
    sending, head, payload = ILLEGAL[name]
    (frame,) = await received_after(sending)
    assert frame.header[: len(head)] == head
    assert frame.payload == payload


@pytest.mark.slow
async def test_a_stream_goes_out_as_one_frame() -> None:
    async def chunks():
        for _ in range(40):
            yield b"0123456789" * 5000

    (frame,) = await received_after(
        lambda connection: connection.send_stream(900_000, _cut(chunks()))
    )
    assert frame.payload == (b"0123456789" * 90_000)


async def _cut(chunks):
    left = 900_000
    async for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk[:left])
        if not left:
            return
