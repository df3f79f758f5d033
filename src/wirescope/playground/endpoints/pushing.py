"""Endpoints that send by themselves: pushed messages, fragments, pings, compression, a bomb."""

import asyncio
import zlib
from functools import lru_cache

from wirescope.events import PING as PING_OPCODE
from wirescope.playground.endpoints.endpoint import Arguments, Endpoint, Parameter, at_once
from wirescope.transports.websocket import Acceptance, Refusal, Request, WebSocketConnection
from wirescope.wire.websocket import EXTENSION_NAME, DeflateParameters, parse_extensions

_BLOCK = 1 << 20


async def _linger(connection: WebSocketConnection) -> None:
    """Take what the peer still says until it is done."""
    async for _ in connection:
        pass


def _push(arguments: Arguments, _: Request) -> Acceptance:
    count, size = arguments.number("count"), arguments.number("size")
    pause_s, binary = arguments.number("interval_ms") / 1000, arguments.text("kind") == "binary"

    async def handle(connection: WebSocketConnection) -> None:
        for number in range(count):
            payload = (b"%d " % number + b"." * size)[:size]
            if binary:
                await connection.send(payload)
            else:
                await connection.send_text(payload)
            if pause_s:
                await asyncio.sleep(pause_s)
            elif number % 256 == 255:
                await asyncio.sleep(0)
        await connection.close(1000, f"{count} messages were pushed")

    return Acceptance(handler=handle, compression=None)


PUSH = Endpoint(
    "/push",
    "Pushes numbered messages, then closes.",
    (
        Parameter("count", 10, "messages", most=100_000_000),
        Parameter("size", 200, "bytes of each", most=16 << 20),
        Parameter("interval_ms", 0, "milliseconds between two", most=600_000),
        Parameter("kind", "text", "of the messages", choices=("text", "binary")),
    ),
    at_once(_push),
)


def _fragments(arguments: Arguments, _: Request) -> Acceptance:
    parts, size = arguments.number("parts"), arguments.number("size")
    ping_between = bool(arguments.number("ping_between"))

    async def handle(connection: WebSocketConnection) -> None:
        for number in range(parts):
            opcode = 1 if number == 0 else 0
            last = number == parts - 1
            await connection.send_frame(opcode, b"%c" % (97 + number % 26) * size, fin=last)
            if ping_between and not last:
                await connection.send_frame(PING_OPCODE, b"between")
        await _linger(connection)

    return Acceptance(handler=handle, compression=None)


FRAGMENTS = Endpoint(
    "/fragments",
    "Sends one message in many frames.",
    (
        Parameter("parts", 3, "frames", least=1, most=65_536),
        Parameter("size", 5, "bytes of each", most=1 << 20),
        Parameter("ping_between", 0, "1 sends a ping between two frames", most=1),
    ),
    at_once(_fragments),
)


def _ping(arguments: Arguments, _: Request) -> Acceptance:
    count, pause_s = arguments.number("count"), arguments.number("interval_ms") / 1000
    payload = arguments.text("payload").encode()[:125]

    async def handle(connection: WebSocketConnection) -> None:
        for number in range(count):
            try:
                seconds = await connection.ping(payload or None, timeout_s=10)
            except TimeoutError:
                await connection.send(f"ping {number + 1}: no pong within 10 s")
            else:
                await connection.send(f"ping {number + 1}: pong after {seconds * 1000:.1f} ms")
            await asyncio.sleep(pause_s)
        await _linger(connection)

    return Acceptance(handler=handle)


PING = Endpoint(
    "/ping",
    "Sends pings and tells how long the pongs took.",
    (
        Parameter("count", 3, "pings", most=100_000),
        Parameter("interval_ms", 200, "milliseconds between two", most=600_000),
        Parameter("payload", "", "their payload; a different one each without it", most=125),
    ),
    at_once(_ping),
)


def _deflate(arguments: Arguments, _: Request) -> Acceptance:
    count = arguments.number("count")
    parameters = DeflateParameters(
        server_no_context_takeover=bool(arguments.number("server_no_context_takeover")),
        client_no_context_takeover=bool(arguments.number("client_no_context_takeover")),
        server_max_window_bits=arguments.number("server_max_window_bits"),
        client_max_window_bits=arguments.number("client_max_window_bits"),
    )

    async def handle(connection: WebSocketConnection) -> None:
        agreed = connection.compression
        await connection.send(f"agreed: {agreed.header() if agreed else 'no compression'}")
        for number in range(count):
            await connection.send(f'{{"number":{number},"text":"{"the same again " * 20}"}}')
        async for message in connection:
            await connection.send_text(message.payload)

    return Acceptance(handler=handle, compression=parameters)


DEFLATE = Endpoint(
    "/deflate",
    "Negotiates permessage-deflate as asked, sends messages that compress well, then echoes.",
    (
        Parameter("count", 5, "messages", most=1_000_000),
        Parameter("server_max_window_bits", 15, "of the server's window", least=8, most=15),
        Parameter("client_max_window_bits", 15, "of the client's window", least=8, most=15),
        Parameter("server_no_context_takeover", 0, "1 begins each message anew", most=1),
        Parameter("client_no_context_takeover", 0, "1 asks the client for the same", most=1),
    ),
    at_once(_deflate),
)


@lru_cache(maxsize=4)
def _bomb_payload(size: int) -> bytes:
    """Compress zeros, holding a megabyte of them at a time."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(_BLOCK)
    parts = [compressor.compress(zeros) for _ in range(size // _BLOCK)]
    parts.append(compressor.compress(bytes(size % _BLOCK)))
    return (b"".join(parts) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def _bomb(arguments: Arguments, request: Request) -> Acceptance | Refusal:
    size = arguments.number("size")
    offers = parse_extensions(request.head.get_all("Sec-WebSocket-Extensions"))
    if all(offer.name != EXTENSION_NAME for offer in offers):
        return Refusal(400, b"The bomb needs permessage-deflate; offer it.\n")

    async def handle(connection: WebSocketConnection) -> None:
        await connection.send_frame(2, await asyncio.to_thread(_bomb_payload, size), rsv1=True)
        await _linger(connection)

    return Acceptance(handler=handle, compression=DeflateParameters())


BOMB = Endpoint(
    "/bomb",
    "Sends one small compressed message that expands to a large one.",
    (Parameter("size", 1 << 30, "bytes, decoded", least=1, most=1 << 30),),
    at_once(_bomb),
)
