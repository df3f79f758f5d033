"""The path to a server: DNS, TCP with happy eyeballs, a proxy, TLS. Each step is timed.

The result is an asyncio transport with a protocol of the caller's. Name resolution prefers what
`--resolve` says; addresses are tried as RFC 8305 describes, by aiohappyeyeballs; HTTP CONNECT and
SOCKS5 are python-socks'.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohappyeyeballs
from python_socks import ProxyType
from python_socks.async_.asyncio import Proxy

from wirescope.events import ConnectionPhase
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import ConnectOptions
from wirescope.transports.websocket.trust import client_context
from wirescope.transports.websocket.url import ProxyURL, WebSocketURL, parse_proxy

ProtocolT = TypeVar("ProtocolT", bound=asyncio.Protocol)
AddressInfo = aiohappyeyeballs.AddrInfoType

_EYEBALLS_DELAY_S = 0.25  # RFC 8305 section 5, the recommended Connection Attempt Delay
_PROXY_TYPES = {
    "http": ProxyType.HTTP,
    "socks5": ProxyType.SOCKS5,
    "socks5h": ProxyType.SOCKS5,
}


class Steps:
    """The steps of connecting: which one is under way, and how long each took.

    Attributes:
        current: the step under way: `dns`, `tcp`, `proxy`, `tls` or `upgrade`.
    """

    def __init__(self, journal: Journal) -> None:
        self.current = "dns"
        self._journal = journal

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Time a step and write it down when it is done."""
        self.current = name
        journal = self._journal
        started_ns = journal.now_ns()
        yield
        ended_ns = journal.now_ns()
        journal.emit(
            ConnectionPhase(
                journal.next_seq(), ended_ns, journal.connection, name, ended_ns - started_ns
            )
        )


async def open_path(
    url: WebSocketURL,
    protocol_factory: Callable[[], ProtocolT],
    *,
    options: ConnectOptions,
    steps: Steps,
) -> tuple[asyncio.Transport, ProtocolT]:
    """Open the path to a server; what the system raises comes through as it is.

    Raises:
        UsageError: a file of the TLS options cannot be used.
    """
    loop = asyncio.get_running_loop()
    context = client_context(options.tls) if url.secure else None
    sock = await _open_socket(url, options, steps)
    try:
        if context is None:
            transport, protocol = await loop.create_connection(protocol_factory, sock=sock)
        else:
            async with steps.step("tls"):
                transport, protocol = await loop.create_connection(
                    protocol_factory,
                    sock=sock,
                    ssl=context,
                    server_hostname=options.tls.server_name or url.host,
                    ssl_handshake_timeout=options.open_timeout_s,
                )
    except BaseException:
        sock.close()
        raise
    return transport, protocol


async def _open_socket(url: WebSocketURL, options: ConnectOptions, steps: Steps) -> socket.socket:
    if options.unix_socket is not None:
        async with steps.step("tcp"):
            return await _connect_unix(str(options.unix_socket))
    if options.proxy is not None:
        return await _connect_by_proxy(url, parse_proxy(options.proxy), options, steps)
    async with steps.step("dns"):
        addresses = await _resolve(url.host, url.port, options)
    async with steps.step("tcp"):
        sock = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=_EYEBALLS_DELAY_S, interleave=1
        )
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


async def _connect_unix(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.setblocking(False)  # noqa: FBT003
    try:
        await asyncio.get_running_loop().sock_connect(sock, path)
    except BaseException:
        sock.close()
        raise
    return sock


async def _resolve(host: str, port: int, options: ConnectOptions) -> list[AddressInfo]:
    """Resolve a name, by `--resolve` first; in the order that getaddrinfo gives (RFC 6724)."""
    names = [host]
    for override in options.resolve:
        if override.applies_to(host, port):
            names = list(override.addresses)
            break
    families = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}
    loop = asyncio.get_running_loop()
    found: list[AddressInfo] = []
    for name in names:
        found += await loop.getaddrinfo(
            name,
            port,
            family=families[options.family],
            type=socket.SOCK_STREAM,
            proto=socket.IPPROTO_TCP,
        )
    return found


async def _connect_by_proxy(
    url: WebSocketURL, proxy: ProxyURL, options: ConnectOptions, steps: Steps
) -> socket.socket:
    host = url.host
    if proxy.scheme == "socks5":
        async with steps.step("dns"):
            host = str((await _resolve(url.host, url.port, options))[0][4][0])
    connector = Proxy(
        _PROXY_TYPES[proxy.scheme],
        proxy.host,
        proxy.port,
        username=proxy.user,
        password=proxy.password or None,
        rdns=True,
    )
    async with steps.step("proxy"):
        sock = await connector.connect(host, url.port, timeout=options.open_timeout_s)
    sock.setblocking(False)  # noqa: FBT003
    return sock
