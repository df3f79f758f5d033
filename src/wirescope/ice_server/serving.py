"""The server on asyncio: sockets, clock and a tick a second around `machine`."""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

from wirescope.clock import Clock, SystemClock
from wirescope.errors import UsageError
from wirescope.ice_server.descriptors import descriptor_limit, fitted, shortfall
from wirescope.ice_server.flows import HEADROOM, Address, Door, Relay, Take
from wirescope.ice_server.machine import IceMachine
from wirescope.ice_server.options import IceServerOptions
from wirescope.ice_server.sockets import DatagramSocket, LocalHosts, Ports, bind
from wirescope.ice_server.streams import Streams
from wirescope.ice_server.telling import Counters, IceServerEvent, OnEvent
from wirescope.wire.turn import Credentials, make_credentials

TICK_S = 1.0

BIND_TRIES = 20
"""How often a free port is looked for that is free for every address and transport."""

Sockets = dict[tuple[str, int], socket.socket]


class IceServer:
    """A running server; made by `serve_ice`.

    Attributes:
        options: what it was asked for, with the ports, the secret and the limits that it has.
        urls: what clients are told (RFC 7064, RFC 7065): `stun:`, `turn:` and `turns:`.
        shortfall: says which limits are lower than was asked for, and why; empty where none is.
    """

    def __init__(
        self,
        options: IceServerOptions,
        machine: IceMachine,
        clock: Clock,
        *,
        secured: bool,
        shortfall: str = "",
    ) -> None:
        self.options = options
        self.shortfall = shortfall
        self.urls = tuple(_urls(options, secured=secured))
        self._machine = machine
        self._clock = clock

    @property
    def counters(self) -> Counters:
        """What has happened so far."""
        return self._machine.counts.record()

    def credentials(self, user: str = "", *, lifetime_s: int = 3600) -> Credentials:
        """Make a user name and a password that hold for a time.

        Args:
            user: whom they are for: quotas count by it, events name it.
            lifetime_s: how long an allocation can be made with them; one that is made goes on.
        """
        assert self.options.secret is not None
        expires_at_s = self._clock.wall_ns() // 1_000_000_000 + lifetime_s
        return make_credentials(self.options.secret, expires_at_s=expires_at_s, user=user)


def _urls(options: IceServerOptions, *, secured: bool) -> list[str]:
    found = []
    for host in options.hosts:
        name = f"[{host}]" if ":" in host else host
        if options.udp:
            found += [f"stun:{name}:{options.port}", f"turn:{name}:{options.port}?transport=udp"]
        if options.tcp:
            found.append(f"turn:{name}:{options.port}?transport=tcp")
        if secured:
            found.append(f"turns:{name}:{options.tls_port}?transport=tcp")
    return found


class _Shell:
    """What one server holds of the system."""

    def __init__(self, options: IceServerOptions, clock: Clock, on_event: OnEvent) -> None:
        self.options = options
        self.clock = clock
        self._on_event = on_event
        self._memory = memoryview(bytearray(HEADROOM + 0xFFFF))
        self._ports = Ports(options.relay_ports)
        self._local = LocalHosts(clock.monotonic_ns)

    def begin(self, listening: list[tuple[str, int]]) -> None:
        """Make the machine."""
        self.machine = IceMachine(
            self.options,
            listening=listening,
            open_relay=self._open,
            on_event=self.tell,
            is_local=self._local.has,
        )
        self.tell_time()

    def tell_time(self) -> None:
        self.machine.at(self.clock.monotonic_ns(), self.clock.wall_ns() / 1e9)

    def _socket(self, bound: socket.socket, take: Take) -> DatagramSocket:
        return DatagramSocket(
            bound,
            take,
            memory=self._memory,
            counts=self.machine.counts,
            on_wake=self.tell_time,
        )

    def _open(self, host: str, take: Take, *, even: bool) -> Relay | None:
        bound = self._ports.bind(host, even=even)
        if bound is None:
            return None
        opened = self._socket(bound, take)
        give_back = partial(self._ports.give_back, host, opened.address[1])
        return _PortRelay(opened, give_back)

    def tell(self, event: IceServerEvent) -> None:
        """Tell who listens; a fault of theirs does not keep a client from its answer."""
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001
            asyncio.get_running_loop().call_exception_handler(
                {"message": "An event of the TURN server was not taken", "exception": error}
            )

    def door(self, bound: socket.socket, stack: ExitStack) -> Door:
        """Let clients send datagrams to a socket."""
        on_datagram = self.machine.on_datagram

        def take(frame: memoryview, remote: Address) -> None:
            on_datagram(door, frame[HEADROOM:], remote)

        opened = self._socket(bound, take)
        stack.callback(opened.close)
        door = Door(opened.address, opened.send)
        return door


class _PortRelay:
    """A relayed address whose port goes back when it is closed."""

    def __init__(self, opened: DatagramSocket, give_back: Callable[[], None]) -> None:
        self.address = opened.address
        self.send = opened.send
        self._opened, self._give_back = opened, give_back

    def close(self) -> None:
        self._opened.close()
        self._give_back()


