"""The script of this folder with `uvicorn` and `wsproto`.

An ASGI application can neither fragment nor ping: uvicorn pings on its own, with a payload of its
choice, so its interval is short here.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]
CLOSES = {"bye": (4001, "custom reason"), "done": (1000, ""), "gone": (1001, "")}


def answered(text: str) -> str:
    """Answer a call of JSON-RPC 2.0 with its own parameters; anything else stays as it is."""
    try:
        call = json.loads(text)
        answer = {"jsonrpc": "2.0", "id": call["id"], "result": call["params"]}
    except (ValueError, LookupError, TypeError):
        return text
    return json.dumps(answer)


async def speak(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "hello, ünïcode"})
    await send({"type": "websocket.send", "bytes": bytes(range(256))})
    await send({"type": "websocket.send", "text": "0123456789" * 10_000})
    while (message := await receive())["type"] == "websocket.receive":
        text = message.get("text")
        if text in CLOSES:
            code, reason = CLOSES[text]
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return
        if text is None:
            await send({"type": "websocket.send", "bytes": message["bytes"]})
        else:
            await send({"type": "websocket.send", "text": answered(text)})


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    certificate, key = [*sys.argv[1:], None, None][:2]
    config = uvicorn.Config(
        speak,
        ws="wsproto",
        ws_ping_interval=0.1,
        lifespan="off",
        log_level="error",
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listener]))
        print(listener.getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True


asyncio.run(main())
