"""One connection of the workbench: opened, recorded into a capture, spoken through, ended.

A session is there before it is open and after it is closed. That it cannot be opened is a state of
it and no error; what was recorded until then is in its capture.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from wirescope.analysis import LIVE_RATE, Analyzer, Verdict
from wirescope.capture import Alarm, CaptureWriter, known_secrets, redact_text
from wirescope.clock import rfc3339
from wirescope.errors import PeerError, UsageError, WirescopeError
from wirescope.events import Emission, Event, EventSink, Timeline
from wirescope.workbench.desk.answering import Answerer
from wirescope.workbench.desk.carriers import Carrier
from wirescope.workbench.desk.concealing import LEAST, Concealer
from wirescope.workbench.desk.repeating import Repeats
from wirescope.workbench.desk.sending import Ready, check_code, prepare
from wirescope.workbench.desk.states import CaptureState, Outgoing, SessionState
from wirescope.workbench.desk.tally import Tally
from wirescope.workbench.desk.viewers import Viewer
from wirescope.workbench.recorder import recording
from wirescope.workbench.workspace import Endpoint, RecordedFile, Resolver, SavedMessage

SEND_TIMEOUT_S = 30.0
SEND_FILE_TIMEOUT_S = 600.0
CLOSE_TIMEOUT_S = 30.0
ABORT_TIMEOUT_S = 3.0
"""How long a connection that was aborted is waited for. One whose recording pauses, since the disk
is full, does not end before there is room."""

MOST_NOTICES = 8

Resolvers = Callable[[], Resolver]
"""Makes a resolver of the chosen environment's variables, anew for each sending."""


