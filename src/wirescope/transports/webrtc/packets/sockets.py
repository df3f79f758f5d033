"""Datagram sockets that are read many at a time, each datagram with the time at which it came.

An event loop reads a datagram when its turn comes. What came while it was busy would seem to have
come in one heap, and the sender, which judges the path by the times of arrival, would take the path
for crowded. Linux notes the time of each datagram for who asks (socket(7), `SO_TIMESTAMP`), so that
there the sockets of a connection are read here; elsewhere the loop goes on reading them.
"""

import asyncio
import os
import socket
import sys
from collections import deque
from struct import Struct
from typing import Any

from wirescope.clock import Clock, SystemClock
from wirescope.transports.webrtc.packets.faults import report

SO_TIMESTAMPNS = 35
"""Asks for times in nanoseconds, and is the type of the message that brings them
(asm-generic/socket.h)."""

AT_ONCE = 32
"""Datagrams that are read in a turn; the others of the loop are to have theirs."""

MAX_SIZE = 65_535

MAX_WAIT_NS = 1_000_000_000
"""A longer wait is not believed: the wall clock was set meanwhile."""

_TIMESPEC = Struct("@ll")


class Waits:
    """How long what came had waited to be read.

    Args:
        clock: has the wall clock, by which the kernel tells the times.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._data = b""
        self._came_ns = 0

    def note(self, data: bytes, came_ns: int) -> None:
        """Note what was read last, and when it came by the wall clock."""
        self._data, self._came_ns = data, came_ns

    def of(self, data: bytes) -> int:
        """Nanoseconds that this very object has waited till now; 0 where they are not known."""
        if data is not self._data:  # it came another way, by a relay for instance
            return 0
        waited_ns = self._clock.wall_ns() - self._came_ns
        return waited_ns if 0 < waited_ns < MAX_WAIT_NS else 0


class DatagramSocket(asyncio.DatagramTransport):
    """A transport for datagrams on a bound socket, which it closes in the end."""

    def __init__(self, bound: socket.socket, protocol: Any, waits: Waits) -> None:
        super().__init__({"socket": bound, "sockname": bound.getsockname()})
        bound.settimeout(0)
        self._socket, self._protocol, self._waits = bound, protocol, waits
        self._loop = asyncio.get_running_loop()
        self._room = socket.CMSG_SPACE(_TIMESPEC.size)
        self._unsent: deque[tuple[bytes, Any]] = deque()
        self._unsent_bytes = 0
        self._closing = False
        self._loop.add_reader(bound, self._read)
        protocol.connection_made(self)

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            if self._closing:
                return
            try:
                data, notes, _, address = self._socket.recvmsg(MAX_SIZE, self._room)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._protocol.error_received(error)
                return
            for level, kind, content in notes:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    seconds, rest_ns = _TIMESPEC.unpack_from(content)
                    self._waits.note(data, seconds * 1_000_000_000 + rest_ns)
            try:
                self._protocol.datagram_received(data, address)
            except Exception as error:  # noqa: BLE001
                report("Reading a datagram", error)

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send at once, or when the socket has room; who waits asks how much does already."""
        if self._closing:
            return
        if not self._unsent:
            try:
                self._socket.sendto(data, addr)
            except (BlockingIOError, InterruptedError):
                self._loop.add_writer(self._socket, self._write)
            except OSError as error:
                self._protocol.error_received(error)
                return
            else:
                return
        self._unsent.append((bytes(data), addr))
        self._unsent_bytes += len(data)

    def _write(self) -> None:
        while self._unsent:
            data, address = self._unsent[0]
            try:
                self._socket.sendto(data, address)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._protocol.error_received(error)
            self._unsent.popleft()
            self._unsent_bytes -= len(data)
        self._loop.remove_writer(self._socket)
        if self._closing:
            self._end()

    def get_write_buffer_size(self) -> int:
        """Bytes that wait to be sent."""
        return self._unsent_bytes

    def is_closing(self) -> bool:
        """Whether nothing is taken any more."""
        return self._closing

    def close(self) -> None:
        """Take nothing more; what waits is still sent."""
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self._socket)
        if not self._unsent:
            self._loop.call_soon(self._end)

    def _end(self) -> None:
        self._socket.close()
        self._protocol.connection_lost(None)


def take_over(protocol: Any, waits: Waits) -> None:
    """Read and write a protocol's socket here from now on, where the system tells times.

    Args:
        protocol: has a `transport`, the loop's, which is let go.
        waits: told when each datagram came.
    """
    before = protocol.transport
    theirs = before.get_extra_info("socket")
    if not sys.platform.startswith("linux") or theirs is None:  # a relay's goes over another one
        return
    bound = socket.socket(fileno=os.dup(theirs.fileno()))
    try:
        bound.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    except OSError:  # a sandbox may not know it
        bound.close()
        return
    before.set_protocol(asyncio.DatagramProtocol())  # it is not to hear that the old one ends
    before.close()
    DatagramSocket(bound, protocol, waits)
