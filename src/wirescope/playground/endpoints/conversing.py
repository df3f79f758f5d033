"""Endpoints that answer: echo, subprotocols, JSON-RPC, binary data, and the tour of the demo."""

import asyncio
import os
from typing import Any

import msgspec

from wirescope.events import PING
from wirescope.playground.endpoints.endpoint import Arguments, Endpoint, Parameter, at_once
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection
from wirescope.wire.websocket import parse_subprotocols


def _echo(arguments: Arguments, _: Request) -> Acceptance:
    parts, delay_s = arguments.number("fragments"), arguments.number("delay_ms") / 1000

    async def handle(connection: WebSocketConnection) -> None:
        async for message in connection:
            if delay_s:
                await asyncio.sleep(delay_s)
            if parts > 1:
                await connection.send_fragments(_cut(message.payload, parts), kind=message.kind)
            elif message.kind == "text":
                await connection.send_text(message.payload)
            else:
                await connection.send(message.payload)

    return Acceptance(handler=handle)


def _cut(payload: bytes, parts: int) -> list[bytes]:
    step = max(1, -(-len(payload) // parts))
    return [payload[start : start + step] for start in range(0, len(payload), step)] or [b""]


ECHO = Endpoint(
    "/echo",
    "Sends every message back as it came.",
    (
        Parameter("fragments", 1, "frames to cut each answer into", least=1, most=1000),
        Parameter("delay_ms", 0, "milliseconds before each answer", most=60_000),
    ),
    at_once(_echo),
)


def _subprotocol(arguments: Arguments, request: Request) -> Acceptance:
    spoken = [each.strip() for each in arguments.text("speak").split(",") if each.strip()]
    offered = parse_subprotocols(request.head.get_all("Sec-WebSocket-Protocol"))
    chosen = next((name for name in spoken if name in offered), "")

    async def handle(connection: WebSocketConnection) -> None:
        await connection.send(f"spoken here: {', '.join(spoken)}")
        await connection.send(f"offered: {', '.join(offered) or 'nothing'}")
        await connection.send(f"chosen: {connection.subprotocol or 'none'}")
        async for message in connection:
            await connection.send_text(message.payload)

    return Acceptance(handler=handle, subprotocol=chosen)


SUBPROTOCOL = Endpoint(
    "/subprotocol",
    "Chooses a subprotocol, tells which, then echoes.",
    (Parameter("speak", "chat,superchat", "those it speaks, the preferred one first", most=500),),
    at_once(_subprotocol),
)


def _jsonrpc(_: Arguments, __: Request) -> Acceptance:
    async def handle(connection: WebSocketConnection) -> None:
        async for message in connection:
            for answer in await _call(message.payload):
                await connection.send_text(msgspec.json.encode(answer))

    return Acceptance(handler=handle)


async def _call(data: bytes) -> list[dict[str, Any]]:
    """Answer one JSON-RPC 2.0 call; a notification gets nothing, `notify` sends some itself."""
    try:
        call = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return [_error(None, -32700, "Parse error")]
    if not isinstance(call, dict) or call.get("jsonrpc") != "2.0" or "method" not in call:
        return [_error(None, -32600, "Invalid request")]
    identifier, parameters = call.get("id"), call.get("params", [])
    match call["method"], parameters:
        case "echo", _:
            result: Any = parameters
        case "add", [int() | float() as left, int() | float() as right]:
            result = left + right
        case "sleep", [int() | float() as seconds] if 0 <= seconds <= 60:
            await asyncio.sleep(seconds)
            result = seconds
        case "error", _:
            return [_error(identifier, -32000, "This is the error that was asked for")]
        case "notify", [int() as count] if 0 <= count <= 1000:
            pushed = [_notification(number) for number in range(count)]
            return [*pushed, _result(identifier, count)]
        case (("add" | "sleep" | "notify"), _):
            return [_error(identifier, -32602, "Invalid params")]
        case _:
            return [_error(identifier, -32601, "Method not found")]
    return [_result(identifier, result)] if "id" in call else []


def _result(identifier: object, result: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identifier, "result": result}


def _error(identifier: object, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identifier, "error": {"code": code, "message": message}}


def _notification(number: int) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": "pushed", "params": [number]}


JSONRPC = Endpoint(
    "/jsonrpc",
    "Answers JSON-RPC 2.0: echo, add [a, b], sleep [s], error, notify [n].",
    (),
    at_once(_jsonrpc),
)


def _binary(arguments: Arguments, _: Request) -> Acceptance:
    size, pattern = arguments.number("size"), arguments.text("pattern")
    if pattern == "random":
        data = os.urandom(size)
    elif pattern == "counter":
        data = (bytes(range(256)) * (size // 256 + 1))[:size]
    else:
        data = bytes(size)

    async def handle(connection: WebSocketConnection) -> None:
        await connection.send(data)
        async for message in connection:
            await connection.send(message.payload)

    return Acceptance(handler=handle)


BINARY = Endpoint(
    "/binary",
    "Sends one binary message, then sends back every message as binary.",
    (
        Parameter("size", 256, "bytes", most=16 << 20),
        Parameter("pattern", "counter", "what they are", choices=("random", "counter", "zeros")),
    ),
    at_once(_binary),
)


_NOTES = "".join(f',"note{number}":"this repeats and compresses well"' for number in range(8))


def _demo(_: Arguments, __: Request) -> Acceptance:
    async def handle(connection: WebSocketConnection) -> None:
        pause = 0.12
        await connection.send_frame(1, b"Hello. You see every frame as it crosses the wire.")
        await asyncio.sleep(pause)
        await connection.send(f'{{"type":"trade","symbol":"WIRE","price":101.25{_NOTES}}}')
        await asyncio.sleep(pause)
        await connection.send_frame(2, bytes(range(32)))
        await asyncio.sleep(pause)
        await connection.ping(b"are you there", timeout_s=5)
        await connection.send_frame(1, b"One message, ", fin=False)
        await connection.send_frame(PING, b"between two fragments")
        await connection.send_frame(0, b"three frames, ", fin=False)
        await connection.send_frame(0, b"and a ping in between.")
        await asyncio.sleep(pause)
        await connection.close(1000, "that was the tour")

    return Acceptance(handler=handle)


DEMO = Endpoint(
    "/demo",
    "A short tour: text, compressed JSON, binary, pings, fragments, and a clean end.",
    (),
    at_once(_demo),
)
