"""What a session runs on: how a connection is opened, spoken through and ended, by its transport.

A session knows only a `Carrier`; what a WebSocket does is here, what a WebRTC connection does is in
`call_carrier`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar

from wirescope.analysis import Verdict
from wirescope.errors import UsageError
from wirescope.events import DataChannelMessage, EventSink, Timeline, Transport, WebSocketMessage
from wirescope.transports import websocket
from wirescope.transports.websocket import OnRetry, WebSocketConnection
from wirescope.workbench.desk.peer_states import SessionChannel, SessionPeer
from wirescope.workbench.desk.phases import Progress
from wirescope.workbench.desk.sending import Ready, send
from wirescope.workbench.desk.states import Outgoing
from wirescope.workbench.desk.viewers import Viewer
from wirescope.workbench.workspace import Channel, Prepared

AnyMessage = WebSocketMessage | DataChannelMessage


class Carrier(ABC):
    """What one session runs on.

    Attributes:
        transport: what it is.
        url: where it leads, as it was resolved.
        secrets: texts that must not be written down.
        on_change: is called whenever something changed that no event tells of.
        on_notice: is told what a person should know.
    """

    transport: ClassVar[Transport]
    url: str
    secrets: tuple[str, ...]
    on_change: Callable[[], None] = staticmethod(lambda: None)
    on_notice: Callable[[str], None] = staticmethod(lambda _: None)

    @abstractmethod
    def progress(self, verdict: Callable[[str | None], Verdict]) -> Progress:
        """Make what follows its life; `verdict` explains a connection, None the latest."""

    @abstractmethod
    def opened(
        self, *, timeline: Timeline, sink: EventSink, on_retry: OnRetry
    ) -> AbstractAsyncContextManager[None]:
        """Open it; when the context begins it can be spoken through, and with its end it is over.

        Raises:
            WirescopeError: it did not come about.
        """

    @abstractmethod
    async def wait_ended(self) -> None:
        """Wait until it is over."""

    async def follow(self) -> None:  # noqa: B027 -- a WebSocket tells everything by its events
        """Tell of what changes without an event, while it is open."""

    @property
    @abstractmethod
    def is_over(self) -> bool:
        """Whether it is over, once it was open."""

    @abstractmethod
    async def send(self, outgoing: Outgoing, ready: Ready) -> None:
        """Send something; waits while the peer is slow.

        Raises:
            ConnectionClosedError: it is closing or closed.
            UsageError: it cannot be sent like this.
        """

    @abstractmethod
    async def close(self, code: int | None, reason: str) -> None:
        """End it, and wait until it has ended."""

    @abstractmethod
    def drop(self) -> None:
        """End it without telling the peer, as far as that can be done."""

    @abstractmethod
    def abort(self) -> None:
        """End it at once, whatever is under way."""

    @abstractmethod
    def reply(self, message: AnyMessage, outgoing: Outgoing) -> Outgoing | None:
        """Address what is sent on a received message; None for one that is not for the user."""

    def is_insecure(self, _url: str) -> bool:
        """Whether the server's certificate is not checked, at the address that was reached."""
        return False

    def notes(self) -> Sequence[str]:
        """Say what failed on the way and was lived with."""
        return ()

    # What only WebRTC has

    def peer(self, _clean: Callable[[str], str]) -> SessionPeer | None:
        """Say what it has because it is one of WebRTC; `clean` takes secrets out of a text."""
        return None

    async def paste_code(self, _code: str) -> None:
        """Take the code that the other side has handed over.

        Raises:
            UsageError: none is waited for.
            DescriptionError: it is no code that can be used.
        """
        raise _only_webrtc("A code is handed over")

    def open_channel(self, _channel: Channel) -> SessionChannel:
        """Open a data channel.

        Raises:
            UsageError: there can be none like this.
        """
        raise _only_webrtc("Data channels are opened")

    async def close_channel(self, _key: str) -> None:
        """Close a data channel; what was sent on it arrives first.

        Raises:
            ConnectError: not all of that went out, or it is not known whether it has arrived.
            UsageError: there is none of this key.
        """
        raise _only_webrtc("Data channels are closed")

    async def restart_ice(self) -> None:
        """Look for a path anew.

        Raises:
            UsageError: it cannot.
            PeerError: the other side refused.
        """
        raise _only_webrtc("ICE is restarted")

    async def watch(self, _group: asyncio.TaskGroup) -> Viewer:
        """Let somebody look on at what is received; the group runs the stream.

        Raises:
            UsageError: there is nothing to be seen, or too many look on.
        """
        raise _only_webrtc("Sound and pictures come")

    def end_viewers(self) -> None:  # noqa: B027 -- of a WebSocket there are none
        """Let those go who look on."""


def _only_webrtc(what: str) -> UsageError:
    return UsageError(
        f"{what} on a WebRTC connection, and this is a WebSocket.",
        hint="The URL's scheme decides: whep+https, whip+https, webrtc+wss or webrtc.",
    )


class WebSocketCarrier(Carrier):
    """A WebSocket."""

    transport = "websocket"

    def __init__(self, prepared: Prepared) -> None:
        self.url = prepared.url
        self.secrets = prepared.secrets
        self._options = prepared.options
        self._connection: WebSocketConnection | None = None

    @property
    def _open(self) -> WebSocketConnection:
        assert self._connection is not None, "it is asked once it is open"
        return self._connection

    def progress(self, verdict: Callable[[str | None], Verdict]) -> Progress:
        """Make what follows its life."""
        return Progress(
            lambda: verdict(None),
            attempts=self._options.retry.attempts,
            by_proxy=self._options.proxy is not None,
        )

    @asynccontextmanager
    async def opened(
        self, *, timeline: Timeline, sink: EventSink, on_retry: OnRetry
    ) -> AsyncIterator[None]:
        """Connect; what is still open when the context ends is ended without ceremony."""
        self._connection = connection = await websocket.connect(
            self.url,
            options=self._options,
            timeline=timeline,
            sink=sink,
            deliver=False,
            on_retry=on_retry,
        )
        try:
            yield
        finally:
            connection.abort()  # of one that has ended, this does nothing

    async def wait_ended(self) -> None:
        """Wait until it is closed."""
        await self._open.wait_closed()

    @property
    def is_over(self) -> bool:
        """Whether it is closed."""
        return self._open.closed is not None

    async def send(self, outgoing: Outgoing, ready: Ready) -> None:
        """Send a message, or a frame of whatever kind."""
        await send(self._open, outgoing, ready)

    async def close(self, code: int | None, reason: str) -> None:
        """Close it with a Close frame."""
        await self._open.close(code, reason)

    def drop(self) -> None:
        """End the TCP connection without a Close frame."""
        self._open.drop()

    def abort(self) -> None:
        """End it without a closing handshake."""
        self._open.abort()

    def reply(self, _message: AnyMessage, outgoing: Outgoing) -> Outgoing | None:
        """Leave it as it is: there is one way back."""
        return outgoing

    def is_insecure(self, url: str) -> bool:
        """Whether TLS trusts any certificate."""
        return self._options.tls.insecure and url.startswith("wss:")
