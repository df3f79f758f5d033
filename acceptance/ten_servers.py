"""Ten WebSocket servers as one meets them in public, each with a fault that was put there.

Seven programs of other people (nginx, HAProxy, uvicorn, aiohttp, npm's `ws`, mosquitto and
`websockets`), two servers of bare bytes, and our own. All run on 127.0.0.1 and end with their
context.
"""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from aiohttp import WSMsgType, web
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from acceptance.spine_9_terminal import serving_endpoints
from tests.interop.harness import FOREIGN, serving
from tests.support.raw_server import RawServer
from tests.support.scripted import Scripted

DEBIAN = ("nginx", "haproxy", "mosquitto")
_READY_S = 10.0


@dataclass(frozen=True)
class Certificates:
    """PEM files of an authority and of two servers that it vouches for, one of them late."""

    authority: Path
    current: Path
    expired: Path


def missing() -> list[str]:
    """Name the programs that this machine does not have, as Debian's packages are called."""
    return [each for each in DEBIAN if _program(each) is None]


def _program(name: str) -> str | None:
    """Find a program; a user's PATH often lacks where Debian puts servers."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")


def make_certificates(folder: Path) -> Certificates:
    """Make an authority, a certificate that holds and one that held until yesterday a year ago."""
    authority = trustme.CA()
    made = Certificates(folder / "authority.pem", folder / "current.pem", folder / "expired.pem")
    authority.cert_pem.write_to_path(str(made.authority))
    current = authority.issue_cert("localhost", "127.0.0.1")
    made.current.write_bytes(current.private_key_and_cert_chain_pem.bytes())
    began, ended = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    expired = authority.issue_cert("localhost", not_before=began, not_after=ended)
    made.expired.write_bytes(expired.private_key_and_cert_chain_pem.bytes())
    return made


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def written(path: Path, text: str) -> Path:
    """Write a configuration into a folder of its own."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@asynccontextmanager
async def program(name: str, *arguments: str, port: int) -> AsyncIterator[None]:
    """Run a program until the context ends, from when it listens on a port."""
    path = _program(name)
    assert path is not None
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_READY_S):
            while not await _listens(port):
                assert process.returncode is None, f"{name} did not start"
                await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def echo(connection: ServerConnection) -> None:
    """Send everything back."""
    with suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


@asynccontextmanager
async def with_websockets(**options: Any) -> AsyncIterator[int]:
    """Run an echo of the `websockets` library; give its port."""
    async with serve(echo, "127.0.0.1", 0, **options) as server:
        yield next(iter(server.sockets)).getsockname()[1]


@asynccontextmanager
async def nginx(folder: Path, upstream: int, certificate: Path) -> AsyncIterator[int]:
    """Run nginx in front of a server, with TLS."""
    port = free_port()
    configuration = written(
        folder / "nginx.conf",
        f"""daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $host;
    }}
  }}
}}
""",
    )
    arguments = ("-e", f"{folder}/early.log", "-p", str(folder), "-c", str(configuration))
    async with program("nginx", *arguments, port=port):
        yield port


@asynccontextmanager
async def haproxy(folder: Path, upstream: int, certificate: Path) -> AsyncIterator[int]:
    """Run HAProxy in front of a server, with TLS and a short patience for silent tunnels."""
    port = free_port()
    configuration = written(
        folder / "haproxy.cfg",
        f"""defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 3s
frontend tls
  bind 127.0.0.1:{port} ssl crt {certificate} alpn h2,http/1.1
  default_backend app
backend app
  server one 127.0.0.1:{upstream}
""",
    )
    async with program("haproxy", "-db", "-f", str(configuration), port=port):
        yield port


@asynccontextmanager
async def mosquitto(folder: Path) -> AsyncIterator[int]:
    """Run mosquitto, MQTT over WebSocket; it does not start without a listener for TCP."""
    port = free_port()
    configuration = written(
        folder / "mosquitto.conf",
        f"""listener {free_port()} 127.0.0.1
listener {port} 127.0.0.1
socket_domain ipv4
protocol websockets
allow_anonymous true
""",
    )
    async with program("mosquitto", "-c", str(configuration), port=port):
        yield port


