"""The script of this folder with `aiohttp`.

It cannot fragment a message.
"""

import asyncio
import json
import ssl
import sys

from aiohttp import WSMsgType, web

CLOSES = {"bye": (4001, b"custom reason"), "done": (1000, b""), "gone": (1001, b"")}


def answered(text: str) -> str:
    """Answer a call of JSON-RPC 2.0 with its own parameters; anything else stays as it is."""
    try:
        call = json.loads(text)
        answer = {"jsonrpc": "2.0", "id": call["id"], "result": call["params"]}
    except (ValueError, LookupError, TypeError):
        return text
    return json.dumps(answer)


async def speak(request: web.Request) -> web.WebSocketResponse:
    connection = web.WebSocketResponse()
    await connection.prepare(request)
    await connection.send_str("hello, ünïcode")
    await connection.send_bytes(bytes(range(256)))
    await connection.send_str("0123456789" * 10_000)
    await connection.ping(b"are you there")
    async for message in connection:
        if message.type is WSMsgType.TEXT and message.data in CLOSES:
            code, reason = CLOSES[message.data]
            await connection.close(code=code, message=reason)
        elif message.type is WSMsgType.TEXT:
            await connection.send_str(answered(message.data))
        else:
            await connection.send_bytes(message.data)
    return connection


async def main() -> None:
    context = None
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[1:])
    application = web.Application()
    application.router.add_get("/", speak)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


asyncio.run(main())