class Session:
    """A connection, from the order to open it until it is forgotten.

    Args:
        id: `s1`, `s2` …
        name: for people.
        endpoint: what was asked for.
        path: of the endpoint in the workspace; empty for none.
        carrier: what it runs on, made of the endpoint with its variables replaced.
        resolvers: for what is sent on match.
        root: the folder that files to send are found from.
        saved: gives a saved message by its name.
        capture: the file to record into; it must not exist.
        on_change: is called whenever the state has changed.

    Raises:
        UsageError: a rule to send on cannot be read.

    Attributes:
        id: its id.
        capture: the file that it is recorded into.
        endpoint: what was asked for.
        carrier: what it runs on, with what is peculiar to its transport.
        tally: what has passed so far.
        writer: of the capture; None before it is begun.
        recording: whether the capture is still being written.
        unsaved: says what of the recording could not be saved at its end; None when all was.
    """

    def __init__(
        self,
        *,
        id: str,  # noqa: A002
        name: str,
        endpoint: Endpoint,
        path: str,
        carrier: Carrier,
        resolvers: Resolvers,
        root: Path,
        saved: Callable[[str], SavedMessage | None],
        capture: Path,
        on_change: Callable[[], None],
    ) -> None:
        self.id = id
        self.name = name
        self.endpoint = endpoint
        self.capture = capture
        self.writer: CaptureWriter | None = None
        self.recording = True
        self.unsaved: WirescopeError | None = None
        self._path = path
        self.carrier = carrier
        self._resolvers = resolvers
        self._root = root
        self._on_told = on_change
        self._revision = 1
        self._timeline = Timeline()
        analyzer = Analyzer(next_seq=self._timeline.next_seq, content_rate=LIVE_RATE)
        self._analyzer: Analyzer | None = analyzer
        self._answers = Answerer(
            endpoint.on_message, saved=saved, notice=self._notice, address=carrier.reply
        )
        self._progress = carrier.progress(analyzer.verdict)
        carrier.on_change = self._on_change
        carrier.on_notice = self._notice
        on_received = self._answers.take if self._answers else None
        self.tally = Tally(self._note, on_received=on_received)
        self._secret_texts = list(carrier.secrets)
        self._secrets = known_secrets(self._secret_texts)
        self._concealer: Concealer | None = None
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._given_up = asyncio.Event()
        self._is_open = False  # it was, at least
        self._begun = asyncio.Event()
        self._ended = asyncio.Event()
        self._repeats = Repeats(on_change=self._on_change, on_end=self._note_end_of_repeat)
        self._group: asyncio.TaskGroup | None = None
        self._closing: asyncio.Task[None] | None = None
        self._notices: list[str] = []

    # The life of it

    async def run(self) -> None:
        """Open the connection and stay with it until it ends; everything is saved then."""
        try:
            async with recording(
                self.capture,
                watchers=[self._take],
                secrets=self.carrier.secrets,
                on_alarm=self._on_alarm,
                analyzer=self._analyzer,
                timeline=self._timeline,
                before_keeping=self._conceal,
            ) as kept:
                self.writer = kept.writer
                self._begun.set()
                try:
                    await self._connect(kept.sink)
                finally:
                    if self._concealer is not None:
                        self._concealer.flush()
        except WirescopeError as error:  # the capture cannot be made, or not everything be saved
            self._notice(f"{error.message} {error.hint}".rstrip())
            self.unsaved = error if self.writer is not None else None
            if not self._is_open and not self._progress.connection:
                self._progress.fail(error)
        except Exception:
            self._progress.break_off()  # who runs this is told of the fault
            raise
        finally:
            self.recording = False
            self._analyzer = None  # it holds a part of what passed
            self._progress.settle()
            self._begun.set()
            self._ended.set()
            self._on_change()

    def _conceal(self, writer: CaptureWriter) -> EventSink:
        self._concealer = Concealer(writer, writer.keep_whole_messages)
        if "{{" in self.endpoint.heartbeat.payload:
            self._concealer.learn(self.carrier.secrets)
        return self._concealer

    async def begun(self) -> None:
        """Wait until there is a capture, or there never will be one."""
        await self._begun.wait()

    async def _connect(self, sink: EventSink) -> None:
        async with asyncio.TaskGroup() as group:
            self._group = group
            living = group.create_task(self._live(sink, group))
            stopping = group.create_task(self._stop.wait())
            try:
                await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if self._is_open:
                    await asyncio.wait({living})
                elif not living.done():
                    living.cancel()
                    self._progress.give_up()
            finally:
                stopping.cancel()
                if self._closing is not None:
                    self._closing.cancel()
                self._repeats.stop_all()
                self._group = None
                self._on_change()

    async def _live(self, sink: EventSink, group: asyncio.TaskGroup) -> None:
        opened = self.carrier.opened(timeline=self._timeline, sink=sink, on_retry=self._on_retry)
        try:
            async with opened:
                await self._stay(group)
        except WirescopeError as error:
            if self._is_open:  # it had ended already
                self._notice(f"{error.message} {error.hint}".rstrip())
            else:
                self._progress.fail(error)

    async def _stay(self, group: asyncio.TaskGroup) -> None:
        self._is_open = True
        self._progress.open()
        self._on_change()
        if self._stop.is_set():  # somebody had just stopped it
            self._begin_close(group, 1000, "")
        meanwhile = [
            group.create_task(self._answers.run(self._send_on_match)),
            group.create_task(self.carrier.follow()),
            group.create_task(self._given_up.wait()),
            group.create_task(self.carrier.wait_ended()),
        ]
        try:
            await asyncio.wait(meanwhile[2:], return_when=asyncio.FIRST_COMPLETED)
            self._progress.end()
        finally:
            for each in meanwhile:
                each.cancel()

    def _on_change(self) -> None:
        self._revision += 1
        self._on_told()

    def _take(self, emissions: Sequence[Emission]) -> None:
        self.tally.feed(emissions)

    def _note(self, event: Event) -> None:
        if self._progress.note(event):
            self._on_change()

    def _on_retry(self, error: WirescopeError, number: int, delay_s: float) -> None:
        self._progress.wait(error, number, delay_s)
        self._on_change()

    def _on_alarm(self, alarm: Alarm) -> None:
        """Tell of the recording's trouble; called from the writer's thread."""
        words = f"{alarm.message} {alarm.hint}".rstrip()
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._notice, words)

    def _notice_once(self, words: str) -> None:
        if words not in self._notices:
            self._notice(words)

    def _notice(self, words: str) -> None:
        self._notices.append(words)
        del self._notices[:-MOST_NOTICES]
        self._on_change()

    # Orders

    async def send(self, outgoing: Outgoing, resolver: Resolver) -> None:
        """Send something; waits while the peer is slow.

        Raises:
            UsageError: it cannot be sent as it was typed, or the connection is not open.
            ConnectionClosedError: the connection is closing or closed.
            PeerError: the peer does not take it in time.
        """
        ready = await asyncio.to_thread(prepare, outgoing, resolver, root=self._root)
        await self._send(outgoing, ready)

    async def _send(self, outgoing: Outgoing, ready: Ready) -> None:
        if not self._is_open:
            raise UsageError("The connection is not open.", hint="Connect, and send it then.")
        self._learn(ready.secrets)
        limit_s = SEND_TIMEOUT_S if ready.file is None else SEND_FILE_TIMEOUT_S
        try:
            async with asyncio.timeout(limit_s):
                await self.carrier.send(outgoing, ready)
        except TimeoutError:
            raise PeerError(
                f"The peer has taken nothing for {limit_s:g} s, so the message waits or is lost.",
                hint="Look whether the peer reads at all; close the connection if it does not.",
            ) from None

    def _learn(self, secrets: Sequence[str]) -> None:
        """See that secrets of a message are neither recorded nor shown."""
        if any(0 < len(each) < LEAST for each in secrets):
            self._notice_once(
                f"A secret of less than {LEAST} characters goes out and is recorded as it is: what"
                " is that short stands in many messages by chance."
            )
        if self._concealer is None or not self._concealer.learn(secrets):
            return
        self._secret_texts += secrets
        self._secrets = known_secrets(each for each in self._secret_texts if len(each) >= LEAST)
        self._notice(
            "A secret goes out as it is; the record has [redacted] in its place, wherever this"
            " connection says it."
        )

    async def _send_on_match(self, outgoing: Outgoing) -> None:
        await self.send(outgoing, self._resolvers())

    async def repeat(self, outgoing: Outgoing, resolvers: Resolvers, interval_s: float) -> str:
        """Send something now and every `interval_s` seconds; the id to stop it by.

        Raises:
            UsageError: it cannot be sent, the interval cannot be kept, or too many are running.
            ConnectionClosedError: the connection is closing or closed.
            PeerError: the peer does not take it in time.
        """
        self._repeats.check(interval_s)
        ready = await asyncio.to_thread(prepare, outgoing, resolvers(), root=self._root)
        await self._send(outgoing, ready)
        if self._group is None:
            raise UsageError("The connection is not open any more.")
        return self._repeats.begin(
            lambda: self.send(outgoing, resolvers()),
            summary=ready.summary,
            interval_s=interval_s,
            group=self._group,
        )

    def _note_end_of_repeat(self, error: WirescopeError) -> None:
        if self._progress.phase == "open":
            self._notice(f"Repeating ended: {error.message}")

    def stop_repeat(self, name: str) -> None:
        """Stop repeating a message.

        Raises:
            UsageError: there is no such repetition.
        """
        self._repeats.stop(name)

    async def watch(self) -> Viewer:
        """Let somebody look on at what is received.

        Raises:
            UsageError: there is nothing to be seen, or too many look on.
        """
        if self._group is None:
            raise UsageError("The connection is not open any more.")
        return await self.carrier.watch(self._group)

    # Its end

    async def close(self, code: int | None = 1000, reason: str = "") -> None:
        """Close the connection, or stop opening it.

        Raises:
            UsageError: the code does not fit into two bytes.
        """
        check_code(code)  # before it is said that the connection is closing
        if not self._is_open:
            self._stop.set()
            return
        if not self.carrier.is_over:
            self._progress.close()
            self._on_change()
        if self._group is None:
            return
        closing = self._begin_close(self._group, code, reason)
        await asyncio.wait({closing}, timeout=CLOSE_TIMEOUT_S)  # which goes on, as long as it takes

    def _begin_close(
        self, group: asyncio.TaskGroup, code: int | None, reason: str
    ) -> asyncio.Task[None]:
        """Close the connection, unless that has begun: whoever asked may not wait to the end."""
        if self._closing is None:
            self._closing = group.create_task(self._close(code, reason))
        return self._closing

    async def _close(self, code: int | None, reason: str) -> None:
        try:
            await self.carrier.close(code, reason)
        except WirescopeError as error:
            self._notice(f"{error.message} {error.hint}".rstrip())

    def drop(self) -> None:
        """End the connection without telling the peer."""
        if self._is_open:
            self.carrier.drop()
        else:
            self._stop.set()

    async def end(self, *, within_s: float, code: int = 1000, reason: str = "") -> None:
        """End it, one way or the other, and wait until everything is saved."""
        try:
            async with asyncio.timeout(within_s):
                await self.close(code, reason)
        except TimeoutError:
            if self._is_open:
                self.carrier.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(ABORT_TIMEOUT_S):
                await self._ended.wait()
        self._given_up.set()
        await self._ended.wait()

    # What is known of it

    @property
    def is_over(self) -> bool:
        """Whether it has ended and everything is saved."""
        return self._ended.is_set()

    @property
    def verdict(self) -> Verdict:
        """How it stands or ended, in a sentence, and what to do."""
        return Verdict(self._clean(self._progress.sentence), self._clean(self._progress.advice))

    def _clean(self, text: str) -> str:
        return redact_text(text, self._secrets)

    def state(self) -> SessionState:
        """Say how it is."""
        progress, carrier = self._progress, self.carrier
        url = progress.url or carrier.url
        is_tried_again = progress.phase in ("connecting", "waiting") and progress.attempt > 0
        return SessionState(
            id=self.id,
            name=self.name,
            endpoint=self._path,
            url=self._clean(url),
            transport=carrier.transport,
            capture=self.capture.stem,
            connection=progress.connection,
            phase=progress.phase,
            step=progress.step,
            since=progress.since,
            attempt=progress.attempt if is_tried_again else 0,
            attempts=progress.attempts if is_tried_again else 0,
            sentence=self._clean(progress.sentence),
            advice=self._clean(progress.advice),
            code=progress.code,
            insecure=carrier.is_insecure(url),
            subprotocol=progress.subprotocol,
            extensions=progress.extensions,
            repeats=self._repeats.states(),
            notices=[self._clean(each) for each in (*carrier.notes(), *self._notices)],
            peer=carrier.peer(self._clean),
            revision=self._revision,
        )

    def capture_state(
        self, *, lost: int, has_notes: bool, recordings: Sequence[RecordedFile]
    ) -> CaptureState:
        """Give the figures of its capture while it is being recorded."""
        tally, writer = self.tally, self.writer
        try:
            size = self.capture.stat().st_size + _size_of(f"{self.capture}-wal")
        except OSError:
            size = 0
        return CaptureState(
            id=self.capture.stem,
            name=self.name,
            file=self.capture.name,
            started=rfc3339(self._timeline.started_wall_ns),
            recording=self.recording,
            last_seq=tally.last_seq,
            committed_seq=writer.saved_seq if writer is not None else 0,
            lost=lost,
            bytes=size + sum(each.bytes for each in recordings),
            sent=tally.sent,
            received=tally.received,
            sent_bytes=tally.sent_bytes,
            received_bytes=tally.received_bytes,
            findings=dict(tally.findings),
            verdict=self.verdict.sentence,
            has_notes=has_notes,
            recordings=list(recordings),
        )


def _size_of(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0