@asynccontextmanager
async def with_uvicorn() -> AsyncIterator[int]:
    """Run an ASGI application on uvicorn whose only path is /chat."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        if scope["path"] != "/chat":
            await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b"no such room"})
            return
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "hello"})

    config = uvicorn.Config(
        application, host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110  nothing else says that it is ready
            await asyncio.sleep(0.02)
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True


@asynccontextmanager
async def with_aiohttp() -> AsyncIterator[int]:
    """Run an echo on aiohttp that takes messages of up to 64 KiB, and pages of its own only."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if "foreign" in request.headers.get("Origin", ""):
            return web.Response(status=403)
        response = web.WebSocketResponse(max_msg_size=65_536)
        await response.prepare(request)
        async for message in response:
            if message.type is WSMsgType.TEXT:
                await response.send_str(message.data)
        return response

    application = web.Application()
    application.router.add_get("/", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


# Servers of bare bytes


async def http2_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin as HTTP/2 does, with SETTINGS (RFC 9113 section 3.4)."""
    writer.write(bytes.fromhex("000000040000000000"))
    await writer.drain()
    await reader.read()


@dataclass(frozen=True)
class Visit:
    """A server with its fault.

    Attributes:
        name: which server, and what is wrong with it.
        url: where it is.
        options: how the doctor is asked.
        exit_code: what it must exit with.
        lines: for each of verdict and fix, words that must be in it.
    """

    name: str
    url: str
    options: tuple[str, ...]
    exit_code: int
    lines: tuple[tuple[str, ...], tuple[str, ...]]


@asynccontextmanager
async def raw(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Run a server of bare bytes."""
    async with RawServer(talk, tls=tls) as server:
        yield server.port


def h2_context(certificate: Path) -> ssl.SSLContext:
    """Make the TLS of a server that speaks HTTP/2 alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    return context


@asynccontextmanager
async def all_of_them(folder: Path) -> AsyncIterator[list[Visit]]:
    """Start every server and say what the doctor has to find there."""
    made = make_certificates(folder)
    trust = ("--cacert", str(made.authority))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        behind = await enter(with_websockets())
        checked = await enter(with_websockets(origins=[None, "https://localhost"]))
        late = await enter(nginx(folder / "late", behind, made.expired))
        dead = await enter(nginx(folder / "dead", free_port(), made.current))
        short = await enter(haproxy(folder / "short", checked, made.current))
        asgi = await enter(with_uvicorn())
        small = await enter(with_aiohttp())
        node = stack.enter_context(serving(FOREIGN[3], None))
        mqtt = await enter(mosquitto(folder / "mqtt"))
        deaf = await enter(raw(Scripted(pong="none", checks_origin=True)))
        rude = await enter(raw(Scripted(close="none", checks_origin=True)))
        http2 = await enter(raw(http2_only, h2_context(made.current)))
        own = stack.enter_context(serving_endpoints())
        yield [
            Visit("nginx before websockets: the certificate expired",
                  f"wss://localhost:{late}/", trust, 60,
                  (("certificate", "expired", "2025-01-01"), ("renew",))),
            Visit("nginx: the server behind it is down",
                  f"wss://localhost:{dead}/chat", trust, 22,
                  (("502",), ("server behind the gateway",))),
            Visit("HAProxy before websockets: silent connections live for 3 s",
                  f"wss://localhost:{short}/", (*trust, "--idle", "8"), 0,
                  (("silent", "closed", "3.0 s"), ("ping", "1.5 s"))),
            Visit("uvicorn: the path is wrong",
                  f"ws://127.0.0.1:{asgi}/caht", (), 22, (("404",), ("path",))),
            Visit("aiohttp: messages of 64 KiB and no more",
                  f"ws://127.0.0.1:{small}/", ("--probe-limits",), 0,
                  (("65,536", "1009"), ("raise the limit",))),
            Visit("npm ws: the Origin is not checked, and cookies are in use",
                  node, ("--cookie", "sid=1"), 1,
                  (("any web page", "https://foreign.example"), ("403", "Origin"))),
            Visit("mosquitto: the subprotocol is misspelt",
                  f"ws://127.0.0.1:{mqtt}/", ("--subprotocol", "mqqt"), 56,
                  (("without the subprotocol mqqt",), ("correct the name",))),
            Visit("bare bytes: pings are not answered",
                  f"ws://127.0.0.1:{deaf}/", (), 1, (("no ping", "5 s"), ("pings",))),
            Visit("bare bytes: Close is not answered",
                  f"ws://127.0.0.1:{rude}/", (), 0, (("Close", "5 s"), ("Close frame",))),
            Visit("bare bytes over TLS: HTTP/2 and nothing else",
                  f"wss://localhost:{http2}/", trust, 72, (("HTTP/2",), ("HTTP/1.1",))),
            Visit("websockets: TLS was asked for, the port is plain",
                  f"wss://127.0.0.1:{behind}/", (), 35, (("TLS", "in plain text it answers HTTP"), ("ws://",))),
            Visit("wirescope serve: nothing is wrong",
                  f"{own}/echo", (), 0, (("Healthy",), ("Nothing",))),
        ]  # fmt: skip
