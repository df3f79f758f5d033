"""A data channel: messages both ways, their events, back-pressure, the end.

A reliable, ordered channel carries what a WebSocket carries, and is a `MessageConnection` like it.
Sending waits while more than `HIGH_WATER` bytes wait to go out, and longer where the channel has a
pace: SCTP's own congestion control sends much more than a narrow link with a short queue takes, and
then stands still. For receiving there is no such
brake in WebRTC: what comes is taken off the network at once. So what waits for readers is bounded
for all channels of a connection together; when it is more, the channel whose reader has fallen
behind the most is closed, which loses no more than the reader would have lost, and says so.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from wirescope.errors import ConnectError, ConnectionClosedError, EngineError, MessageTooLongError
from wirescope.events import (
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    Full,
    Initiator,
    MessageKind,
    Side,
)
from wirescope.states import ChannelState
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.engine import load
from wirescope.transports.webrtc.journal import Journal, Take

if TYPE_CHECKING:
    import webrtc

HIGH_WATER = 1 << 20
"""Bytes waiting to go out above which sending waits."""

LOW_WATER = 256 << 10
"""Bytes waiting to go out at which it goes on."""

LOOK_EVERY = 64 << 10
"""Bytes after which it is looked how many wait, and the loop has its turn."""

LOOK_LEAST = 64
"""Bytes that a message counts at least in that."""

INBOX_BYTES = 64 << 20
"""Bytes of a connection's messages that wait for an application before it counts as one that does
not read."""

INBOX_LEAST = 256
"""Bytes that a message counts at least in that: an empty one takes memory, too."""

SETTLE_S = 0.001
"""Seconds after which the engine has said that a channel is closing, once it forgot what waited."""

CREDIT_S = 0.01
"""Seconds of a pace that may be caught up on after a pause, or when the loop was late."""


class DataChannel:
    """One data channel of a connection.

    Attributes:
        number: the how manyth of its connection it is, from 1; unlike the id, no other one has it.
        label: its name.
        protocol: its subprotocol; empty for none.
        initiator: who made it.
        misnamed: the other side gave it a label or protocol that is not UTF-8.
        pace_bytes_per_s: bytes a second that are sent at most; None for what the path takes. It may
            be changed at any time, and so be given to a channel that the other side has made.
        closed: how it ended; None while it has not.
        unsent_bytes: what had not gone out when it ended by another way than its `close`.
        unanswered: whether this end sent messages and closed it, and the other side did not say in
            time that all of them had come.
    """

    def __init__(
        self,
        native: "webrtc.RTCDataChannel",
        journal: Journal,
        *,
        number: int,
        initiator: Side,
        all_channels: "Sequence[DataChannel]",
        connected: asyncio.Event,
        max_message_size: Callable[[], int],
        open_timeout_s: float,
        close_timeout_s: float,
        pace_bytes_per_s: float | None = None,
    ) -> None:
        self.number = number
        self.misnamed = False
        self.pace_bytes_per_s = pace_bytes_per_s
        self.label = self._name(lambda: native.label)
        self.protocol = self._name(lambda: native.protocol)
        self.initiator = initiator
        self.closed: DataChannelClosed | None = None
        self.unsent_bytes = 0
        self.unanswered = False
        self._native = native
        self._journal = journal
        self._all_channels = all_channels  # of the connection
        self._connected = connected  # set once the connection stands, or never will
        self._max_message_size = max_message_size
        self._open_timeout_s = open_timeout_s
        self._close_timeout_s = close_timeout_s
        self._id = -1
        self._messages: deque[DataChannelMessage] = deque()
        self._bytes = 0
        self._taker: Take | None = self._take
        self._loop = asyncio.get_running_loop()
        self._due_s = 0.0  # when the pace lets the next message go
        self._since_looked = 0  # bytes sent since it was seen how many have not gone out
        self._overrun = False
        self._closing_here = False
        self._has_sent = False
        self._rest = 0
        self._watches_rest = False
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._waits_for_room = False  # whether the engine was asked to say when there is some
        self._sink_full = 0
        self._opened = False
        self._decided = asyncio.Event()  # it is open, or never will be
        self._ended = asyncio.Event()
        native.on("message", self._on_event)
        native.on("closing", lambda _: self.note_unsent())
        native.on("close", lambda _: self.end())
        if native.ready_state == ChannelState.OPEN.value:
            self._on_open()
        else:
            native.on("open", lambda _: self._on_open())

    def _name(self, read: Callable[[], str]) -> str:
        """Read a name that the other side gave; what is not UTF-8 in it becomes U+FFFD."""
        try:
            return read()
        except UnicodeDecodeError as error:
            self.misnamed = True
            return error.object.decode("utf-8", "replace")

    @property
    def id(self) -> int:
        """The number of its SCTP streams; -1 while it has none."""
        return self._id

    @property
    def state(self) -> ChannelState:
        """Where the channel is in its life."""
        if self.closed is not None:
            return ChannelState.CLOSED
        return ChannelState(self._native.ready_state.value)

    @property
    def ordered(self) -> bool:
        """Whether messages keep their order."""
        return self._native.ordered

    @property
    def max_retransmits(self) -> int | None:
        """How often a message is sent again at most; None for ever."""
        return self._native.max_retransmits

    @property
    def max_packet_life_time_ms(self) -> int | None:
        """How long a message is sent again at most; None for ever."""
        return self._native.max_packet_life_time

    @property
    def buffered_bytes(self) -> int:
        """Bytes that were sent and have not gone out yet."""
        return self._native.buffered_amount

    def look_at_rest(self) -> int:
        """Look how many bytes still wait; 0 once the channel is cut off.

        When the other side closes a channel, the engine forgets what waited before it says so. From
        the first look on `unsent_bytes` is then what the last one has seen.
        """
        if self.closed is not None or self.unsent_bytes:
            return 0
        if not self._watches_rest:
            self._watches_rest = True
            self._native.buffered_amount_low_threshold = 0
            self._native.on("bufferedamountlow", lambda _: self._note_rest())
        self._note_rest()
        return self._rest

    def _note_rest(self) -> None:
        rest = self._native.buffered_amount
        if rest:
            self._rest = rest
        elif self._rest:  # all has gone out, or the engine is about to say that it was forgotten
            self._loop.call_later(SETTLE_S, self._note_all_out)

    def _note_all_out(self) -> None:
        if not self._native.buffered_amount:
            self._rest = 0

    @property
    def waiting(self) -> int:
        """How many messages wait to be received."""
        return len(self._messages)

    # Its life

    def _on_open(self) -> None:
        if self._opened or self.closed is not None:
            return
        native = self._native
        self._id = -1 if native.id is None else native.id
        self._opened = True
        self._decided.set()
        self._journal.write(
            DataChannelOpened,
            self._id,
            self.label,
            self.protocol,
            native.ordered,
            native.max_retransmits,
            native.max_packet_life_time,
            native.negotiated,
            self.initiator,
        )

    async def wait_open(self) -> None:
        """Wait until messages can be sent, once the connection stands as long as that may take.

        Raises:
            ConnectError: it did not open in time, once the connection stood; it still may.
            ConnectionClosedError: it was closed before it was open.
        """
        try:
            async with asyncio.timeout(None) as deadline, alongside(self._bound(deadline)):
                await self._decided.wait()
        except TimeoutError:
            raise ConnectError(
                f"The channel {self.label!r} did not open within {self._open_timeout_s:g} s.",
                phase="sctp",
                kind="timeout",
                hint="The other side may not know of it: see that the signaling still carries"
                " an offer and its answer.",
            ) from None
        if self.closed is not None:
            raise self._refusal()

    async def _bound(self, deadline: asyncio.Timeout) -> None:
        """Set a deadline once the connection stands, which has one of its own till then."""
        await self._connected.wait()
        deadline.reschedule(self._loop.time() + self._open_timeout_s)

    def note_unsent(self) -> None:
        """Note what has not gone out, before the engine forgets it."""
        if self.closed is None and not self._closing_here:
            self.unsent_bytes = max(self.unsent_bytes, self._native.buffered_amount, self._rest)

    def end(self, initiator: Initiator = "remote") -> None:
        """Take note that the channel is over, by the other end's doing unless told otherwise."""
        if self.closed is not None:
            return
        if self._closing_here:
            initiator = "local"
        self.closed = self._journal.write(DataChannelClosed, self._id, initiator)
        self._ended.set()
        self._decided.set()
        self._writable.set()
        self._arrived.set()

    async def close(self) -> DataChannelClosed:
        """Close the channel, and wait until the other side has closed it, too.

        What has not gone out (`buffered_bytes`) is thrown away by the engine. What has gone out has
        arrived then: a stream is reset after all that was sent on it (RFC 8831 section 6.7). Where
        the other side does not answer in time, `unanswered` says so.
        """
        if self.closed is None:
            self._closing_here = True
            self._native.close()
            try:
                async with asyncio.timeout(self._close_timeout_s):
                    await self._ended.wait()
            except TimeoutError:
                self.unanswered = self._has_sent
                self.end()
        return await self.wait_closed()

    async def wait_closed(self) -> DataChannelClosed:
        """Wait until the channel is over; how it ended."""
        await self._ended.wait()
        assert self.closed is not None
        return self.closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    def _refusal(self) -> ConnectionClosedError:
        # While it is closing it is not closed yet, and the other end may have begun that.
        here: Initiator = "local" if self._closing_here else "remote"
        initiator = here if self.closed is None else self.closed.initiator
        if self._overrun:
            words = f"The channel {self.label!r} was closed, since its messages were not taken."
        else:
            by = {"local": "this end", "remote": "the other end", "network": "the connection's end"}
            words = f"The channel {self.label!r} was closed by {by[initiator]}."
        return ConnectionClosedError(
            words, code=0, reason="", initiator=initiator, clean=initiator != "network"
        )

    # Sending

    async def send(self, data: str | bytes) -> None:
        """Send one message, text for a str and binary for bytes.

        Waits until the channel is open, while the peer is slow, and until the channel's pace lets
        the message go.

        Raises:
            ConnectError: the channel did not open in time.
            ConnectionClosedError: the channel is closing or closed.
            MessageTooLongError: the peer takes no message of this length; the channel stays open.
        """
        kind: MessageKind = "text" if isinstance(data, str) else "binary"
        if type(data) is bytes:
            payload = data
        else:
            payload = data.encode() if isinstance(data, str) else bytes(data)
        size = len(payload)
        if not self._opened:
            await self.wait_open()  # what the peer takes is not known before
        if size > (limit := self._max_message_size()):
            raise MessageTooLongError(size, limit)
        if self.pace_bytes_per_s is not None:
            await self._keep_pace(size / self.pace_bytes_per_s)
        if not self._writable.is_set():
            await self._writable.wait()
        if self.closed is not None:
            raise self._refusal()
        try:
            self._native.send(data)
        except load().InvalidStateError:
            raise self._refusal() from None
        except load().OperationError as error:
            raise EngineError(f"The engine did not take the message: {error}.") from None
        self._has_sent = True
        self._journal.message("sent", self._id, kind, payload)
        self._since_looked += size + LOOK_LEAST
        if self._since_looked >= LOOK_EVERY:
            await self._wait_for_room()

    async def _keep_pace(self, takes_s: float) -> None:
        """Wait for the turn of a message that takes so many seconds of the pace."""
        now_s = self._loop.time()
        due_s = max(self._due_s, now_s - CREDIT_S)
        self._due_s = due_s + takes_s
        if due_s > now_s:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due_s):
                    await self._ended.wait()

    async def _wait_for_room(self) -> None:
        self._since_looked = 0
        await asyncio.sleep(0)
        if self._native.buffered_amount > HIGH_WATER:
            self._hold_back()
            self._update_writable()  # it may have gone out meanwhile
            await self._writable.wait()

    def _hold_back(self) -> None:
        """Let sending wait until the engine says that enough has gone out."""
        self._writable.clear()
        if not self._waits_for_room:
            self._waits_for_room = True
            self._native.buffered_amount_low_threshold = LOW_WATER
            self._native.on("bufferedamountlow", lambda _: self._update_writable())

    def _update_writable(self) -> None:
        waiting = not self._sink_full and self._native.buffered_amount <= LOW_WATER
        if waiting or self.closed is not None:
            self._writable.set()

    def hold(self, full: Full) -> None:
        """Stop sending until the sink, which is full, has room again."""
        self._sink_full += 1
        self._hold_back()
        full.add_done_callback(self._on_room)

    def _on_room(self, _: object) -> None:
        self._sink_full -= 1
        self._update_writable()

    # Receiving

    def _on_event(self, event: "webrtc.MessageEvent") -> None:
        data = event.data
        if type(data) is str:
            payload = data.encode("utf-8", "surrogatepass")
            self._journal.message("received", self._id, "text", payload, self._taker)
        else:
            self._journal.message("received", self._id, "binary", data, self._taker)  # type: ignore[arg-type]

    def _take(self, messages: Sequence[DataChannelMessage]) -> None:
        """Keep messages for the application."""
        self._messages.extend(messages)
        self._bytes += sum([_charge(each) for each in messages])
        self._arrived.set()
        counted = [each for each in self._all_channels if not each._overrun]
        if sum([each._bytes for each in counted]) > INBOX_BYTES:
            alive = [each for each in counted if each.closed is None]
            max(alive or counted, key=lambda each: each._bytes)._give_up_reader()

    def _give_up_reader(self) -> None:
        """Close the channel; of those that were closed so, only the last keeps its messages."""
        for each in self._all_channels:
            if each._overrun:
                each._forget_messages()
        self._overrun = True
        if self.closed is not None:
            self._forget_messages()
            return
        self._closing_here = True
        self._native.close()
        # one that does not close it as well shall not keep the reader waiting
        self._loop.call_later(self._close_timeout_s, self.end)

    def _forget_messages(self) -> None:
        self._messages.clear()
        self._bytes = 0

    def keep_messages(self, *, keep: bool) -> None:
        """Keep messages for `receive` from now on, or forget them: they are events, too."""
        self._journal.flush()  # what has come already is not for the one who comes later
        self._taker = self._take if keep else None
        if not keep:
            self._forget_messages()

    async def receive(self) -> DataChannelMessage:
        """Return the next message, waiting for it.

        Raises:
            ConnectionClosedError: the channel is over and all its messages were taken.
        """
        while not self._messages:
            if self.closed is not None:
                raise self._refusal()
            self._arrived.clear()
            await self._arrived.wait()
        message = self._messages.popleft()
        self._bytes -= _charge(message)
        return message

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> DataChannelMessage:
        if self._messages:
            message = self._messages.popleft()
            self._bytes -= _charge(message)
            return message
        try:
            return await self.receive()
        except ConnectionClosedError:
            raise StopAsyncIteration from None


def _charge(message: DataChannelMessage) -> int:
    return max(message.length, INBOX_LEAST)
