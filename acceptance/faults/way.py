"""Faults on the way to the server: names, ports, proxies, TLS."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import trustme
from websockets.asyncio.server import ServerConnection, serve

from acceptance.faults.staging import Fault, Scene, Stage, Studio, at, raw
from tests.support.proxies import ConnectProxy, Socks5Proxy
from wirescope import TLSOptions


async def echo(connection: ServerConnection) -> None:
    """Answer every message with itself."""
    async for message in connection:
        await connection.send(message)


def free_port() -> int:
    """Find a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take what comes and answer nothing."""
    await reader.read()


@asynccontextmanager
async def full_backlog(_: Studio) -> AsyncIterator[Scene]:
    """A port whose queue of connections is full, so that the kernel drops what comes."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)  # noqa: FBT003
                filler.connect_ex(address)
            yield Scene(f"ws://127.0.0.1:{address[1]}/", options={"open_timeout_s": 1})
        finally:
            for filler in fillers:
                filler.close()


@asynccontextmanager
async def wrong_password(studio: Studio) -> AsyncIterator[Scene]:
    """An HTTP proxy that knows another password."""
    port = urlsplit(studio.foreign["websockets"]).port or 0
    async with ConnectProxy({"far.test:80": port}, credentials="me:right") as proxy:
        yield Scene("ws://far.test/", options={"proxy": f"http://me:wrong@127.0.0.1:{proxy.port}"})


@asynccontextmanager
async def refusing_socks(_: Studio) -> AsyncIterator[Scene]:
    """A SOCKS proxy that does not allow the target."""
    async with Socks5Proxy({}, reply=2) as proxy:
        yield Scene("ws://far.test/", options={"proxy": f"socks5h://127.0.0.1:{proxy.port}"})


def not_a_proxy(studio: Studio) -> str:
    """Take nginx for a proxy."""
    return f"http://127.0.0.1:{studio.gateways.nginx}"


@asynccontextmanager
async def web_server_as_proxy(studio: Studio) -> AsyncIterator[Scene]:
    """An ordinary web server that is taken for a proxy."""
    yield Scene("ws://far.test/", options={"proxy": not_a_proxy(studio)})


def showing(context: ssl.SSLContext, trust: TLSOptions, host: str = "localhost") -> Stage:
    """Stage a `websockets` server that shows a certificate."""

    @asynccontextmanager
    async def stage(_: Studio) -> AsyncIterator[Scene]:
        async with serve(echo, "127.0.0.1", 0, ssl=context) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            yield Scene(f"wss://{host}:{port}/", options={"tls": trust})

    return stage


@asynccontextmanager
async def expired(studio: Studio) -> AsyncIterator[Scene]:
    """A certificate of the past."""
    context = studio.authority.server("localhost", not_after=datetime(2020, 1, 1))  # noqa: DTZ001
    async with showing(context, studio.trusted)(studio) as scene:
        yield scene


@asynccontextmanager
async def early(studio: Studio) -> AsyncIterator[Scene]:
    """A certificate of the future."""
    authority = trustme.CA()
    first, last = datetime(2090, 1, 1), datetime(2091, 1, 1)  # noqa: DTZ001
    issued = authority.issue_cert("localhost", not_before=first, not_after=last)
    async with showing(_context(issued), _trusting(authority, studio, "early"))(studio) as scene:
        yield scene


@asynccontextmanager
async def other_name(studio: Studio) -> AsyncIterator[Scene]:
    """A certificate for somebody else."""
    context = studio.authority.server("other.test", "*.more.test")
    async with showing(context, studio.trusted)(studio) as scene:
        yield scene


@asynccontextmanager
async def unknown_authority(studio: Studio) -> AsyncIterator[Scene]:
    """A certificate of an authority that nobody has heard of."""
    async with showing(studio.authority.server("localhost"), TLSOptions())(studio) as scene:
        yield scene


@asynccontextmanager
async def self_signed(studio: Studio) -> AsyncIterator[Scene]:
    """A certificate that vouches for itself."""
    authority, file = trustme.CA(), studio.folder / "self.pem"
    file.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    async with showing(context, studio.trusted)(studio) as scene:
        yield scene


@asynccontextmanager
async def missing_intermediate(studio: Studio) -> AsyncIterator[Scene]:
    """A chain without its middle, whose root is trusted."""
    root = trustme.CA()
    issued = root.create_child_ca().issue_cert("localhost")
    file = studio.folder / "leaf.pem"
    file.write_bytes(issued.private_key_pem.bytes() + issued.cert_chain_pems[0].bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    async with showing(context, _trusting(root, studio, "root"))(studio) as scene:
        yield scene


def _context(issued: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


def _trusting(authority: trustme.CA, studio: Studio, name: str) -> TLSOptions:
    file: Path = studio.folder / f"{name}-authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return TLSOptions(ca=file)


@asynccontextmanager
async def no_unix_socket(studio: Studio) -> AsyncIterator[Scene]:
    """A path at which there is no socket."""
    yield Scene("ws://localhost/", options={"unix_socket": studio.folder / "nobody.sock"})


FAULTS = [
    Fault("a name that does not exist", "NET101", at(lambda _: "ws://nowhere.invalid/")),
    Fault("nothing listens", "NET102", at(lambda _: f"ws://127.0.0.1:{free_port()}/")),
    Fault("an address without a route", "NET103", at(lambda _: "ws://255.255.255.255/")),
    Fault("no Unix socket at the path", "NET103", no_unix_socket),
    Fault("packets are dropped", "NET104", full_backlog),
    Fault("nginx taken for a proxy", "NET105", web_server_as_proxy),
    Fault("a SOCKS proxy says no", "NET105", refusing_socks),
    Fault("a wrong password for the proxy", "NET108", wrong_password),
    Fault("HAProxy (tcp) without a server", "NET106",
          at(lambda studio: f"ws://127.0.0.1:{studio.gateways.haproxy['tcp-none']}/")),
    Fault("a server that says nothing", "NET107", raw(say_nothing, open_timeout_s=1)),
    Fault("an expired certificate", "TLS101", expired),
    Fault("a certificate for another name", "TLS102", other_name),
    Fault("an unknown authority", "TLS103", unknown_authority),
    Fault("a self-signed certificate", "TLS103", self_signed),
    Fault("no intermediate certificate", "TLS103", missing_intermediate),
    Fault("HAProxy with TLS 1.1 only", "TLS104",
          at(lambda studio: f"wss://localhost:{studio.gateways.haproxy['old-tls']}/")),
    Fault("HAProxy wants a client certificate", "TLS105",
          at(lambda studio: f"wss://localhost:{studio.gateways.haproxy['mutual']}/")),
    Fault("nginx wants a client certificate", "TLS105",
          at(lambda studio: f"wss://localhost:{studio.gateways.nginx_mutual}/")),
    Fault("wss: to a plain port of nginx", "TLS106",
          at(lambda studio: f"wss://localhost:{studio.gateways.nginx}/")),
    Fault("ws: to a TLS port of nginx", "TLS107",
          at(lambda studio: f"ws://localhost:{studio.gateways.nginx_tls}/")),
    Fault("a certificate of the future", "TLS108", early),
    Fault("HAProxy does not know the name", "TLS110",
          at(lambda studio: f"wss://127.0.0.1:{studio.gateways.haproxy['strict']}/")),
]  # fmt: skip
