"""A bridge for who cannot be told whom to trust: TURN over TCP here, over TLS to the server.

The WebRTC engine checks the certificate of a `turns:` server against the machine's authorities, and
has no switch for other ones. The bridge listens on 127.0.0.1, and what comes there goes on over
TLS, by a policy of the user's own. It does not look into what it carries; that is signed end to
end. Whoever is on this machine can use it as long as it runs, to talk to that one server.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from wirescope.errors import ConnectError
from wirescope.events import Emission, Timeline
from wirescope.transports.journal import Journal
from wirescope.transports.turn.opening import first_opened, open_stream, resolve
from wirescope.transports.turn.options import Trust, TurnOptions
from wirescope.transports.turn.trust import turn_context
from wirescope.transports.turn.url import ServerURL

MOST_CONNECTIONS = 64
"""Connections that are carried at a time; further ones are hung up on."""

_AT_ONCE = 64 << 10
_KEPT = 16
_ENDING_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeOptions:
    """How a bridge behaves.

    Attributes:
        trust: whose certificate is accepted.
        open_timeout_s: seconds until the name is resolved, and until TCP and TLS stand.
        idle_timeout_s: seconds without a byte either way after which a connection is ended.
    """

    trust: Trust
    open_timeout_s: float = 10
    idle_timeout_s: float = 900


class Bridge:
    """Carries connections to one server. `tls_bridge` runs it.

    Attributes:
        upstream: the server's address.
        url: the address to use in its place.
        verified: whether the server's certificate is checked at all.
        accepted: connections that came.
        refused: those that were too many.
        carried_bytes: what went either way.
        failures: why connections to the server did not come about, the last ones.
    """

    def __init__(self, upstream: ServerURL, options: BridgeOptions) -> None:
        self.upstream = upstream
        self.url = upstream
        self.verified = not options.trust.insecure
        self.accepted = self.refused = self.carried_bytes = 0
        self.failures: deque[str] = deque(maxlen=_KEPT)
        self._options = options
        self._context = turn_context(options.trust)
        self._asked = TurnOptions(trust=options.trust, open_timeout_s=options.open_timeout_s)
        timeline = Timeline()
        self._journal = Journal(timeline, _nowhere, timeline.new_connection())
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def take(
        self,
        tasks: asyncio.TaskGroup,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Carry a connection that came."""
        if self._closing or len(self._tasks) >= MOST_CONNECTIONS:
            self.refused += 1
            writer.transport.abort()
            return
        self.accepted += 1
        task = tasks.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End all connections."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_ENDING_S)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, over one of its own to the server, until either side ends it."""
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await self._reach()
            await self._exchange((reader, far_writer), (far_reader, writer))
        except ConnectError as error:
            self.failures.append(error.message)
        finally:
            for each in (writer, far_writer):
                if each is not None:
                    each.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        addresses = await resolve(self.upstream, self._asked)
        return await first_opened(addresses, self._open)

    async def _open(self, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader = asyncio.StreamReader(limit=_AT_ONCE)
        stream, protocol = await open_stream(
            (address, self.upstream),
            self._context,
            self._asked,
            self._journal,
            lambda: asyncio.StreamReaderProtocol(reader),
        )
        writer = asyncio.StreamWriter(stream, protocol, reader, asyncio.get_running_loop())
        return reader, writer

    async def _exchange(self, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        """Pump both ways; where one ends, or both are silent, there is nobody to talk to."""
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(self._options.idle_timeout_s) as idle,
                asyncio.TaskGroup() as group,
            ):
                pumps = [group.create_task(self._pump(*way, idle)) for way in ways]
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                for each in pumps:
                    each.cancel()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle: asyncio.Timeout
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while data := await reader.read(_AT_ONCE):
                if not idle.expired():
                    idle.reschedule(loop.time() + self._options.idle_timeout_s)
                writer.write(data)
                await writer.drain()
                self.carried_bytes += len(data)


def _nowhere(_: Sequence[Emission]) -> None:
    return None


@asynccontextmanager
async def tls_bridge(upstream: ServerURL, options: BridgeOptions) -> AsyncIterator[Bridge]:
    """Run a bridge to a `turns:` server while the context lasts.

    Args:
        upstream: the server; `turns:`.
        options: whom to trust, and how long to wait.

    Raises:
        OSError: nothing can be listened on.
        UsageError: the file of authorities cannot be used.
    """
    bridge = Bridge(upstream, options)
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            bridge.take(tasks, reader, writer)

        listener: asyncio.Server | None = None
        # An error is raised again below, so that it does not come out as a group of one.
        try:
            listener = await asyncio.start_server(accept, "127.0.0.1", 0, limit=_AT_ONCE)
            port = listener.sockets[0].getsockname()[1]
            bridge.url = ServerURL("turn", "127.0.0.1", port, "tcp")
            yield bridge
        except Exception as error:  # noqa: BLE001
            failure = error
        finally:
            if listener is not None:
                listener.close()
            await bridge.close()
    if failure is not None:
        raise failure
