"""One run of `wirescope connect`, whatever it connects to: show, end, and say how it was.

The connection's events go to the capture, to stdout, to the talk on stderr, to the tally and to the
verdict, all by one sink. What ends the run early (an interrupt, `-n`, `--wait`, `-E`, `-m`, a
closed pipe) is one future; whoever is first decides. How it connects and what it sends is said by
`session` for a WebSocket and by `call_run` for WebRTC.
"""

import asyncio
import signal
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from wirescope.analysis import LIVE_RATE, Analyzer, Verdict
from wirescope.capture import Alarm, redact_text
from wirescope.cli.decoding_later import DecodingLater
from wirescope.cli.escape import escape
from wirescope.cli.exit_codes import ExitCode, of_close, of_error, of_failure
from wirescope.cli.feeding import Send, send_lines
from wirescope.cli.layout import Layout
from wirescope.cli.output import NdjsonOutput, Output, TableOutput, TextOutput, is_received
from wirescope.cli.pipe import Pipe
from wirescope.cli.plan import Plan
from wirescope.cli.talk import Talk, colour_wanted
from wirescope.cli.tally import Tally
from wirescope.cli.width import fitted, terminal_width
from wirescope.cli.write_out import write_out
from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import (
    ConnectionFailed,
    Emission,
    EventSink,
    Finding,
    Full,
    Timeline,
    Transport,
    WebSocketMessage,
)
from wirescope.workbench import recording

if TYPE_CHECKING:
    from wirescope.cli.decoding import MessageReader


class Stop(Enum):
    """What ended a run before the peer did."""

    INTERRUPT = "You ended it."
    READER_GONE = "Nobody reads the output any more."
    TYPED = "You closed it."
    MAX_MESSAGES = "The messages that -n asked for have come."
    WAITED = "The time of --wait is over."
    END_OF_INPUT = "Everything was sent."
    END_OF_MEDIA = "The file was sent to its end."
    MAX_TIME = "The time of -m is over."
    FAULT = "It cannot go on."


class Screen(Protocol):
    """A prompt that owns the terminal and converses."""

    owns_stdout: bool

    def feed(self, emission: Emission) -> None:
        """Show an event; takes the place of the talk."""

    def write(self, data: bytes) -> None:
        """Show data that would go to stdout, if stdout is the terminal."""

    def flush(self) -> None:
        """Show what waits to be shown; the prompt is gone."""

    async def converse(self, connection: Any) -> None:
        """Send what a person types on what the run has opened, until the input ends."""


