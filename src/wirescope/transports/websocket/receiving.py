"""What a connection offers for receiving, and when it reads: the received side of a connection.

While somebody downstream is full, nothing is read, so that the peer is held back: the application
that does not take its messages, the sink that cannot keep its events, or a user who asked for it.
A flood of small frames is processed in turns, so that timers, signals and other connections have
theirs. What becomes events and messages is the `Reception`'s.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

import msgspec

from wirescope.errors import ConnectionClosedError
from wirescope.events import ConnectionClosed, WebSocketMessage
from wirescope.transports.websocket.ending import Ending
from wirescope.transports.websocket.inbox import Inbox
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.reception import Reception
from wirescope.transports.websocket.settings import Settings
from wirescope.wire.websocket import Breach

TURN_NS = 20_000_000
"""Nanoseconds of processing after which the event loop has its turn."""


class ReceivingSide(ABC):
    """The received side of a connection.

    Attributes:
        closed: how the connection ended; None while it has not.
        times_held_back: how often this end has stopped reading.
    """

    closed: ConnectionClosed | None
    _ending: Ending
    _journal: Journal
    _loop: asyncio.AbstractEventLoop
    _reception: Reception
    _settings: Settings
    _transport: asyncio.Transport | None

    def __init__(self) -> None:
        super().__init__()
        self.times_held_back = 0
        self._inbox = Inbox()
        self._full_for: set[str] = set()
        self._handling = False  # the application has taken a message and asked for no other yet
        self._lost = False
        self._turn_due = False  # the backlog will be processed in the loop's next turn

    @abstractmethod
    def _fail(self, breach: Breach) -> None:
        """Fail the connection."""

    @abstractmethod
    def _finish(self) -> None:
        """Write down how the connection ended, once everything that came is processed."""

    async def receive(self) -> WebSocketMessage:
        """Return the next message, waiting for it.

        Raises:
            ConnectionClosedError: the connection is over and all its messages were taken.
        """
        while (message := self._take_message()) is None:
            if self._ending.failure is not None:
                self._fail(self._ending.failure)
            if self.closed is not None:
                raise self._ending.refusal(self.closed)
            await self._inbox.wait()
        return message

    def _take_message(self) -> WebSocketMessage | None:
        message = self._inbox.take()
        self._handling = message is not None
        if self._full_for and "application" in self._full_for and self._inbox.room:
            self._resume("application")
        return message

    def __aiter__(self) -> AsyncIterator[WebSocketMessage]:
        return self

    async def __anext__(self) -> WebSocketMessage:
        try:
            return self._take_message() or await self.receive()
        except ConnectionClosedError:
            raise StopAsyncIteration from None

    def keep_messages(self, *, keep: bool) -> None:
        """Keep messages for `receive` from now on, or forget them: they are events, too."""
        self._settings = msgspec.structs.replace(self._settings, deliver=keep)
        if not keep:
            self._inbox.clear()
            if "application" in self._full_for:
                self._resume("application")

    def pause_receiving(self) -> None:
        """Stop reading from the peer, so that it is held back; `resume_receiving` goes on."""
        self._pause("user")

    def resume_receiving(self) -> None:
        """Go on reading from the peer."""
        self._resume("user")

    def _process(self) -> None:
        now_ns, full_for = self._journal.now_ns, self._full_for
        turn_ends_ns = now_ns() + TURN_NS
        self._reception.process(lambda: bool(full_for) or now_ns() >= turn_ends_ns)
        if self._inbox:
            self._inbox.wake()
        if self._reception.backlog and not self._full_for:
            self._stop_reading()
            self._go_on_later()

    def on_messages(self, messages: list[WebSocketMessage]) -> None:
        """Take messages from the reception."""
        if not self._settings.deliver:
            return
        self._inbox.put(messages)
        if self._inbox.full:
            self._pause("application")

    # Flow control

    @property
    def held_back(self) -> bool:
        """Whether this end does not read, so that nothing can be expected from the peer."""
        return bool(self._full_for) or self._turn_due

    def _pause(self, who: str) -> None:
        if self._lost and who != "sink":
            return
        if not self._full_for:
            self.times_held_back += 1
            self._stop_reading()
        self._full_for.add(who)

    def _resume(self, who: str) -> None:
        self._full_for.discard(who)
        if self._full_for:
            return
        if self._lost or self._reception.backlog:
            self._go_on_later()
        else:
            self._read_on()

    def _stop_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def _read_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _go_on_later(self) -> None:
        if not self._turn_due:
            self._turn_due = True
            self._loop.call_soon(self._process_backlog)

    def _process_backlog(self) -> None:
        self._turn_due = False
        if self._full_for or self.closed is not None:
            return
        self._process()
        if self._full_for or self._turn_due:
            return
        if self._lost:
            self._finish()
        else:
            self._read_on()
