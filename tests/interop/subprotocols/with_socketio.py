"""python-socketio's server: prints its port, ends with standard input."""

import asyncio
import sys
from typing import Any

import socketio
from aiohttp import web

SERVER: Any = socketio.AsyncServer(async_mode="aiohttp")


async def connect(sid: str, environ: Any, auth: Any = None) -> None:
    await SERVER.emit("blob", (b"\x09\x08", {"t": "ü"}), to=sid)


async def add(sid: str, one: int, two: int) -> int:
    return one + two


async def connect_admin(sid: str, environ: Any, auth: Any = None) -> None:
    await SERVER.emit("welcome", auth, to=sid, namespace="/admin")


async def upload(sid: str, data: bytes, more: Any) -> tuple[bytes, Any]:
    return data + data, more


async def connect_closed(sid: str, environ: Any, auth: Any = None) -> None:
    raise socketio.exceptions.ConnectionRefusedError("not today")


HANDLERS: dict[tuple[str, str], Any] = {
    ("connect", "/"): connect,
    ("add", "/"): add,
    ("connect", "/admin"): connect_admin,
    ("upload", "/admin"): upload,
    ("connect", "/closed"): connect_closed,
}


async def main() -> None:
    for (event, namespace), handler in HANDLERS.items():
        SERVER.on(event, handler, namespace=namespace)
    app = web.Application()
    SERVER.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