class Run(ABC):
    """A run, driven by `run`.

    Args:
        plan: what to do.
    """

    talk_type: type[Talk] = Talk
    transport: Transport = "websocket"
    """Whose connections the run is about; others carry its signaling."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.timeline = Timeline()
        self.tally = Tally(transport=self.transport)
        self._reader = _reader_of(plan)
        self.talk = self.talk_type(
            Layout(
                width=terminal_width(sys.stderr),
                colour=colour_wanted(sys.stderr, no_colour=not plan.colour),
                numbered=False,
            ),
            silent=plan.silent,
            verbose=plan.verbose,
            ping_pong=plan.ping_pong,
            beside_table=plan.form == "table" and sys.stdout.isatty() and sys.stderr.isatty(),
            summary=self.summary,
        )
        self._findings: list[Finding] = []
        self.analyzer = Analyzer(next_seq=self.timeline.next_seq, content_rate=LIVE_RATE)
        self.loop = asyncio.get_running_loop()
        self.stopped: asyncio.Future[Stop] = self.loop.create_future()
        self.at_once: asyncio.Future[None] = self.loop.create_future()
        self.fault: WirescopeError | None = None
        self._overtime = False
        self._pipe: Pipe | None = None
        self._output: Output | None = None
        self._wrote = False
        self.screen: Screen | None = None
        self._later: DecodingLater | None = None

    async def run(self, screen: Screen | None = None) -> int:
        """Carry the plan out; returns the exit code.

        `screen` shows, and sends what a person types; None sends what the plan or stdin says.
        """
        self.screen = screen
        pipe = self._pipe = Pipe(sys.stdout.fileno(), self._on_broken_pipe)
        output = self._output = self._make_output()
        with self._signals(), self._time_limit(), self._decoders():
            try:
                error = await self._decode_and_record()
            finally:
                output.finish()
                await pipe.close(give_up=self.at_once)
        if screen is not None:
            screen.flush()
        self.talk.finish()
        if error is not None and self.tally.opened_ns is None and self.tally.failed is None:
            raise error  # nothing happened on any wire
        return self._conclude(error)

    @property
    def summary(self) -> Callable[[WebSocketMessage], str | None] | None:
        """What says in a line what a message means; None when none is decoded."""
        return None if self._reader is None else self._reader.summary

    @contextmanager
    def _decoders(self) -> Iterator[None]:
        if self._reader is None:
            yield
            return
        with self._reader.opened():
            yield
        for problem in self._reader.problems:
            self.talk.status(escape(problem))

    def stop(self, why: Stop) -> None:
        """End the run; an interrupt or the end of `-m` while it ends cuts that short."""
        if not self.stopped.done():
            self.stopped.set_result(why)
        elif why in (Stop.INTERRUPT, Stop.MAX_TIME):
            self._overtime = why is Stop.MAX_TIME
            self.end_at_once()
        if self._later is not None and self.hurried:
            self._later.hurry()

    def end_at_once(self) -> None:
        """Wait for nobody any more."""
        if not self.at_once.done():
            self.at_once.set_result(None)

    @property
    def hurried(self) -> bool:
        """Whether the end may not take long."""
        return self.at_once.done() or self.stopped_by in (Stop.MAX_TIME, Stop.READER_GONE)

    @property
    def stopped_by(self) -> Stop | None:
        """What has ended the run; None where the peer has, or nothing yet."""
        return self.stopped.result() if self.stopping else None

    @property
    def unwritten(self) -> int:
        """Bytes for stdout that are not written yet."""
        return 0 if self._pipe is None else self._pipe.pending

    @property
    def stopping(self) -> bool:
        """Whether something has ended the run."""
        return self.stopped.done()

    # The sink

    def see(self, emissions: Sequence[Emission]) -> Full | None:
        """Take what happens, in order, and show it."""
        if self._later is not None:
            return self._later.feed(emissions)
        full = None
        for emission in emissions:
            if self._reader is not None:
                self._reader.watch(emission)
            full = self._show_watched(emission) or full
        return full

    def _show_watched(self, emission: Emission) -> Full | None:
        if isinstance(emission, Finding):
            self._findings.append(emission)
            if self.plan.form != "ndjson":
                return None  # told in the end, below the verdict
        self.tally.feed(emission)
        (self.screen or self.talk).feed(emission)
        assert self._output is not None
        full = self._output.feed(emission)
        if is_received(emission, self.transport):
            limit = self.plan.max_messages
            if limit is not None and self.tally.received.messages >= limit:
                self.stop(Stop.MAX_MESSAGES)
        return full

    @property
    def _tells_body(self) -> bool:
        """Whether stdout gets what the server says beside refusing; of WebRTC the reason has it."""
        return self.transport == "websocket" and not self.plan.fail

    def _make_output(self) -> Output:
        plan = self.plan
        if plan.form == "text" and self.screen is not None and self.screen.owns_stdout:
            # The rows on the screen say what comes, all but why the server refused.
            return TextOutput(
                self._write, safe=True, body=self._tells_body, limit=0, transport=self.transport
            )
        if plan.form == "ndjson":
            return NdjsonOutput(
                self._write,
                started_wall_ns=self.timeline.started_wall_ns,
                safe=sys.stdout.isatty(),
                limit=plan.max_messages,
                transport=self.transport,
            )
        if plan.form == "table":
            colour = colour_wanted(sys.stdout, no_colour=not plan.colour)
            layout = Layout(width=terminal_width(sys.stdout), colour=colour)
            return TableOutput(self._write, layout, self.summary)
        if self._reader is not None:
            from wirescope.cli.decoding import DecodedOutput

            safe = sys.stdout.isatty()
            return DecodedOutput(self._write, self._reader, safe=safe, limit=plan.max_messages)
        return TextOutput(
            self._write,
            binary=plan.binary_form,
            safe=sys.stdout.isatty(),
            include=plan.include,
            body=self._tells_body,
            limit=plan.max_messages,
            transport=self.transport,
        )

    def _write(self, data: bytes) -> Full | None:
        self._wrote = True
        if self.screen is not None and self.screen.owns_stdout:
            self.screen.write(data)
            return None
        assert self._pipe is not None
        return self._pipe.write(data)

    # The run

    async def _decode_and_record(self) -> WirescopeError | None:
        """Record; where decoding takes its time, do that beside it, and end when both have."""
        if self._reader is None or not self._reader.waits:
            return await self._record()
        async with asyncio.TaskGroup() as group:
            self._later = DecodingLater(self._reader, self._show_watched)
            group.create_task(self._later.run())
            try:
                return await self._record()
            finally:
                self._later.end()

    async def _record(self) -> WirescopeError | None:
        """Connect and converse with a recording beneath; returns what prevented it."""
        try:
            async with recording(
                self.plan.capture,
                watchers=[self.see],
                secrets=self.plan.secrets,
                on_alarm=self._on_alarm,
                analyzer=self.analyzer,
                timeline=self.timeline,
            ) as kept:
                return await self.connect(kept.sink)
        except WirescopeError as error:
            return error

    @abstractmethod
    async def connect(self, sink: EventSink) -> WirescopeError | None:
        """Connect and converse until it has ended; returns what prevented it, or cut it short."""

    def on_retry(self, error: WirescopeError, number: int, delay_s: float) -> None:
        """Tell that it is tried again."""
        of = self.plan.options.retry.attempts
        what = escape(redact_text(error.message))
        self.talk.status(f"{what} Retry {number} of {of} follows in {delay_s:,.1f} s.")

    async def pour(self, send: Send, lines: AsyncIterator[bytes]) -> None:
        """Send what the plan says, or stdin's lines, and wait as long as it says."""
        plan = self.plan
        if plan.messages is not None:
            for message in plan.messages:
                await send(message)
            last_sent = self.loop.time()
        else:
            last_sent = await send_lines(send, lines, plan, self.talk)
            if plan.exit_on_eof and plan.wait_s is None:
                self.stop(Stop.END_OF_INPUT)
            elif plan.wait_s is None and plan.max_messages is None:
                told = "stdin has ended; what comes is still received. -E would close here."
                self.talk.status(told)
        await self.wait_from(last_sent)

    async def wait_from(self, moment: float) -> None:
        """Wait as long after a moment as the plan says, if it does, and end the run."""
        if self.plan.wait_s is not None:
            await asyncio.sleep(max(0.0, moment + self.plan.wait_s - self.loop.time()))
            self.stop(Stop.WAITED)

    def fail(self, error: WirescopeError) -> None:
        """End the run because of an error."""
        self.fault = error
        self.stop(Stop.FAULT)

    # What ends it

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """An interrupt closes cleanly, a second one ends at once."""
        wanted = [signal.SIGINT, signal.SIGTERM]
        try:
            for number in wanted:
                self.loop.add_signal_handler(number, self.stop, Stop.INTERRUPT)
        except NotImplementedError:  # Windows
            with self._signals_elsewhere():
                yield
            return
        try:
            yield
        finally:
            for number in wanted:
                self.loop.remove_signal_handler(number)

    @contextmanager
    def _signals_elsewhere(self) -> Iterator[None]:
        def interrupt(*_: object) -> None:
            self.loop.call_soon_threadsafe(self.stop, Stop.INTERRUPT)

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def _time_limit(self) -> Iterator[None]:
        if self.plan.max_time_s is None:
            yield
            return
        timer = self.loop.call_later(self.plan.max_time_s, self.stop, Stop.MAX_TIME)
        try:
            yield
        finally:
            timer.cancel()

    def _on_broken_pipe(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            reason = error.strerror or str(error)
            self.fail(OutputError(f"The output cannot be written: {reason}."))
        else:
            self.stop(Stop.READER_GONE)

    def _on_alarm(self, alarm: Alarm) -> None:
        """Tell of the recording's trouble; called from the writer's thread."""
        lines = [fitted(f"* {line}") for line in (alarm.message, alarm.hint) if line]
        self.loop.call_soon_threadsafe(self.talk.insist, "\n".join(lines))

    # The end

    def _conclude(self, error: WirescopeError | None) -> int:
        why = self.stopped_by
        if self._overtime and isinstance(error, ConnectError):
            why = Stop.MAX_TIME  # its end was cut short, and something was not sent
        code = self._exit_code(error, why)
        if self.plan.write_out:
            self._write_out(code)
        quiet_end = why is Stop.READER_GONE
        insist = code != ExitCode.FINE or not (self._wrote or quiet_end)
        if not quiet_end:
            verdict = self.final_verdict(error, why)
            self.tell_end(verdict, insist=insist)
            self.talk.findings(self._findings, verdict)
        return code

    def tell_end(self, verdict: Verdict, *, insist: bool) -> None:
        """Say the verdict; `insist` says it even when silent."""
        self.talk.verdict(verdict, insist=insist)

    def _exit_code(self, error: WirescopeError | None, why: Stop | None) -> ExitCode:
        if why is Stop.MAX_TIME:
            return ExitCode.TIMEOUT
        failed = self.tally.failed
        if error is not None and self.tally.opened_ns is None and not _is_missing(failed):
            assert failed is not None
            return of_failure(failed.kind, failed.phase)
        if error is not None:
            return ExitCode.WRITE if isinstance(error, OutputError) else of_error(error)
        closed = self.tally.closed
        if closed is None:
            return ExitCode.FINE if why is Stop.READER_GONE else ExitCode.INTERRUPTED
        by_user = why is not None and closed.cause != "violation"
        return of_close(closed.code, cause=closed.cause, ended_by_user=by_user)

    def final_verdict(self, error: WirescopeError | None, why: Stop | None) -> Verdict:
        """Say how it ended, and what to do."""
        if error is not None and _is_missing(self.tally.failed):
            told = f"{why.value} " if why in (Stop.INTERRUPT, Stop.MAX_TIME) else ""
            return Verdict(told + error.message, error.hint)
        failed = self.tally.failed
        if self.tally.closed is None and (failed is None or failed.kind == "aborted"):
            what = why.value if why is not None else "It was interrupted."
            limit = self.plan.max_time_s
            advice = f"It allows {limit:g} s." if why is Stop.MAX_TIME else ""
            return Verdict(f"{what} The connection was not open yet.", advice)
        verdict = self.analyzer.verdict()
        if error is not None and failed is not None and error.hint != failed.hint:
            return Verdict(verdict.sentence, error.hint)  # what the attempt itself did not know
        if why is None:
            return verdict
        return Verdict(f"{why.value} {verdict.sentence}", verdict.advice)

    def _write_out(self, code: ExitCode) -> None:
        # Records have stdout for themselves.
        stdout = sys.stderr if self.plan.form == "ndjson" else sys.stdout
        streams = {"stdout": stdout, "stderr": sys.stderr}
        terminals = [name for name, stream in streams.items() if stream.isatty()]
        pieces = write_out(self.plan.write_out, self.tally, exit_code=code, terminals=terminals)
        for name, text in pieces:
            self._wrote = self._wrote or streams[name] is sys.stdout
            streams[name].write(text)
            streams[name].flush()


def _is_missing(failed: ConnectionFailed | None) -> bool:
    """Whether an attempt has no reason of its own why it came to nothing."""
    return failed is None or failed.kind == "aborted"


async def first(*waiting: asyncio.Future[Any], within_s: float | None = None) -> None:
    """Wait until one of several is done."""
    await asyncio.wait(waiting, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)


class OutputError(WirescopeError):
    """stdout cannot be written to."""


def _reader_of(plan: Plan) -> "MessageReader | None":
    if plan.decode is None:
        return None
    from wirescope.cli.decoding import MessageReader  # loads every decoder

    return MessageReader(plan.decode)
