"""Records what producers emit: encodes it as it comes, commits it from a thread of its own.

"Saved" means committed: `saved_seq` moves after the commit, at most 50 ms behind what came in
unless the disk is slower. What comes in is bounded: above the high-water mark the sink answers
with an awaitable, and a producer that waits for it loses nothing, however long the disk is full.
From one that does not, events are dropped above a hard bound, and a `capture.gap` counts them.
"""

import asyncio
import atexit
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

from wirescope.capture import alarm
from wirescope.capture.alarm import Alarm
from wirescope.capture.intake import Intake
from wirescope.capture.lock import WriterLock
from wirescope.capture.redaction import known_secrets
from wirescope.capture.store import Rows, Store
from wirescope.capture.waiting import Gate
from wirescope.errors import CaptureExistsError, CaptureWriteError
from wirescope.events import (
    AnyEvent,
    CaptureGap,
    ClockJumped,
    Emission,
    Full,
    Timeline,
)

COMMIT_INTERVAL_S = 0.05
"""An event waits for others at most this long before it is committed."""

COMMIT_BYTES = 2 << 20
HIGH_WATER_BYTES = 8 << 20
LOW_WATER_BYTES = 4 << 20
HARD_BOUND_BYTES = 32 << 20

RETRY_INTERVAL_S = 0.25
LAST_COMMIT_S = 2.0
"""After the time-out of `close`, a commit that is under way may take so long to end."""

BLOCKED_CALL_S = 1.0
CLOCK_JUMP_NS = 1_000_000_000