@asynccontextmanager
async def serve_ice(
    options: IceServerOptions | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    clock: Clock | None = None,
    on_event: OnEvent | None = None,
) -> AsyncIterator[IceServer]:
    """Run a STUN and TURN server until the context ends.

    Args:
        options: what it may do; by itself it is on 127.0.0.1 and relays between its own clients. It
            has fewer allocations where the process may not open so many sockets; its `shortfall`
            says so.
        tls: the certificate for clients over TLS; without one there is no TLS.
        clock: tells the time.
        on_event: called with what happens, in the loop.

    Raises:
        UsageError: an address or a port cannot be had, or the loop cannot watch sockets.
    """
    asked = options or IceServerOptions()
    if not (asked.udp or asked.tcp or tls):
        raise UsageError("No client can come in: there is neither UDP nor TCP nor TLS.")
    if tls is not None:
        asked.check_tls()
    clock = clock or SystemClock()
    secured, limit = tls is not None, descriptor_limit()
    within = fitted(asked, limit, streams=asked.tcp or secured)
    with ExitStack() as stack:
        found, datagrams, streams = _bind(within, secured=secured)
        for bound in (*datagrams.values(), *streams.values()):
            stack.callback(bound.close)
        shell = _Shell(found, clock, on_event or _ignore)
        shell.begin([*datagrams, *streams])
        try:
            _open_doors(shell, datagrams, stack)
        except NotImplementedError:
            raise UsageError(
                "This event loop cannot watch sockets, which the TURN server needs.",
                hint="On Windows, run it on asyncio.SelectorEventLoop.",
            ) from None
        stack.callback(shell.machine.close)
        async with _clients(shell, streams, tls):
            lack = shortfall(asked, found, limit)
            yield IceServer(found, shell.machine, clock, secured=secured, shortfall=lack)


@asynccontextmanager
async def _clients(
    shell: _Shell, bound: Sockets, tls: ssl.SSLContext | None
) -> AsyncIterator[None]:
    """Take clients over streams, and tick."""
    options = shell.options
    streams = Streams(
        shell.machine,
        max_connections=options.max_connections,
        timeout_s=options.credentials_timeout_s,
        now_ns=shell.clock.monotonic_ns,
        on_wake=shell.tell_time,
    )
    servers: list[asyncio.Server] = []
    ticking = _Ticking(shell, streams)
    try:
        for (_, port), each in bound.items():
            context = tls if port == options.tls_port else None
            servers.append(await streams.listen(each, context))
        yield
    finally:
        ticking.end()
        for server in servers:
            server.close()
        streams.close()
        for server in servers:
            await server.wait_closed()


class _Ticking:
    """Lets what is not refreshed end, once a second."""

    def __init__(self, shell: _Shell, streams: Streams) -> None:
        self._shell, self._streams = shell, streams
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._next = self._loop.call_later(TICK_S, self._tick)
        self._shell.tell_time()
        self._shell.machine.tick()
        self._streams.tick()

    def end(self) -> None:
        self._next.cancel()


def _ignore(_: IceServerEvent) -> None:
    """Nobody listens."""


def _open_doors(shell: _Shell, bound: Sockets, stack: ExitStack) -> None:
    doors = {address: shell.door(each, stack) for address, each in bound.items()}
    options = shell.options
    first = options.by_family(options.hosts)
    for family, second in options.by_family(options.second_hosts).items():
        hosts, ports = (first[family], second), (options.port, options.second_port)
        for at_host in (0, 1):
            for at_port in (0, 1):
                doors[hosts[at_host], ports[at_port]].others = {
                    (ip, port): doors[hosts[at_host ^ ip], ports[at_port ^ port]]
                    for ip in (False, True)
                    for port in (False, True)
                }


def _bind(options: IceServerOptions, *, secured: bool) -> tuple[IceServerOptions, Sockets, Sockets]:
    """Bind all sockets; the options with the ports that were found, datagrams, streams."""
    ports = [options.port]
    ports += [options.tls_port] if secured else []
    ports += [options.second_port] if options.second_hosts else []
    free = not all(ports)
    for tries_left in reversed(range(BIND_TRIES if free else 1)):
        with ExitStack() as undo:
            try:
                found = _bind_once(options, undo, secured=secured)
            except OSError as error:
                if tries_left:
                    continue
                raise UsageError(
                    f"The TURN server cannot listen: {error.strerror or error}.",
                    hint="Choose other ports, or 0 for free ones, and addresses of this machine.",
                ) from error
            undo.pop_all()
            return found
    raise AssertionError("the last try returns or raises")


def _bind_once(
    options: IceServerOptions, undo: ExitStack, *, secured: bool
) -> tuple[IceServerOptions, Sockets, Sockets]:
    datagrams: Sockets = {}
    streams: Sockets = {}

    def open_at(sockets: Sockets, kind: socket.SocketKind, host: str, port: int) -> int:
        try:
            bound = bind(host, port, kind)
        except OSError as error:
            name = "udp" if kind == socket.SOCK_DGRAM else "tcp"
            why = f"{name} {host}:{port}: {error.strerror or error}"
            raise OSError(error.errno, why) from error
        undo.callback(bound.close)
        address = bound.getsockname()[:2]
        sockets[host, address[1]] = bound
        return int(address[1])

    udp = partial(open_at, datagrams, socket.SOCK_DGRAM)
    tcp = partial(open_at, streams, socket.SOCK_STREAM)
    port, tls_port, second_port = options.port, options.tls_port, options.second_port
    for host in options.hosts:
        if options.udp:
            port = udp(host, port)
        if options.tcp:
            port = tcp(host, port)
        if secured:
            tls_port = tcp(host, tls_port)
    first = options.by_family(options.hosts)
    for family, second in options.by_family(options.second_hosts).items():
        second_port = udp(first[family], second_port)
        udp(second, port)
        udp(second, second_port)
    secret = options.secret or secrets.token_bytes(32)
    found = replace(options, port=port, tls_port=tls_port, second_port=second_port, secret=secret)
    return found, datagrams, streams
