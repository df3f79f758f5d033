"""A relay of TCP: bytes of its connections travel the link in pieces as long as segments.

Both ends talk to the relay's TCP, and that never loses: what the link would lose, the relay does
not, so only its delay, its rate and its held outages are kept. What is under way is bounded, as a
sender's window and the link's queue would bound it.
"""

import asyncio
from contextlib import suppress
from typing import NamedTuple

from msgspec.structs import replace

from wirescope.clock import Clock
from wirescope.link import Direction, LinkSettings, Queue
from wirescope.transports.link.records import DirectionReport
from wirescope.transports.link.way import BothWays, Way

MOST_CONNECTIONS = 32
"""Connections that are carried at a time; further ones are hung up on."""

HEADS = {4: 40, 6: 60}
"""Bytes of the heads of IP and TCP, without options (RFC 791, RFC 8200, RFC 9293)."""

OPEN_S = 10.0
"""How long the server has to accept a connection."""

MOST_UNDER_WAY = 4 << 20
"""Bytes of a connection that travel the link at most, each way."""

_LEAST_UNDER_WAY = 16 << 10
_QUEUE_MS = 200
_ENDING_S = 2.0


def carried(direction: Direction) -> Direction:
    """Give what of a direction can be kept: its delay and rate, nothing that loses or reorders."""
    jitter = direction.jitter
    outages = tuple(replace(each, held=True) for each in direction.outages)
    waits = direction.mean_rate_bps is not None or bool(outages)
    return replace(
        direction,
        jitter=replace(jitter, keeps_order=True) if jitter is not None else None,
        loss=None,
        duplicate=0,
        reorder=0,
        outages=outages,
        queue=Queue(bytes=1 << 30) if waits else None,
    )


def under_way(direction: Direction, mtu: int) -> int:
    """Say how many bytes of a connection may travel: those on the way, and those in the queue."""
    rate_bps, queue = direction.mean_rate_bps, direction.queue or Queue(ms=_QUEUE_MS)
    if rate_bps is None:
        return MOST_UNDER_WAY
    if queue.bytes is not None:
        waiting = float(queue.bytes)
    elif queue.packets is not None:
        waiting = float(queue.packets * mtu)
    else:
        waiting = rate_bps * (queue.ms if queue.ms is not None else _QUEUE_MS) / 8000
    travelling = rate_bps * direction.delay_ms / 8000
    return round(min(max(waiting + travelling, _LEAST_UNDER_WAY), MOST_UNDER_WAY))


class _Flight:
    """What is under way one way of a connection."""

    def __init__(self, most: int, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.over = asyncio.Event()
        self._most, self._bytes = most, 0
        self._room = asyncio.Event()
        self._room.set()

    async def begin(self, length: int) -> None:
        """Wait until there is room, and take it."""
        await self._room.wait()
        self._bytes += length
        if self._bytes >= self._most:
            self._room.clear()

    def arrive(self, data: bytes) -> bool:
        """Write what arrived; nothing is the end of the stream."""
        if self.writer.is_closing():
            self._room.set()
            self.over.set()
            return False
        if data:
            self.writer.write(data)
        else:
            with suppress(OSError):
                self.writer.write_eof()
            self.over.set()
        self._bytes -= len(data)
        if self._bytes < self._most:
            self._room.set()
        return True


class _Connection(NamedTuple):
    """A connection that is carried, which is two of TCP."""

    up: _Flight
    down: _Flight


class StreamRelay:
    """Carries connections to one server.

    Args:
        settings: the link.
        target: where the server is, a numeric address.
        tasks: own what is under way.
        clock: the time.
    """

    def __init__(
        self,
        settings: LinkSettings,
        target: tuple[str, int],
        *,
        tasks: asyncio.TaskGroup,
        clock: Clock,
    ) -> None:
        self._settings, self._target, self._tasks = settings, target, tasks
        self._listener: asyncio.Server | None = None
        self._connections: dict[int, _Connection] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._flows = 0
        head = HEADS[6 if ":" in target[0] else 4]
        self._segment = settings.mtu - head
        self._ways = BothWays(
            replace(settings, up=carried(settings.up), down=carried(settings.down)),
            head=head,
            to_server=self._to_server,
            to_client=self._to_client,
            clock=clock,
        )

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Begin; where clients find it."""
        self._listener = await asyncio.start_server(self._take, host, port)
        address = self._listener.sockets[0].getsockname()
        return address[0], address[1]

    def reports(self) -> tuple[DirectionReport, DirectionReport]:
        """Say what went up and what went down, in pieces as long as segments."""
        return self._ways.reports()

    async def close(self) -> None:
        """End it, and all connections."""
        if self._listener is None:
            return
        self._listener.close()
        self._ways.close()
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(set(self._running), timeout=_ENDING_S)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._running) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = self._tasks.create_task(self._carry(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until both ends have ended it, or one has broken it off."""
        writers = [writer]
        self._flows += 1
        number = self._flows
        try:
            async with asyncio.timeout(OPEN_S):
                far_reader, far_writer = await asyncio.open_connection(*self._target)
            writers.append(far_writer)
            settings = self._settings
            up = _Flight(under_way(settings.up, settings.mtu), far_writer)
            down = _Flight(under_way(settings.down, settings.mtu), writer)
            self._connections[number] = _Connection(up, down)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(reader, self._ways.up, number, up))
                pumps.create_task(self._pump(far_reader, self._ways.down, number, down))
            await up.over.wait()
            await down.over.wait()
            for each in writers:
                each.close()
        except* (OSError, TimeoutError):
            pass  # either end, or the server, is gone: so is the connection
        finally:
            self._connections.pop(number, None)
            for each in writers:
                if not each.is_closing():
                    each.transport.abort()
            for each in writers:
                with suppress(OSError):
                    await each.wait_closed()

    async def _pump(
        self, reader: asyncio.StreamReader, way: Way, number: int, flight: _Flight
    ) -> None:
        """Put what comes on the way, and its end behind it."""
        while data := await reader.read(self._segment):
            await flight.begin(len(data))
            way.offer(number, data)
            await flight.writer.drain()
        way.offer(number, b"")

    def _to_server(self, flow: int, data: bytes) -> bool:
        connection = self._connections.get(flow)
        return connection is not None and connection.up.arrive(data)

    def _to_client(self, flow: int, data: bytes) -> bool:
        connection = self._connections.get(flow)
        return connection is not None and connection.down.arrive(data)
