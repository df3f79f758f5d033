"""A run of `wirescope connect` against a WebSocket: open, send, close."""

import asyncio
import sys
from contextlib import aclosing
from functools import partial

from wirescope.cli.feeding import send
from wirescope.cli.lines import read_lines
from wirescope.cli.run import Run, first
from wirescope.errors import ConnectionClosedError, WirescopeError
from wirescope.events import ConnectionClosed, EventSink
from wirescope.transports import websocket
from wirescope.transports.websocket import WebSocketConnection


class Session(Run):
    """A run against a WebSocket."""

    async def connect(self, sink: EventSink) -> WirescopeError | None:
        """Connect, converse, and close."""
        async with asyncio.TaskGroup() as group:
            opening = group.create_task(self._open(sink))
            await first(opening, self.stopped)
            if not opening.done():
                opening.cancel()
                return None
            opened = opening.result()
            if isinstance(opened, WirescopeError):
                return opened
            if self.plan.options.tls.insecure and opened.url.startswith("wss:"):
                self.talk.warn("The certificate was not checked (-k): who is there is not known.")
            sending = group.create_task(self._converse(opened))
            ended = group.create_task(opened.wait_closed())
            await first(ended, self.stopped)
            sending.cancel()
            if not ended.done():
                await self._close(opened, ended, group)
        return self.fault

    async def _open(self, sink: EventSink) -> WebSocketConnection | WirescopeError:
        try:
            return await websocket.connect(
                self.plan.url,
                options=self.plan.options,
                timeline=self.timeline,
                sink=sink,
                deliver=False,
                on_retry=self.on_retry,
            )
        except WirescopeError as error:
            return error

    async def _converse(self, connection: WebSocketConnection) -> None:
        try:
            if self.screen is not None:
                await self.screen.converse(connection)
                return
            async with aclosing(read_lines(sys.stdin.fileno())) as lines:
                await self.pour(partial(send, connection), lines)
        except ConnectionClosedError:
            pass  # the verdict tells of it
        except WirescopeError as error:
            self.fail(error)

    async def _close(
        self,
        connection: WebSocketConnection,
        ended: asyncio.Task[ConnectionClosed],
        group: asyncio.TaskGroup,
    ) -> None:
        closing = group.create_task(connection.close(1000))
        await first(ended, self.at_once, within_s=1.0 if self.hurried else None)
        if not ended.done():
            connection.abort()
        await asyncio.wait([closing])
