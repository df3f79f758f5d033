"""The script of this folder with `websockets`."""

import asyncio
import json
import ssl
import sys

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

CLOSES = {"bye": (4001, "custom reason"), "done": (1000, ""), "gone": (1001, "")}


def answered(text: str) -> str:
    """Answer a call of JSON-RPC 2.0 with its own parameters; anything else stays as it is."""
    try:
        call = json.loads(text)
        answer = {"jsonrpc": "2.0", "id": call["id"], "result": call["params"]}
    except (ValueError, LookupError, TypeError):
        return text
    return json.dumps(answer)


async def speak(connection: ServerConnection) -> None:
    try:
        await connection.send("hello, ünïcode")
        await connection.send(bytes(range(256)))
        await connection.send(["fragmented ", "in three ", "frames"])
        await connection.send("0123456789" * 10_000)
        await connection.ping(b"are you there")
        async for message in connection:
            if message in CLOSES:
                await connection.close(*CLOSES[message])
            else:
                await connection.send(answered(message) if isinstance(message, str) else message)
    except ConnectionClosed:
        pass


async def main() -> None:
    context = None
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[1:])
    async with serve(speak, "127.0.0.1", 0, ssl=context) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
