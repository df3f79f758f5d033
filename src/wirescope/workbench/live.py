"""A live connection as a user of Python holds it: the connection, its events, its capture.

`connect` makes one; `wirescope.connect` is this function. Everything that the connection can do is
the transport's `WebSocketConnection`; here it is joined with a recording and a verdict.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from wirescope.analysis import LIVE_RATE, Analyzer, Verdict
from wirescope.capture import CaptureWriter
from wirescope.errors import ConnectionClosedError
from wirescope.events import (
    ConnectionClosed,
    EventSink,
    Timeline,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.transports import websocket
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection
from wirescope.workbench.recorder import recording
from wirescope.workbench.streams import EventStream


class LiveConnection:
    """An open WebSocket connection.

    Iterate over it for messages, or over `events` for everything that happens, messages included.
    Both are bounded: who reads slowly slows the peer down. Reading events takes the place of
    reading messages: as long as nobody has asked for a message, none is queued then.

    Attributes:
        transport: the connection itself, with all that it can do.
        events: everything that happens, from the opening on.
        capture: the writer of the capture file; None when nothing is recorded.
    """

    def __init__(
        self,
        transport: WebSocketConnection,
        *,
        events: EventStream,
        analyzer: Analyzer,
        capture: CaptureWriter | None,
    ) -> None:
        self.transport = transport
        self.events = events
        self.capture = capture
        self._analyzer = analyzer
        self._messages_wanted = False
        events.on_read = self._only_events

    @property
    def id(self) -> str:
        """The connection's id in its events, as `c1`."""
        return self.transport.id

    @property
    def url(self) -> str:
        """Where it leads."""
        return self.transport.url

    @property
    def handshake(self) -> WebSocketHandshake:
        """The opening handshake, byte for byte."""
        return self.transport.handshake

    @property
    def subprotocol(self) -> str:
        """The subprotocol that was agreed on; empty for none."""
        return self.transport.subprotocol

    @property
    def closed(self) -> ConnectionClosed | None:
        """How it ended; None while it has not."""
        return self.transport.closed

    @property
    def verdict(self) -> Verdict:
        """How it stands or ended, in a sentence, and what to do."""
        return self._analyzer.verdict()

    async def send(self, data: str | bytes) -> None:
        """Send one message: text for a str, binary for bytes; waits while the peer is slow.

        Raises:
            ConnectionClosedError: the connection is over.
        """
        await self.transport.send(data)

    async def send_fragments(self, parts: Iterable[str | bytes]) -> None:
        """Send one message with a frame for each part, text if the first part is a str."""
        await self.transport.send_fragments(parts)

    async def send_frame(self, opcode: int, payload: bytes = b"", **fields: Any) -> None:
        """Send one frame, legal or not; fields as `WebSocketConnection.send_frame` takes them."""
        await self.transport.send_frame(opcode, payload, **fields)

    async def receive(self) -> WebSocketMessage:
        """Return the next message, waiting for it.

        Raises:
            ConnectionClosedError: the connection is over and all its messages were taken.
        """
        self._want_messages()
        try:
            return await self.transport.receive()
        except ConnectionClosedError:
            raise await self._closed_error() from None

    async def ping(self, payload: bytes | None = None, *, timeout_s: float = 20) -> float:
        """Send a ping and return the seconds until its pong.

        Raises:
            TimeoutError: no pong came in time.
        """
        return await self.transport.ping(payload, timeout_s=timeout_s)

    async def pong(self, payload: bytes = b"") -> None:
        """Send a pong that answers nothing."""
        await self.transport.pong(payload)

    async def close(self, code: int | None = 1000, reason: str = "") -> ConnectionClosed:
        """Close the connection and return how it ended; what still comes is not held back."""
        self.events.release()
        return await self.transport.close(code, reason)

    async def wait_closed(self) -> ConnectionClosed:
        """Wait until the connection is over and return how it ended; messages wait meanwhile."""
        self.events.make_optional()
        return await self.transport.wait_closed()

    async def _closed_error(self) -> ConnectionClosedError:
        closed = await self.transport.wait_closed()
        return ConnectionClosedError(
            self.verdict.sentence,
            code=closed.code,
            reason=closed.reason,
            initiator=closed.initiator,
            clean=closed.clean,
            hint=self.verdict.advice,
        )

    def _only_events(self) -> None:
        if not self._messages_wanted:
            self.transport.keep_messages(keep=False)

    def _want_messages(self) -> None:
        if not self._messages_wanted:
            self._messages_wanted = True
            self.events.make_optional()
            self.transport.keep_messages(keep=True)

    def __aiter__(self) -> AsyncIterator[WebSocketMessage]:
        self._want_messages()
        return aiter(self.transport)


@asynccontextmanager
async def connect(
    url: str,
    *,
    capture: str | PathLike[str] | None = None,
    options: ConnectOptions | None = None,
    watchers: Iterable[EventSink] = (),
    secrets: Iterable[str] = (),
    **shorthand: Any,
) -> AsyncIterator[LiveConnection]:
    """Connect to a WebSocket server; the connection is closed when the context ends.

    Args:
        url: `ws://`, `wss://`.
        capture: a file to record into; it must not exist.
        options: everything that can be asked of a connection.
        watchers: further sinks for its events.
        secrets: texts that must not be written into the capture, beside those known by their names;
            they are blotted out of URLs, heads and sentences, not out of messages.
        shorthand: fields of `ConnectOptions` by name, as `subprotocols=("chat",)`; they go before
            those of `options`.

    Raises:
        ConnectError: no connection came about.
        UpgradeRefusedError: the server answered with another status than 101.
        HandshakeError: its 101 breaks RFC 6455.
        InvalidURLError: the address cannot be connected to.
        UsageError: a file or the name of the TLS options cannot be used.
        CaptureExistsError: the file to record into exists.
    """
    chosen = replace(options or ConnectOptions(), **shorthand)
    websocket.check(url, chosen)  # before there is a capture for it
    events, timeline = EventStream(), Timeline()
    analyzer = Analyzer(next_seq=timeline.next_seq, content_rate=LIVE_RATE)
    async with AsyncExitStack() as stack:
        path = None if capture is None else Path(capture)
        kept = await stack.enter_async_context(
            recording(
                path,
                watchers=[events.feed, *watchers],
                secrets=secrets,
                analyzer=analyzer,
                timeline=timeline,
            )
        )
        stack.callback(events.end)
        transport = await websocket.connect(
            url, options=chosen, timeline=kept.timeline, sink=kept.sink
        )
        try:
            yield LiveConnection(transport, events=events, analyzer=analyzer, capture=kept.writer)
        finally:
            events.release()
            await transport.close()
