"""The process of an end: takes orders one after the other, and answers each.

Whoever gives the orders holds the other side of its standard input. When that is gone, so is the
process, whatever it is doing. Not here: how orders are taken and answered (`obeying`).
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, NamedTuple

import msgspec

from wirescope.errors import UsageError, WirescopeError
from wirescope.lab.cells import TransportName
from wirescope.lab.ends.carrier import Carrier
from wirescope.lab.ends.holding import Held, first_of
from wirescope.lab.ends.media_orders import Hear, Show, Speak, Watch
from wirescope.lab.ends.middle import relaying
from wirescope.lab.ends.obeying import LEAVE_S, MOST_WAITING, Answer, Waiting, read, work
from wirescope.lab.ends.orders import (
    Accept,
    AnyOrder,
    AskUsage,
    Close,
    Join,
    Listen,
    Listening,
    Nothing,
    Open,
    Opened,
    Quit,
    Relay,
    Run,
    decode_order,
)
from wirescope.lab.ends.recording import Record, recording
from wirescope.lab.ends.running import Running
from wirescope.lab.ends.usage import usage
from wirescope.lab.ends.websockets import (
    carry_websocket,
    dial,
    listening,
    open_websocket,
)
from wirescope.transports.websocket import WebSocketConnection


class Kind(NamedTuple):
    """What carries messages.

    Attributes:
        open: makes a connection, as the client.
        carry: takes one, as the far side, that a WebSocket has come for.
    """

    open: Callable[[Open, Record], AbstractAsyncContextManager[Carrier]]
    carry: Callable[
        [WebSocketConnection, Listen | Join, Record], AbstractAsyncContextManager[Carrier]
    ]


def _websocket() -> Kind:
    return Kind(open_websocket, carry_websocket)


def _channel() -> Kind:
    # Not before it is wanted: it takes a second, and memory that is no part of a WebSocket's.
    from wirescope.lab.ends.channels import carry_channel, open_channel
    from wirescope.transports.webrtc import is_there

    is_there()  # which loads the engine before anything is timed
    return Kind(open_channel, carry_channel)


KINDS: dict[TransportName, Callable[[], Kind]] = {
    "websocket": _websocket,
    "data-channel-reliable": _channel,
    "data-channel-unreliable": _channel,
    "media": _channel,
}


def kind_of(transport: TransportName) -> Kind:
    """Give what carries messages over a transport, loaded."""
    return KINDS[transport]()


class Serving:
    """An end: what it has open, and what it does when it is told."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._server: Held[Listening] | None = None
        self._own: Held[Any] | None = None  # a connection that this end has opened
        self._carrier: Carrier | None = None
        self._came: asyncio.Queue[Carrier | WirescopeError] = asyncio.Queue(MOST_WAITING)

    async def do(self, order: AnyOrder) -> msgspec.Struct:
        """Do what is ordered; what is to be answered."""
        match order:
            case Listen() | Relay():
                return await self._listen(order)
            case Join():
                return await self._join(order)
            case Open():
                return await self._open(order)
            case Accept():
                return await self._accept(order)
            case Run():
                return await Running(self._standing(), order).run()
            case Speak() | Hear():
                # Not before it is wanted: codecs are no part of what messages take.
                from wirescope.lab.ends import voice

                async with asyncio.timeout(order.timeout_s):
                    if isinstance(order, Speak):
                        return await voice.speak(self._standing(), order)
                    return await voice.hear(self._standing(), order)
            case Show() | Watch():
                from wirescope.lab.ends import video

                async with asyncio.timeout(order.timeout_s):
                    if isinstance(order, Show):
                        return await video.show(self._standing(), order)
                    return await video.watch(self._standing(), order)
            case AskUsage():
                return usage()
            case Close():
                await self._close(order.timeout_s)
            case Quit():
                await self.end()
        return Nothing()

    async def _listen(self, order: Listen | Relay) -> Listening:
        if self._server is not None:
            raise UsageError("This end listens already.")
        if isinstance(order, Listen):
            kind_of(order.transport)
        server = Held[Listening](self._tasks)
        found = await server.enter(self._serve(order), timeout_s=order.timeout_s)
        self._server = server
        return found

    @asynccontextmanager
    async def _serve(self, order: Listen | Relay) -> AsyncIterator[Listening]:
        async with recording(order.capture) as record:
            if isinstance(order, Relay):
                async with relaying(order, record) as found:
                    yield found
                return
            carry = kind_of(order.transport).carry

            async def handle(connection: WebSocketConnection) -> None:
                await self._keep_what_came(carry(connection, order, record))

            async with listening(order, record, handle, tls=order.tls) as port:
                yield Listening(port=port)

    async def _keep_what_came(self, context: AbstractAsyncContextManager[Carrier]) -> None:
        """Keep a connection that the other side has opened until it is over."""
        try:
            async with context as carrier:
                await self._came.put(carrier)
                await carrier.leave.wait()
        except* WirescopeError as errors:
            await self._came.put(first_of(errors))

    async def _join(self, order: Join) -> Nothing:
        self._check_free()
        kind = kind_of(order.transport)
        if order.transport == "websocket":
            await self._open(order)
            assert self._carrier is not None
            await self._came.put(self._carrier)
            self._carrier = None
            return Nothing()
        own = Held[None](self._tasks)
        await own.enter(self._wait_to_be_called(order, kind), timeout_s=order.timeout_s + 1)
        self._own = own
        return Nothing()

    @asynccontextmanager
    async def _wait_to_be_called(self, order: Join, kind: Kind) -> AsyncIterator[None]:
        async with (
            recording(order.capture) as record,
            await dial(order, record) as connection,
            asyncio.TaskGroup() as group,
        ):
            carry = kind.carry(connection, order, record)
            waiting = group.create_task(self._keep_what_came(carry))
            try:
                yield
            finally:
                waiting.cancel()

    def _check_free(self) -> None:
        if self._own is not None or self._carrier is not None:
            raise UsageError("This end has a connection already; it has to be closed first.")

    async def _open(self, order: Open) -> Opened:
        self._check_free()
        kind = kind_of(order.transport)
        own = Held[Carrier](self._tasks)
        self._carrier = await own.enter(_opening(order, kind), timeout_s=order.timeout_s + 1)
        self._own = own
        return self._carrier.opened

    async def _accept(self, order: Accept) -> Opened:
        if self._carrier is not None:
            raise UsageError("This end has a connection already; it has to be closed first.")
        async with asyncio.timeout(order.timeout_s):
            while True:
                came = await self._came.get()
                if isinstance(came, Carrier):
                    if not came.over.is_set():
                        self._carrier = came
                        return came.opened
                elif self._came.empty():  # else it was of an earlier try
                    raise came

    def _standing(self) -> Carrier:
        if self._carrier is None:
            raise UsageError("This end has no connection; open one, or accept one, before.")
        return self._carrier

    async def _close(self, timeout_s: float) -> None:
        carrier, own = self._carrier, self._own
        self._carrier = self._own = None
        async with asyncio.timeout(timeout_s):
            if carrier is not None:
                await carrier.close()
        if own is not None:
            await own.leave(timeout_s=timeout_s)

    async def end(self) -> None:
        """Close everything."""
        await self._close(LEAVE_S)
        if self._server is not None:
            await self._server.leave(timeout_s=LEAVE_S)
            self._server = None


@asynccontextmanager
async def _opening(order: Open, kind: Kind) -> AsyncIterator[Carrier]:
    async with recording(order.capture) as record, kind.open(order, record) as carrier:
        record.watches = False
        yield carrier


async def serve(orders: asyncio.StreamReader, answer: Answer) -> None:
    """Take orders until there are no more, or the last one is to quit."""
    waiting = Waiting(MOST_WAITING)
    async with asyncio.TaskGroup() as tasks:
        serving = Serving(tasks)
        at_work = tasks.create_task(work(waiting, answer, decode=decode_order, do=serving.do))
        reading = tasks.create_task(read(orders, waiting))
        await asyncio.wait((at_work, reading), return_when=asyncio.FIRST_COMPLETED)
        if at_work.done():
            reading.cancel()
            return
        # Whoever gave the orders is gone. Captures are still saved, unless that takes too long.
        asyncio.get_running_loop().call_later(LEAVE_S, os._exit, 1)
        at_work.cancel()
        await asyncio.wait((at_work,))
        with suppress(WirescopeError, TimeoutError):
            await serving.end()
