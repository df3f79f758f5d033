"""The path to a server: DNS, TCP with happy eyeballs, a proxy, TLS. Each step is timed.

Whom it leads to and how it is secured is written down behind the step that makes it known.

The result is an asyncio transport with a protocol of the caller's. Name resolution prefers what
`--resolve` says; addresses are tried as RFC 8305 describes, by aiohappyeyeballs. What the system
raises comes through as it is; `explaining` has the words for it.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import aiohappyeyeballs

from wirescope.events import ConnectionPhase, ConnectionSecured
from wirescope.transports.secured import SecuredTransport
from wirescope.transports.websocket.congestion import (
    check_congestion_control,
    choose_congestion_control,
)
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import ConnectOptions, TLSOptions
from wirescope.transports.websocket.peer import note_secured, note_socket
from wirescope.transports.websocket.trust import asked_name, client_context
from wirescope.transports.websocket.tunnel import tunnel
from wirescope.transports.websocket.url import ProxyURL, WebSocketURL, parse_proxy

ProtocolT = TypeVar("ProtocolT", bound=asyncio.Protocol)
AddressInfo = aiohappyeyeballs.AddrInfoType

_EYEBALLS_DELAY_S = 0.25  # RFC 8305 section 5, the recommended Connection Attempt Delay


class Steps:
    """The steps of connecting: which one is under way, and how long each took.

    Args:
        journal: where the time of each is written down; None does not.

    Attributes:
        current: the step under way: `dns`, `tcp`, `proxy`, `tls` or `upgrade`.
        proxy: the proxy, while the way to it is being made.
        security: what TLS agreed on, once it has.
    """

    def __init__(self, journal: Journal | None) -> None:
        self.current = "dns"
        self.proxy: ProxyURL | None = None
        self.security: ConnectionSecured | None = None
        self._journal = journal

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Time a step and write it down when it is done."""
        self.current = name
        journal = self._journal
        if journal is None:
            yield
            return
        started_ns = journal.now_ns()
        yield
        ended_ns = journal.now_ns()
        journal.emit(
            ConnectionPhase(
                journal.next_seq(), ended_ns, journal.connection, name, ended_ns - started_ns
            )
        )

    def reached(self, sock: socket.socket) -> None:
        """Write down whom a socket leads to, the host or the proxy."""
        if self._journal is not None:
            note_socket(self._journal, sock, self.proxy)

    def secured(self, transport: SecuredTransport, server_name: str) -> None:
        """Write down how a connection is secured."""
        if self._journal is not None:
            tls = transport.get_extra_info("ssl_object")
            self.security = note_secured(self._journal, tls, server_name=server_name)


async def open_path(
    url: WebSocketURL,
    protocol_factory: Callable[[], ProtocolT],
    *,
    options: ConnectOptions,
    context: ssl.SSLContext | None,
    steps: Steps,
) -> tuple[asyncio.Transport, ProtocolT]:
    """Open the path to a server, with TLS if there is a context for it."""
    loop = asyncio.get_running_loop()
    sock = await open_socket(url, options, steps)
    try:
        if context is None:
            return await loop.create_connection(protocol_factory, sock=sock)
        name = asked_name(options.tls, url.host)
        protocol = protocol_factory()
        async with steps.step("tls"):
            secured = SecuredTransport(
                protocol,
                context,
                server_name=name,
                # the time-out for opening ends it; this one would hide at which step
                handshake_timeout_s=options.open_timeout_s + 60,
                shutdown_timeout_s=options.close_timeout_s,
            )
            await _shake_hands(secured, sock)
        steps.secured(secured, name)
    except BaseException:
        sock.close()
        raise
    return secured, protocol


async def _shake_hands(secured: SecuredTransport, sock: socket.socket) -> None:
    await asyncio.get_running_loop().create_connection(lambda: secured, sock=sock)
    try:
        await secured.established
    except BaseException:
        secured.abort()
        raise


async def look_at_certificates(
    url: WebSocketURL, options: ConnectOptions, journal: Journal
) -> ConnectionSecured | None:
    """Ask a server whose certificate was refused for it once more, to say what is wrong with it.

    Nothing but the TLS handshake is sent. What it shows is written down; None if it cannot be had.
    """
    context = client_context(TLSOptions(insecure=True))
    try:
        transport, _ = await open_path(
            url, asyncio.Protocol, options=options, context=context, steps=Steps(None)
        )
    except Exception:  # noqa: BLE001  whatever it is, the first failure is what gets reported
        return None
    try:
        tls = transport.get_extra_info("ssl_object")
        return note_secured(journal, tls, server_name=asked_name(options.tls, url.host))
    finally:
        transport.abort()


async def open_socket(url: WebSocketURL, options: ConnectOptions, steps: Steps) -> socket.socket:
    """Open the path as far as TCP, or through the proxy."""
    if options.unix_socket is not None:
        async with steps.step("tcp"):
            return await _connect_unix(str(options.unix_socket))
    if options.proxy is None:
        return await _connect(url.host, url.port, options, steps)
    proxy = parse_proxy(options.proxy)
    steps.proxy = proxy
    sock = await _connect(proxy.host, proxy.port, options, steps)
    steps.proxy = None
    try:
        host = url.host
        if proxy.scheme == "socks5":
            async with steps.step("dns"):
                addresses = await resolve(host, url.port, options)
            host = str(addresses[0][4][0])
        async with steps.step("proxy"):
            await tunnel(sock, proxy, host, url.port)
    except BaseException:
        sock.close()
        raise
    return sock


async def _connect(host: str, port: int, options: ConnectOptions, steps: Steps) -> socket.socket:
    if options.congestion_control is not None:
        check_congestion_control(options.congestion_control)
    async with steps.step("dns"):
        addresses = await resolve(host, port, options)
    async with steps.step("tcp"):
        sock = await aiohappyeyeballs.start_connection(
            addresses,
            happy_eyeballs_delay=_EYEBALLS_DELAY_S,
            interleave=1,
            socket_factory=partial(_make_socket, options.congestion_control),
        )
    steps.reached(sock)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _make_socket(congestion_control: str | None, address: AddressInfo) -> socket.socket:
    family, kind, protocol, *_ = address
    sock = socket.socket(family, kind, protocol)
    if congestion_control is not None:
        try:
            choose_congestion_control(sock, congestion_control)
        except BaseException:
            sock.close()
            raise
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


async def resolve(host: str, port: int, options: ConnectOptions) -> list[AddressInfo]:
    """Resolve a name, by `--resolve` first; in the order that getaddrinfo gives (RFC 6724)."""
    names = [host]
    for override in options.resolve:
        if override.applies_to(host, port):
            names = list(override.addresses)
            break
    families = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}
    loop = asyncio.get_running_loop()
    found: list[AddressInfo] = []
    missing: socket.gaierror | None = None
    for name in names:
        try:
            found += await loop.getaddrinfo(
                name,
                port,
                family=families[options.family],
                type=socket.SOCK_STREAM,
                proto=socket.IPPROTO_TCP,
            )
        except socket.gaierror as error:  # an override of the other family
            missing = error
    if not found:
        raise missing or socket.gaierror(socket.EAI_NONAME, "no address")
    return found
