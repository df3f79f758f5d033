"""A session on a WebRTC connection: its channels by key, its code, its media."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from wirescope.analysis import Verdict
from wirescope.errors import UsageError
from wirescope.events import DataChannelMessage, EventSink, Timeline
from wirescope.states import ChannelState
from wirescope.transports.webrtc import DataChannel
from wirescope.transports.websocket import OnRetry
from wirescope.workbench.calling import Call, checks_nothing, open_call
from wirescope.workbench.desk.carriers import AnyMessage, Carrier
from wirescope.workbench.desk.peer_phases import PeerProgress
from wirescope.workbench.desk.peer_states import (
    SessionChannel,
    SessionCode,
    SessionPeer,
    SessionRecording,
)
from wirescope.workbench.desk.relayed import RelayEvents
from wirescope.workbench.desk.sending import ONLY_WHOLE, Ready, has_frames
from wirescope.workbench.desk.states import Outgoing
from wirescope.workbench.desk.viewers import Places, Viewer, Viewers
from wirescope.workbench.desk.words import size
from wirescope.workbench.workspace import Channel, PreparedCall, channel_options, recording_path

MOST_CHANNELS = 200
"""Channels that are told of: those that are not closed, and the newest of the others."""

LOOK_INTERVAL_S = 0.25
"""Seconds between two looks at the recording, and at what channels have waiting."""

LARGEST_MESSAGE = 64 << 20
"""Bytes of a file that go out as one message; no peer is known that takes as many."""


class CallCarrier(Carrier):
    """A WebRTC connection.

    Args:
        prepared: where and how.
        capture: the file that it is recorded into; media is recorded beside it.
        places: for those who look on.
        relay: writes down what the workbench's own TURN server does for it; None where it does not
            use that.
    """

    transport = "webrtc"

    def __init__(
        self,
        prepared: PreparedCall,
        *,
        capture: Path,
        places: Places,
        relay: RelayEvents | None = None,
    ) -> None:
        self.url = prepared.address.url
        self.secrets = prepared.secrets
        self._address = prepared.address
        self._relay = relay
        record = recording_path(capture, prepared.options.codecs) if prepared.record else None
        self._options = replace(prepared.options, record=record)
        self._call: Call | None = None
        self._progress: PeerProgress | None = None
        self._told_waiting = False
        self._viewers = Viewers(
            places,
            on_change=lambda: self.on_change(),
            notice=lambda words: self.on_notice(words),
        )

    def progress(self, verdict: Callable[[str | None], Verdict]) -> PeerProgress:
        """Make what follows its life."""
        attempts = self._options.signaling.retry.attempts
        self._progress = PeerProgress(verdict, way=self._address.way, attempts=attempts)
        return self._progress

    # Its life

    @asynccontextmanager
    async def opened(
        self, *, timeline: Timeline, sink: EventSink, on_retry: OnRetry
    ) -> AsyncIterator[None]:
        """Open the connection, and wait until it stands."""
        async with AsyncExitStack() as stack:
            if self._relay is not None:
                sink = await stack.enter_async_context(self._relay.recorded(timeline, sink))
            opening = open_call(
                self._address,
                options=self._options,
                timeline=timeline,
                sink=sink,
                deliver=False,
                on_retry=on_retry,
            )
            call = await stack.enter_async_context(opening)
            self._call = call
            if call.code and self._progress is not None:
                self._progress.hand_over(awaited=call.awaits_code)
            self.on_change()
            await call.wait_open()
            yield

    async def wait_ended(self) -> None:
        """Wait until it has ended."""
        await self._open.wait_ended()

    async def follow(self) -> None:
        """Tell of what changes without an event: the recording, and what channels have waiting."""
        told = self._unsaid()
        while True:
            await asyncio.sleep(LOOK_INTERVAL_S)
            before, told = told, self._unsaid()
            # What waits may have been told between two looks at which nothing did.
            if told != before or (self._told_waiting and not any(told[1])):
                self._told_waiting = False
                self.on_change()

    def _unsaid(self) -> tuple[SessionRecording | None, list[int]]:
        channels = () if self._call is None else self._call.channels
        return self._recording(), [each.buffered_bytes for each in channels if each.closed is None]

    @property
    def _open(self) -> Call:
        if self._call is None:
            raise UsageError("The connection is not open.", hint="Connect first.")
        return self._call

    @property
    def is_over(self) -> bool:
        """Whether it has failed or is closed."""
        peer = self._open.peer
        return peer.closed is not None or peer.failed is not None

    async def close(self, _code: int | None, _reason: str) -> None:
        """End it once what was sent has arrived; there are no codes."""
        await self._open.close()

    def drop(self) -> None:
        """End it without waiting for what was sent."""
        self._open.abort()

    def abort(self) -> None:
        """End it without waiting for what was sent."""
        self._open.abort()

    def is_insecure(self, _url: str) -> bool:
        """Whether the signaling's server, or a TURN server, may show any certificate."""
        insecure = self._options.signaling.tls.insecure and self._address.secure
        led = self._call is not None and self._call.bridges.check_nothing
        return insecure or led or checks_nothing(self._options)

    def notes(self) -> Sequence[str]:
        """Say what failed on the way and was lived with."""
        if self._call is None:
            return ()
        bridges = self._call.bridges
        return (*bridges.warnings, *bridges.notes, *self._call.notes())

    # Messages

    async def send(self, outgoing: Outgoing, ready: Ready) -> None:
        """Send a whole message through a channel."""
        if has_frames(outgoing):
            raise UsageError(ONLY_WHOLE)
        channel = self._channel(outgoing.channel)
        payload = ready.payload
        if ready.file is not None:
            if ready.length > LARGEST_MESSAGE:
                raise UsageError(
                    f"{ready.file.name} has {size(ready.length)}; a message of a data channel has"
                    f" {size(LARGEST_MESSAGE)} at most."
                )
            payload = await asyncio.to_thread(ready.file.read_bytes)
        await channel.send(_text(payload) if ready.kind == "text" else payload)

    def _channel(self, key: str) -> DataChannel:
        channels = self._open.channels
        if key:
            return _by_key(channels, key)
        alive = [each for each in channels if each.closed is None]
        best = [each for each in alive if each.state is ChannelState.OPEN] or alive
        if not best:
            raise UsageError(
                "There is no data channel to send through.",
                hint="Open one, or wait for the other side to.",
            )
        return best[0]

    def reply(self, message: AnyMessage, outgoing: Outgoing) -> Outgoing | None:
        """Answer through the channel of the message; messages of the signaling get no answer."""
        if not isinstance(message, DataChannelMessage):
            return None
        for channel in self._open.channels:
            if channel.id == message.channel and channel.closed is None:
                return msgspec.structs.replace(outgoing, channel=_key(channel))
        return None

    # What only WebRTC has

    def peer(self, clean: Callable[[str], str]) -> SessionPeer:
        """Say how its parts are."""
        progress, call = self._progress, self._call
        channels = [] if call is None else _told(call.channels, clean)
        self._told_waiting = self._told_waiting or any(each.buffered for each in channels)
        return SessionPeer(
            states=dict(progress.states) if progress is not None else {},
            channels=channels,
            code=self._code(),
            media=progress.media if progress is not None else [],
            can_watch=call is not None and not self.is_over and bool(call.media.received),
            watched_by=self._viewers.count,
            recording=self._recording(),
            can_restart=call is not None and call.restarter is not None and not self.is_over,
        )

    def _code(self) -> SessionCode | None:
        call = self._call
        is_agreed = call is not None and (call.peer.is_open or self.is_over)
        if self._address.way != "code" or is_agreed:
            return None
        return SessionCode(
            kind="offer" if self._address.offer is None else "answer",
            text="" if call is None else call.code,
            waiting=call is not None and call.awaits_code,
        )

    def _recording(self) -> SessionRecording | None:
        path = self._options.record
        if path is None:
            return None
        recording = None if self._call is None else self._call.recording
        if recording is None:
            return SessionRecording(file=path.name, begun=False, left_out=[], problem="")
        error = recording.failed
        return SessionRecording(
            file=path.name,
            begun=recording.has_begun,
            left_out=[f"{each.kind}: {each.left_out}" for each in recording.tracks if each.left_out]
            if recording.has_begun
            else [],
            problem="" if error is None else f"{error.message} {error.hint}".rstrip(),
        )

    async def watch(self, group: asyncio.TaskGroup) -> Viewer:
        """Let somebody look on; the stream ends with the connection."""
        call = self._open
        return await self._viewers.begin(call.media, group=group, wait_ended=call.wait_ended)

    def end_viewers(self) -> None:
        """Let those go who look on."""
        self._viewers.end()

    async def paste_code(self, code: str) -> None:
        """Take the answer's code."""
        await self._open.accept(code)
        self.on_change()

    def open_channel(self, channel: Channel) -> SessionChannel:
        """Open a data channel."""
        opened = self._open.open_channel(channel_options(channel))
        self.on_change()
        return _channel_state(opened, str)

    async def close_channel(self, key: str) -> None:
        """Close a data channel; what was sent on it arrives first."""
        call = self._open
        await call.close_channel(_by_key(call.channels, key))

    async def restart_ice(self) -> None:
        """Look for a path anew, with new credentials on both sides."""
        await self._open.restart_ice()


