"""Small servers for clients whose own servers are not Python's or Node's: SignalR, Phoenix, Rails.

They follow the protocols' specifications and write bytes without Wirescope's decoders. `python -m
tests.interop.subprotocols.with_websockets NAME` prints a port and ends with standard input.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

END = b"\x1e"


# SignalR


async def signalr(connection: ServerConnection) -> None:
    """Serve a hub: Add, Fail, Log, Count, Upload, and a push."""
    first = await connection.recv()
    head = first.encode() if isinstance(first, str) else first
    packed = json.loads(head.rstrip(END))["protocol"] == "messagepack"
    await connection.send(b"{}" + END if packed else "{}" + END.decode())
    send = _packing(connection) if packed else _writing(connection)
    await send([1, {}, None, "push", [1, "hällo", [None, True]], []])
    async for data in connection:
        for message in _packed_messages(data) if isinstance(data, bytes) else _messages(data):
            await _answer(message, send)


async def _answer(message: list[Any], send: Callable[[list[Any]], Awaitable[None]]) -> None:
    kind, *fields = message
    if kind == 6:
        await send([6])
    elif kind in (1, 4) and fields[1] is not None:
        number, target, arguments = fields[1:4]
        if target == "Add":
            await send([3, {}, number, 3, sum(arguments)])
        elif target == "Fail":
            await send([3, {}, number, 1, "it failed"])
        elif target == "Count":
            for count in range(arguments[0]):
                await send([2, {}, number, count])
            await send([3, {}, number, 2])
        else:
            await send([3, {}, number, 3, {"kept": True}])


_FIELDS = {
    1: ("headers", "invocationId", "target", "arguments", "streamIds"),
    2: ("headers", "invocationId", "item"),
    3: ("headers", "invocationId"),
    4: ("headers", "invocationId", "target", "arguments", "streamIds"),
    6: (),
}


def _writing(connection: ServerConnection) -> Callable[[list[Any]], Awaitable[None]]:
    async def send(message: list[Any]) -> None:
        kind, *fields = message
        named = dict(zip(_FIELDS[kind], fields, strict=False))
        if kind == 3 and fields[2] != 2:
            named["error" if fields[2] == 1 else "result"] = fields[3]
        shown = {key: each for key, each in named.items() if each not in (None, {}, [])}
        await connection.send(json.dumps({"type": kind, **shown}) + END.decode())

    return send


def _packing(connection: ServerConnection) -> Callable[[list[Any]], Awaitable[None]]:
    async def send(message: list[Any]) -> None:
        data = msgspec.msgpack.encode(message)
        assert len(data) < 128
        await connection.send(bytes([len(data)]) + data)

    return send


def _messages(data: str) -> list[list[Any]]:
    found = []
    for text in data.split(END.decode())[:-1]:
        value = json.loads(text)
        names = _FIELDS.get(value["type"], ())
        found.append([value["type"], *(value.get(name) for name in names)])
    return found


def _packed_messages(data: bytes) -> list[list[Any]]:
    found, at = [], 0
    while at < len(data):
        assert data[at] < 128
        found.append(msgspec.msgpack.decode(data[at + 1 : at + 1 + data[at]]))
        at += 1 + data[at]
    return found


# Phoenix


async def phoenix(connection: ServerConnection) -> None:
    """Serve a channel, with the serialiser that `vsn` asks for."""
    assert connection.request is not None
    first = "vsn=1" in connection.request.path

    async def send(join_ref: Any, ref: Any, topic: str, event: str, payload: Any) -> None:
        if first:
            fields = {"topic": topic, "event": event, "payload": payload, "ref": ref}
            await connection.send(json.dumps(fields))
        else:
            await connection.send(json.dumps([join_ref, ref, topic, event, payload]))

    async for data in connection:
        if isinstance(data, bytes):
            await _answer_upload(connection, data)
            continue
        value = json.loads(data)
        if first:
            value = [value.get(name) for name in ("join_ref", "ref", "topic", "event", "payload")]
        join_ref, ref, topic, event, payload = value
        status = "error" if event == "fail" else "ok"
        await send(join_ref, ref, topic, "phx_reply", {"status": status, "response": payload})
        if event == "new_msg":
            await send(None, None, topic, "news", payload)


async def _answer_upload(connection: ServerConnection, data: bytes) -> None:
    sizes = data[1:5]
    at = 5
    join_ref, ref, topic = (data[at + sum(sizes[:i]) : at + sum(sizes[: i + 1])] for i in range(3))
    head = bytes([1, len(join_ref), len(ref), len(topic), 2])
    await connection.send(head + join_ref + ref + topic + b"ok" + data[at + sum(sizes) :])
    head = bytes([2, len(topic), 4])
    await connection.send(head + topic + b"blob" + b"\x01\x02")


# Action Cable


async def actioncable(connection: ServerConnection) -> None:
    """Serve ChatChannel, refuse all others, and ping."""

    async def ping() -> None:
        for number in range(1000):
            await asyncio.sleep(0.1)
            await connection.send(json.dumps({"type": "ping", "message": 1_700_000_000 + number}))

    await connection.send(json.dumps({"type": "welcome"}))
    async with asyncio.TaskGroup() as group:
        pinging = group.create_task(ping())
        async for data in connection:
            await _obey(connection, json.loads(data))
        pinging.cancel()


async def _obey(connection: ServerConnection, value: dict[str, Any]) -> None:
    identifier = value["identifier"]
    if value["command"] == "subscribe":
        known = json.loads(identifier)["channel"] == "ChatChannel"
        kind = "confirm_subscription" if known else "reject_subscription"
        await connection.send(json.dumps({"identifier": identifier, "type": kind}))
    elif value["command"] == "message":
        message = json.loads(value["data"])
        await connection.send(json.dumps({"identifier": identifier, "message": message}))


HANDLERS = {"signalr": signalr, "phoenix": phoenix, "actioncable": actioncable}


async def main(name: str) -> None:
    """Serve until standard input ends."""
    subprotocols = [Subprotocol("actioncable-v1-json")] if name == "actioncable" else None
    async with serve(HANDLERS[name], "127.0.0.1", 0, subprotocols=subprotocols) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
