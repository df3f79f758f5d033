"""Opens a WebRTC connection to an address: the peer, what it sends, and its signaling.

`open_call` comes back once the first exchange is done: the offer was answered, the WebSocket
stands, or there is a code to hand over. That the connection stands is waited for with
`Call.wait_open`.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from wirescope.errors import DescriptionError, MediaFileError
from wirescope.events import EventSink, Timeline
from wirescope.transports import websocket
from wirescope.transports.webrtc import make_ready, negotiate, open_peer
from wirescope.transports.webrtc.media import record
from wirescope.transports.webrtc.signaling import (
    HttpOptions,
    HttpSession,
    MessageSignaling,
    adapter_of,
    dial,
    write_code,
)
from wirescope.transports.websocket import OnRetry, WebSocketConnection, with_retries
from wirescope.workbench.calling.address import Address, parse_address
from wirescope.workbench.calling.bridging import bridged
from wirescope.workbench.calling.call import Call
from wirescope.workbench.calling.options import CallOptions, check_call
from wirescope.workbench.calling.sending import prepare


@asynccontextmanager
async def open_call(
    address: str | Address,
    *,
    options: CallOptions | None = None,
    timeline: Timeline,
    sink: EventSink,
    deliver: bool = True,
    on_retry: OnRetry | None = None,
) -> AsyncIterator[Call]:
    """Open a WebRTC connection; it is closed, and its signaling ended, when the context ends.

    Closing waits until what was sent on its channels has arrived.

    Args:
        address: `whep+https:`, `whip+https:`, `webrtc+wss:` or `webrtc:`; see `parse_address`.
        options: everything that can be asked of it.
        timeline: numbers the events: those of the connection, and those of a WebSocket that
            carries its signaling.
        sink: takes them.
        deliver: keep messages for `receive`; without it they are events only.
        on_retry: told the error, the number of the retry and the seconds until it, before the wait.

    Raises:
        ConnectError: the signaling's server did not answer, or the connection has failed already;
            at the end, not all that was sent on its channels arrived, or that is not known.
        DescriptionError: a description cannot be used.
        EngineMissingError: there is no engine for this machine.
        InvalidURLError: the address leads to no WebRTC peer.
        MediaFileError: a file cannot be read, or, at the end, not be written.
        SignalingError: the server refused.
        UpgradeRefusedError: the WebSocket of the signaling was refused.
        UsageError: the options do not fit.
    """
    if isinstance(address, str):
        address = parse_address(address)
    options = options or CallOptions()
    check_call(address, options)
    await make_ready()  # before the signaling's WebSocket opens, which would wait for it
    opener = _Opener(address, options, timeline, sink, on_retry, deliver=deliver)
    async with AsyncExitStack() as stack:
        call = await opener.open(stack)
        try:
            yield call
        finally:
            await call.close()
        call.check_sent()


class _RejectedError(DescriptionError):
    """An answer rejects the first medium and takes another, which the engine cannot follow.

    Attributes:
        kinds: what is rejected, so that it can be left out.
    """

    def __init__(self, error: DescriptionError, kinds: Collection[str]) -> None:
        super().__init__(error.message, hint=error.hint)
        self.kinds = kinds


@asynccontextmanager
async def _dialed(
    call: Call, kind: Literal["whip", "whep"], options: HttpOptions
) -> AsyncIterator[HttpSession]:
    """Exchange descriptions; what was rejected is told where the answer cannot be used."""
    async with AsyncExitStack() as stack:
        dialed = dial(
            call.peer,
            call.address.target,
            kind=kind,
            options=options,
            reach=call.bridges.lead_named,
        )
        try:
            session = await stack.enter_async_context(dialed)
        except DescriptionError as error:
            if call.rejected:
                raise _RejectedError(error, call.rejected) from None
            raise
        yield session


def _notes_of(call: Call, signaling: MessageSignaling) -> list[str]:
    """Tell of messages that said nothing to the adapter, where no connection came about."""
    count = signaling.passed_over + signaling.refused
    if not count or call.peer.is_open or call.peer.closed is not None:
        return []
    what = "message of the signaling says" if count == 1 else "messages of the signaling say"
    return [
        f"{count:,} {what} nothing that the adapter {call.options.adapter} knows or can use; the"
        " other side may speak as another one does (--adapter)."
    ]


class _Opener:
    """Opens one connection, again where that may help."""

    def __init__(
        self,
        address: Address,
        options: CallOptions,
        timeline: Timeline,
        sink: EventSink,
        on_retry: OnRetry | None,
        *,
        deliver: bool,
    ) -> None:
        self._address = address
        self._options = options
        self._timeline = timeline
        self._sink = sink
        self._on_retry = on_retry
        self._deliver = deliver

    async def open(self, stack: AsyncExitStack) -> Call:
        """Make the peer and its signaling; what has to be closed is put onto the stack."""
        way = self._address.way
        if way == "code":
            return await stack.enter_async_context(self._by_code())
        if way == "messages":
            signaling = await self._connect()
            stack.push_async_callback(signaling.close)  # does nothing after `abort`
            return await stack.enter_async_context(self._by_messages(signaling))

        async def attempt() -> Call:
            try:
                return await stack.enter_async_context(self._by_http())
            except _RejectedError as error:
                rest = self._by_http(without=error.kinds)
                return await stack.enter_async_context(rest)

        retry = self._options.signaling.retry
        return await with_retries(attempt, retry, on_retry=self._on_retry)

    @asynccontextmanager
    async def _peer(self) -> AsyncIterator[Call]:
        """Make this end with what it sends and records."""
        address, options = self._address, self._options
        async with AsyncExitStack() as stack:
            bridges = await stack.enter_async_context(bridged(options))
            peer = await stack.enter_async_context(
                open_peer(
                    timeline=self._timeline,
                    sink=self._sink,
                    options=bridges.options.peer_options(address),
                    url=address.url,
                )
            )
            call = Call(address, options, peer, deliver=self._deliver)
            call.bridges = bridges
            if options.record is not None:
                recording = record(peer.media, options.record)
                call.recording = await stack.enter_async_context(recording)
            try:
                yield call
            except DescriptionError as error:
                peer.give_up(error)
                raise
            except MediaFileError as error:
                if not peer.is_open:  # else it is what is recorded that fails
                    peer.give_up(error)
                raise

    # The ways

    @asynccontextmanager
    async def _by_http(self, *, without: Collection[str] = ()) -> AsyncIterator[Call]:
        address = self._address
        kind: Literal["whip", "whep"] = "whip" if address.way == "whip" else "whep"
        asked = self._options.http_options(address)
        async with self._peer() as call:
            prepare(call, address, self._options, without=without)
            async with _dialed(call, kind, asked) as session:
                call.restarter, call.take_leave = session.restart, session.end
                call.notes = lambda: session.notes
                call.rejected = call.rejected or tuple(without)
                try:
                    yield call
                finally:
                    if call.aborted:
                        session.url = ""  # its end is not waited for; the peer's is told

    async def _connect(self) -> WebSocketConnection:
        return await websocket.connect(
            self._address.target,
            options=self._options.signaling,
            timeline=self._timeline,
            sink=self._sink,
            on_retry=self._on_retry,
            purpose="signaling",
        )

    @asynccontextmanager
    async def _by_messages(self, connection: WebSocketConnection) -> AsyncIterator[Call]:
        options = self._options
        adapter = adapter_of(options.adapter, **dict(options.adapter_parameters))
        signaling = MessageSignaling(connection, adapter)
        # The other side is whoever it is, and no message tells which of the two is to give way.
        async with self._peer() as call, negotiate(call.peer, signaling, polite=None) as agreed:

            async def restart() -> None:
                call.peer.restart_ice()  # the negotiator makes the offer

            agreed.on_ended = lambda _: call.lose_signaling()
            call.restarter = restart
            call.notes = lambda: [*agreed.notes, *_notes_of(call, signaling)]
            call.cut = connection.abort
            prepare(call, self._address, options)
            yield call

    @asynccontextmanager
    async def _by_code(self) -> AsyncIterator[Call]:
        address = self._address
        async with self._peer() as call:
            peer = call.peer
            if address.offer is not None:
                await peer.take(address.offer)
            prepare(call, address, self._options)
            if address.offer is None:
                call.code = write_code(await peer.offer(gather=True))
                call.awaits_code = True
            else:
                call.code = write_code(await peer.answer(gather=True))
            yield call