def _by_key(channels: Sequence[DataChannel], key: str) -> DataChannel:
    for channel in channels:
        if _key(channel) == key:
            return channel
    raise UsageError(f"There is no channel {key[:20]!r}.", hint="It may be of another connection.")


def _told(channels: Sequence[DataChannel], clean: Callable[[str], str]) -> list[SessionChannel]:
    closed = [each for each in channels if each.closed is not None]
    too_many = set(closed[: max(0, len(channels) - MOST_CHANNELS)])
    kept = [each for each in channels if each not in too_many]
    return [_channel_state(each, clean) for each in kept[-MOST_CHANNELS:]]


def _key(channel: DataChannel) -> str:
    return f"d{channel.number}"


def _channel_state(channel: DataChannel, clean: Callable[[str], str]) -> SessionChannel:
    return SessionChannel(
        key=_key(channel),
        id=channel.id,
        label=clean(channel.label),
        protocol=clean(channel.protocol),
        ordered=channel.ordered,
        max_retransmits=channel.max_retransmits,
        max_packet_life_time=channel.max_packet_life_time_ms,
        state=channel.state.value,
        initiator=channel.initiator,
        buffered=0 if channel.closed is not None else channel.buffered_bytes,
    )


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"Text of a data channel is UTF-8 (RFC 8831 section 6.6); byte {error.start} is not.",
            hint="Send it as binary.",
        ) from None
