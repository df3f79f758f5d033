"""Datagram sockets: those that clients send to, and a relayed address each.

A socket is read many datagrams at a time into memory that all of them share; what is relayed goes
on from there without another copy. A datagram that the system does not take at once is lost, as it
would be on any network, and counted.
"""

import asyncio
import errno
import itertools
import os
import random
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from wirescope.ice_server.flows import HEADROOM, Address, Buffer, Take
from wirescope.ice_server.telling import Counts

AT_ONCE = 64
"""Datagrams that are read in a turn; the others of the loop are to have theirs."""

BUFFER_BYTES = 1 << 20
"""Asked of the system for each direction; it may give less."""

TRIES = 16
"""Ports that are tried for one that is even, or is not another program's."""


REMEMBERED_NS = 5_000_000_000
"""How long an address stays known as the machine's, or not: it may come and go."""

MAX_REMEMBERED = 1024
"""Addresses that stay known."""


def bind(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    """Bind a socket to an address.

    Raises:
        OSError: the address is taken, or not this machine's.
    """
    family = socket.AF_INET if ip_address(host).version == 4 else socket.AF_INET6
    # asyncio turns Nagle's algorithm off only where a socket says that it is one of TCP
    protocol = socket.IPPROTO_TCP if kind == socket.SOCK_STREAM else socket.IPPROTO_UDP
    bound = socket.socket(family, kind, protocol)
    try:
        bound.settimeout(0)
        if family == socket.AF_INET6:  # an IPv4 address written as IPv6 is to reach nothing
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_STREAM:
            if os.name == "posix":  # on Windows it would let others take the port as well
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            for direction in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                bound.setsockopt(socket.SOL_SOCKET, direction, BUFFER_BYTES)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


class DatagramSocket:
    """A bound socket, read by the loop.

    Args:
        bound: the socket, which is closed in the end.
        take: is given what came, behind `HEADROOM` bytes, and whom it came from.
        memory: where all sockets read into.
        counts: counts what the system does not take.
        on_wake: called before what came is handed over.

    Attributes:
        address: what it is bound to.
    """

    def __init__(
        self,
        bound: socket.socket,
        take: Take,
        *,
        memory: memoryview,
        counts: Counts,
        on_wake: Callable[[], None],
    ) -> None:
        host, port = bound.getsockname()[:2]
        self.address: tuple[str, int] = (host, port)
        self._socket = bound
        self._take = take
        self._memory = memory
        self._behind = memory[HEADROOM:]
        self._counts = counts
        self._on_wake = on_wake
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(bound, self._read)

    def _read(self) -> None:
        receive, behind = self._socket.recvfrom_into, self._behind
        memory, take = self._memory, self._take
        self._on_wake()
        for _ in range(AT_ONCE):
            try:
                size, sender = receive(behind)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # closed by what came before, or a fault told of an earlier datagram
                return
            take(memory[: HEADROOM + size], sender)

    def send(self, data: Buffer, to: Address) -> None:
        """Send a datagram, now or never."""
        try:
            self._socket.sendto(data, to)
        except OSError:
            self._counts.unsent += 1

    def close(self) -> None:
        """Read and send nothing any more."""
        self._loop.remove_reader(self._socket)
        self._socket.close()


class LocalHosts:
    """The addresses that this machine has, which the system has no portable list of.

    Args:
        now_ns: tells the time, on a clock that never goes back.
    """

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self._known: dict[str, tuple[int, bool]] = {}

    def has(self, host: str) -> bool:
        """Whether an address is one of this machine's; yes where that cannot be found out."""
        now_ns = self._now_ns()
        until_ns, is_local = self._known.get(host, (0, False))
        if until_ns > now_ns:
            return is_local
        self._known.pop(host, None)
        try:
            is_local = _can_bind(host)
        except OSError:  # out of descriptors, which says nothing about the address
            return True
        if len(self._known) >= MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[host] = now_ns + REMEMBERED_NS, is_local
        return is_local


def _can_bind(host: str) -> bool:
    family = socket.AF_INET if ip_address(host).version == 4 else socket.AF_INET6
    try:
        tried = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            return False
        raise
    with tried:
        try:
            tried.bind((host, 0))
        except OSError:
            return False
    return True


class Ports:
    """The ports that are allocated.

    Args:
        ports: those that may be; None for any that the system has free.
    """

    def __init__(self, ports: range | None) -> None:
        self._ports = ports
        self._free: dict[str, set[int]] = {}

    def bind(self, host: str, *, even: bool) -> socket.socket | None:
        """Bind a socket to a free port, which nobody can foretell; None where there is none.

        Raises:
            OSError: the system or this process has no descriptor left.
        """
        tried = self._of_system(host) if self._ports is None else self._of_range(host, even)
        for bound in itertools.islice(tried, TRIES):
            if bound is not None:
                if not (even and bound.getsockname()[1] % 2):
                    return bound
                bound.close()
        return None

    def _of_system(self, host: str) -> Iterator[socket.socket | None]:
        while True:
            yield self._try(host, 0)

    def _of_range(self, host: str, even: bool) -> Iterator[socket.socket | None]:  # noqa: FBT001
        assert self._ports is not None
        free = self._free.setdefault(host, set(self._ports))
        fit = [port for port in free if not (even and port % 2)]
        for port in random.SystemRandom().sample(fit, min(TRIES, len(fit))):
            bound = self._try(host, port)
            if bound is not None:
                free.discard(port)
            yield bound

    def _try(self, host: str, port: int) -> socket.socket | None:
        try:
            return bind(host, port, socket.SOCK_DGRAM)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise
            return None

    def give_back(self, host: str, port: int) -> None:
        """Take a port back that `bind` gave out."""
        if self._ports is not None:
            self._free[host].add(port)
