"""A run of `wirescope connect` against a WebRTC peer: signal, send, watch, end.

The address decides what there is to do. Where there are channels, stdin's lines go out on the
first one and what comes goes to stdout, as with a WebSocket. Where there is media alone it is
watched, and the last line of the terminal tells how it is doing. Where codes are pasted, this end's
is said on stderr and the other side's is the first line of stdin.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path

from wirescope.analysis import Ladder, Verdict
from wirescope.cli.call_talk import CallTalk
from wirescope.cli.escape import escape
from wirescope.cli.feeding import send_on
from wirescope.cli.lines import read_lines
from wirescope.cli.monitor import Monitor
from wirescope.cli.plan import Plan
from wirescope.cli.run import OutputError, Run, Stop, first
from wirescope.errors import (
    ConnectError,
    ConnectionClosedError,
    DescriptionError,
    MediaFileError,
    UsageError,
    WirescopeError,
)
from wirescope.events import ConnectionFailed, Emission, EventSink, Full
from wirescope.transports.webrtc import DataChannel
from wirescope.transports.webrtc.media import SentTrack
from wirescope.workbench.calling import (
    Address,
    Call,
    CallOptions,
    has_channel,
    open_call,
    words_of,
)

LIVE_INTERVAL_S = 0.5
LEAVE_S = 5.0
"""Seconds from the end of a channel to that of the connection, where the other side leaves."""

UNREAD_LIMIT = 64 << 20
"""Bytes for stdout that nobody takes; a data channel cannot be held back, so it ends there."""


class CallRun(Run):
    """A run against a WebRTC peer."""

    transport = "webrtc"
    talk_type = CallTalk
    talk: CallTalk

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        assert plan.call is not None
        self.address: Address = plan.call[0]
        self.options: CallOptions = plan.call[1]
        self._has_channel = has_channel(self.address, self.options)
        self.monitor = Monitor()
        self.talk.watch(self.monitor)
        self.call: Call | None = None
        self._counted = False  # up to the end

    @property
    def watches(self) -> bool:
        """Whether there is nothing to send but media."""
        return self.address.is_http and not self.options.channels

    # The sink

    def see(self, emissions: Sequence[Emission]) -> Full | None:
        """Follow what happens; end it where nobody takes what comes."""
        for emission in emissions:
            self.monitor.feed(emission)
        full = super().see(emissions)
        if full is not None and self.unwritten > UNREAD_LIMIT and not self.stopping:
            self.fail(
                OutputError(
                    f"More than {UNREAD_LIMIT >> 20} MiB came that stdout did not take.",
                    hint="Read stdout faster, or have the other side send less.",
                )
            )
            self.end_at_once()
        return full

    # The run

    async def connect(self, sink: EventSink) -> WirescopeError | None:
        """Connect, converse, and close."""
        async with asyncio.TaskGroup() as group:
            calling = group.create_task(self._carry_out(sink))
            await first(calling, self.stopped)
            if not calling.done() and self.call is not None:
                await first(calling, self.at_once, within_s=1.0 if self.hurried else None)
                if not calling.done():
                    self.call.abort()
            elif not calling.done():
                calling.cancel()
        error = None if calling.cancelled() else calling.result()
        return self.fault or (None if self.stopped_by is Stop.READER_GONE else error)

    async def _carry_out(self, sink: EventSink) -> WirescopeError | None:
        try:
            async with open_call(
                self.address,
                options=self.options,
                timeline=self.timeline,
                sink=sink,
                deliver=False,
                on_retry=self.on_retry,
            ) as call:
                self.call = call
                return await self._while_open(call)
        except WirescopeError as error:
            return error

    async def _while_open(self, call: Call) -> WirescopeError | None:
        if self.plan.options.tls.insecure and self.address.secure and self.address.target:
            self.talk.warn("The certificate was not checked (-k): who is there is not known.")
        for warning in call.bridges.warnings:
            self.talk.warn(escape(warning))
        async with asyncio.TaskGroup() as group:
            conversing = group.create_task(self._converse(call))
            ended = group.create_task(call.wait_ended())
            live = group.create_task(self._tell_live())
            await first(ended, self.stopped)
            for task in (conversing, ended, live):
                task.cancel()
        self.talk.end_live()
        if not self.at_once.done():
            with suppress(WirescopeError):
                await call.peer.note_statistics()
                self._counted = call.peer.is_open
        self._tell_notes(call)
        failed = call.peer.failed
        return None if failed is None or failed.kind == "aborted" else _error_of(failed)

    async def _converse(self, call: Call) -> None:
        with self._faults(call):
            if self.screen is not None:
                await self.screen.converse(call)
                return
            async with aclosing(read_lines(sys.stdin.fileno())) as lines:
                await self._hand_over(call, lines)
                await call.wait_open()
                self.tell_rejected(call)
                async with asyncio.TaskGroup() as group:
                    if not self._has_channel:
                        group.create_task(self._watch(call))
                    if not self.watches:
                        group.create_task(self._send(call, lines))

    @contextmanager
    def _faults(self, call: Call) -> Iterator[None]:
        """End the run for what goes wrong, unless the connection is over."""
        try:
            yield
        except ConnectionClosedError:
            pass  # the verdict tells of it, or who watches the channel
        except WirescopeError as error:
            if call.peer.failed is None and call.peer.closed is None:
                self.fail(error)

    async def _send(self, call: Call, lines: AsyncIterator[bytes]) -> None:
        """Send on the first channel, which the other side may open where none is asked for."""
        async with asyncio.TaskGroup() as group:
            with self._faults(call):
                async with self._opening():
                    channel = await call.wait_channel()
                    group.create_task(self._miss(call, channel))
                    await channel.wait_open()
                await self.pour(partial(send_on, channel), lines)

    @asynccontextmanager
    async def _opening(self) -> AsyncIterator[None]:
        """Bound the wait for a channel that has to come."""
        within_s = self.options.open_timeout_s if self._has_channel else None
        try:
            async with asyncio.timeout(within_s):
                yield
        except TimeoutError:
            raise ConnectError(
                f"The connection stands, but no data channel was open within {within_s:g} s.",
                phase="sctp",
                kind="timeout",
                hint="See that the other side takes data channels, or opens one.",
            ) from None

    async def _miss(self, call: Call, channel: DataChannel) -> None:
        """Fail when a channel has ended and the connection does not follow it."""
        await channel.wait_closed()
        try:
            async with asyncio.timeout(LEAVE_S):
                await call.wait_ended()
        except TimeoutError:
            self.fail(
                ConnectError(
                    f"The other side closed the channel {channel.label!r}, and nothing else.",
                    phase="sctp",
                    kind="reset",
                    hint="See why it did; the connection itself stood.",
                )
            )

    async def _hand_over(self, call: Call, lines: AsyncIterator[bytes]) -> None:
        """Say this end's code, and take the other side's from stdin."""
        if not call.code:
            return
        self.say_code(call)
        if not call.awaits_code:
            return
        self.talk.status("The code that it gives back is expected as a line on stdin.")
        async for line in lines:
            if line.strip():
                try:
                    await call.accept(line.decode("ascii", "replace"))
                except DescriptionError as error:
                    raise UsageError(error.message, hint=error.hint) from None
                return
        raise UsageError(
            "stdin ended before the other side's code came.",
            hint="Give it as a line, as in (sleep 60; echo webrtc:1.…) | wirescope connect webrtc:",
        )

    def say_code(self, call: Call) -> None:
        """Say what is to be handed to the other side; the code stands alone in its line."""
        what = "Give this code to the other side" if call.awaits_code else "Hand this code back"
        self.talk.status(f"{what}; it holds the connection's keys:")
        self.talk.insist(call.code)

    async def _watch(self, call: Call) -> None:
        """Wait as long as the plan says, or until the files that are sent are at their end."""
        if self.plan.wait_s is not None:
            await self.wait_from(self.loop.time())
        with self._faults(call):
            await self._wait_sent(call)

    async def _wait_sent(self, call: Call) -> None:
        sent = call.media.sent
        asked = (self.options.audio, self.options.video)
        if not sent or any(not isinstance(each, Path) for each in asked if each is not None):
            return
        if asked == (None, None):
            return  # bars and a tone have no end
        for track in sent:
            await track.wait_ended()
            if not call.peer.is_open:
                return  # the verdict tells of it
            if track.failed is not None:
                raise _unsendable(track)
        if all(track.exhausted for track in sent):
            self.stop(Stop.END_OF_MEDIA)

    @property
    def _shares_terminal(self) -> bool:
        """Whether records go to the terminal, where a last line would be in their way."""
        return self.plan.form == "ndjson" and sys.stdout.isatty()

    async def _tell_live(self) -> None:
        if self.screen is not None or not self.watches or self._shares_terminal:
            return
        while True:
            await asyncio.sleep(LIVE_INTERVAL_S)
            self.talk.show_live()

    # The end

    def tell_rejected(self, call: Call) -> None:
        """Tell what of the offer was not taken, and by whom."""
        if not call.rejected:
            return
        who = "The other side" if call.rejected_by == "remote" else "This end"
        kinds = " and ".join(words_of(call.rejected))
        self.talk.warn(f"{who} takes no {kinds}: it has no codec in common, or none.")

    def _tell_notes(self, call: Call) -> None:
        for note in (*call.bridges.notes, *call.notes()):
            self.talk.status(escape(note))
        for line in self.monitor.summary():
            self.talk.status(escape(line))
        recording = call.recording
        if recording is not None and not recording.has_begun:
            self.talk.warn(f"No frame came, so {recording.path} was not made.")
        elif recording is not None:
            self.talk.status(f"Recorded {recording.length_s:.1f} s into {recording.path}.")

    def tell_end(self, verdict: Verdict, *, insist: bool) -> None:
        """Say the verdict below the ladder on which it stuck; when verbose, below any ladder."""
        for ladder in self._ladders():
            if ladder.failing is not None or self.plan.verbose:
                self.talk.show_ladder(ladder, told=(verdict.sentence, verdict.advice))
        super().tell_end(verdict, insist=insist)

    def _ladders(self) -> list[Ladder]:
        ladders = self.analyzer.ladders
        return ladders.of(ladders.connections[-1]) if ladders.connections else []

    def final_verdict(self, error: WirescopeError | None, why: Stop | None) -> Verdict:
        """Say how it ended; where media was to come and none did, that."""
        verdict = super().final_verdict(error, why)
        if self._counted and self.address.way == "whep" and not self.monitor.lost[1]:
            return Verdict(
                f"{verdict.sentence} No packet of audio or video came.",
                "See that somebody publishes there, and in a codec that was asked for.",
            )
        return verdict


def _unsendable(track: SentTrack) -> MediaFileError:
    failed = track.failed
    if isinstance(failed, MediaFileError):
        return failed
    return MediaFileError(
        f"The {track.kind} could not be sent to its end: {failed}.",
        hint="See that ffprobe can read the file to its end.",
    )


def _error_of(failed: ConnectionFailed) -> WirescopeError:
    return ConnectError(failed.message, phase=failed.phase, kind=failed.kind, hint=failed.hint)