class CaptureWriter:
    """An `EventSink` that records into a file.

    Call it from one thread, the one that the timeline is used from. In a running event loop it
    never blocks; without one, a call above the high-water mark waits up to one second for room.

    Attributes:
        path: the file.
        saved_seq: every event up to this number that was handed over is committed.
    """

    def __init__(
        self, path: Path, store: Store, intake: Intake, lock: WriterLock, timeline: Timeline
    ) -> None:
        self.path = path
        self.saved_seq = 0
        self._store = store
        self._intake = intake
        self._file_lock = lock
        self._timeline = timeline
        self._on_alarm: Callable[[Alarm], None] = lambda _alarm: None
        self._dropping = False
        self._dropped = 0
        self._in_hand = 0  # events that are being committed
        self._jumped_ns = 0  # how far the wall clock was moved, if that is not an event yet
        self._lock = threading.Lock()  # for the intake and for what was taken into it
        self._taken = 0  # bytes, and of these
        self._released = 0  # those that are committed
        self._attention = 0  # a call that brings `_taken` here has more to do than to queue
        self._wake = threading.Event()
        self._room = Gate()
        self._room_in_thread = threading.Event()
        self._saved = Gate()
        self._closing = threading.Event()
        self._give_up = threading.Event()
        self._failure: BaseException | None = None
        self._drift_ns = timeline.wall_drift_ns()
        self._thread = threading.Thread(target=self._run, name="wirescope-capture", daemon=True)

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        timeline: Timeline,
        on_alarm: Callable[[Alarm], None] | None = None,
        secrets: Iterable[str] = (),
    ) -> Self:
        """Begin a capture in a new file.

        `on_alarm` is called from the writer's thread. `secrets` are texts that are blotted out of
        URLs and handshakes besides those known by name, see `redaction`.

        Raises CaptureLockedError when another process writes this file, CaptureExistsError when
        there is something in it, CaptureWriteError when it cannot be created.
        """
        path = Path(path)
        try:
            if not path.parent.is_dir():
                raise FileNotFoundError(f"there is no folder {path.parent}")
            lock = WriterLock(path)
        except OSError as error:
            raise _cannot_create(path, error) from None
        try:
            store = _new_store(path, timeline)
        except BaseException:
            lock.release()
            raise
        intake = Intake(secrets=known_secrets(secrets))
        writer = cls(path, store, intake, lock, timeline)
        writer._on_alarm = on_alarm or writer._on_alarm
        atexit.register(writer._at_exit)
        writer._thread.start()
        return writer

    def __call__(self, emissions: Sequence[Emission]) -> Full | None:
        """Take emissions; an awaitable that is done when there is room, if there is none."""
        with self._lock:
            if self._dropping:
                self._dropped += self._intake.drop(emissions)
            else:
                self._taken += self._intake.add(emissions)
            if self._jumped_ns or self._dropped:
                self._add_notes()
            taken = self._taken
        return None if taken < self._attention else self._attend()

    def keep_whole_messages(self) -> None:
        """Store each message with its payload from now on, though its frames may carry it, too.

        For a producer that has altered the payload of a message, or of its frames.
        """
        with self._lock:
            self._intake.keep_whole_messages()

    async def wait_saved(self, seq: int, *, timeout_s: float = 10) -> None:
        """Wait until everything up to event `seq` is committed; CaptureWriteError if it is not."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.saved_seq < seq and self._thread.is_alive():
                    passed = self._saved.wait()
                    if self.saved_seq < seq:
                        self._wake.set()
                        await passed
        except TimeoutError:
            pass
        if self.saved_seq < seq:
            raise CaptureWriteError(
                f"{self.path} is saved up to event {self.saved_seq}, not yet up to {seq}."
            )

    def close(self, *, timeout_s: float = 10) -> None:
        """Save what is left and end the capture; a second call does nothing.

        Waits up to `timeout_s` for the disk, and a moment more for a commit that is under way.
        CaptureWriteError says how many events are not saved.
        """
        if not self._closing.is_set():
            self._closing.set()
            self._wake.set()
            self._thread.join(timeout_s)
            self._give_up.set()
            self._thread.join(LAST_COMMIT_S)
            atexit.unregister(self._at_exit)
            self._raise_if_lost()

    async def aclose(self, *, timeout_s: float = 10) -> None:
        """Do as `close` does, without holding up the event loop."""
        await asyncio.to_thread(self.close, timeout_s=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        await self.aclose()

    def _at_exit(self) -> None:
        with contextlib.suppress(CaptureWriteError):  # nobody is left to be told
            self.close()

    def _raise_if_lost(self) -> None:
        lost = self._in_hand + self._intake.events + self._dropped
        if self._failure is None and not lost and not self._thread.is_alive():
            return
        raise CaptureWriteError(
            f"{lost} events could not be saved; {self.path} ends with event {self.saved_seq}.",
            hint="" if self._failure else "The disk is full or does not answer.",
        ) from self._failure

    # In the producer's thread

    def _add_notes(self) -> None:
        """Make events of what the capture itself has to say; the lock is held.

        They are numbered where all other events are, so that numbers stay in order.
        """
        timeline = self._timeline
        notes: list[AnyEvent] = []
        if self._dropped and not self._dropping:
            count, self._dropped = self._dropped, 0
            reason = "The disk was too slow for what came in, and the producer did not wait."
            notes.append(CaptureGap(timeline.next_seq(), timeline.now_ns(), "", count, reason))
        if self._jumped_ns:
            by_ns, self._jumped_ns = self._jumped_ns, 0
            notes.append(ClockJumped(timeline.next_seq(), timeline.now_ns(), "", by_ns))
        self._taken += self._intake.add(notes)

    def _attend(self) -> Full | None:
        """Wake the writer, or hold the producer back: a mark was passed."""
        queued = self._taken - self._released
        # The mark is moved before the writer is woken: it may move it back at once.
        mark = COMMIT_BYTES if queued < COMMIT_BYTES else HIGH_WATER_BYTES
        self._attention = self._released + mark
        self._wake.set()
        if queued < HIGH_WATER_BYTES:
            return None
        if queued >= HARD_BOUND_BYTES:
            self._dropping = True
        return self._hold_back()

    def _hold_back(self) -> Full | None:
        try:
            room = self._room.wait()
        except RuntimeError:  # no running loop: the caller can only be made to wait here
            self._room_in_thread.clear()
            if self._is_full():
                self._room_in_thread.wait(BLOCKED_CALL_S)
            return None
        return room if self._is_full() else None

    def _is_full(self) -> bool:
        return self._taken - self._released >= LOW_WATER_BYTES and self._thread.is_alive()

    # In the writer's thread

    def _run(self) -> None:
        try:
            while not self._is_over():
                self._wait_for_work()
                self._save_what_is_there()
            if not self._give_up.is_set():
                self._store.finish(ended_at_ns=self._timeline.now_ns())
        except Exception as error:  # noqa: BLE001 -- told at once and raised by `close`
            self._failure = error
            self._on_alarm(alarm.stopped(self.path, error))
        finally:
            self._store.close()
            # Here and not in `close`, which does not wait for ever for a disk that hangs.
            self._file_lock.release()
            self._let_producers_go()
            self._saved.open()

    def _is_over(self) -> bool:
        if self._give_up.is_set():
            return True
        is_all_said = self._is_idle() and not self._dropped and not self._jumped_ns
        return self._closing.is_set() and is_all_said

    def _is_idle(self) -> bool:
        return self._taken == self._released

    def _wait_for_work(self) -> None:
        if self._is_idle():
            self._wake.clear()
            self._attention = 0  # the next event wakes us
            if self._is_idle() and not self._closing.is_set():
                self._wake.wait()
        self._wake.clear()
        self._attention = self._released + COMMIT_BYTES
        if self._taken < self._attention and not self._closing.is_set():
            self._wake.wait(COMMIT_INTERVAL_S)

    def _save_what_is_there(self) -> None:
        with self._lock:
            self._note_clock()
            if self._closing.is_set():  # no producer will come by any more
                self._add_notes()
            mark, draft = self._taken, self._intake.take()
        self._in_hand = draft.events
        if draft.events or draft.chunks:
            rows = self._store.prepare(draft)
            last_seq = draft.last_seq
            del draft
            if not self._commit(rows):
                return
            self._in_hand = 0
            self.saved_seq = last_seq
            self._saved.open()
        self._release(mark)

    def _commit(self, rows: Rows) -> bool:
        """Commit, however often it takes; False when `close` gave up first."""
        paused = False
        while True:
            try:
                self._store.commit(rows)
            except sqlite3.Error as error:
                if not alarm.passes(error):
                    raise
                if not paused:
                    paused = True
                    self._on_alarm(alarm.paused(self.path, error))
                if self._give_up.wait(RETRY_INTERVAL_S):
                    return False
            else:
                if paused:
                    self._on_alarm(alarm.resumed(self.path))
                return True

    def _release(self, mark: int) -> None:
        self._released = mark
        if self._taken - mark < LOW_WATER_BYTES:
            self._let_producers_go()
            self._dropping = False

    def _let_producers_go(self) -> None:
        self._room.open()
        self._room_in_thread.set()

    def _note_clock(self) -> None:
        drift_ns = self._timeline.wall_drift_ns()
        by_ns = drift_ns - self._drift_ns
        self._drift_ns = drift_ns
        if abs(by_ns) > CLOCK_JUMP_NS:
            self._jumped_ns += by_ns


def _new_store(path: Path, timeline: Timeline) -> Store:
    try:
        if path.exists() and path.stat().st_size:
            raise CaptureExistsError(
                f"{path} exists already; a capture is never written over.",
                hint="Choose another name, or move the file away.",
            )
        for suffix in ("-wal", "-shm"):  # of a file that is gone: they belong to nothing
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Store(path, started_wall_ns=timeline.started_wall_ns)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_create(path, error) from None


def _cannot_create(path: Path, error: Exception) -> CaptureWriteError:
    return CaptureWriteError(
        f"{path} cannot be created: {error}.",
        hint="Does its folder exist, may you write there, and is there room on the disk?",
    )
