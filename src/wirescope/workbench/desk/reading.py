"""A capture file that is read off the event loop: one thread a file, one piece of work at a time.

Work comes in pieces that take some milliseconds each, so that what a person waits for gets its turn
between the pieces of what is done in the background. Files that nobody asks about are closed again.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from wirescope.capture import Capture, open_capture
from wirescope.clock import SystemClock
from wirescope.errors import CaptureError

SLICE_NS = 15_000_000
"""How long a piece of background work may take, about."""

READ_TIMEOUT_S = 60.0
"""After this long an answer from a file is given up: the disk hangs."""

MOST_SEQ = (1 << 32) - 1
"""The highest number of an event that rows and pairs, of four bytes each, can hold. A recording
does not come that far; a file that was imported may have any number."""

_LATELY_NS = 5_000_000_000

T = TypeVar("T")


class Deadline:
    """Says when a piece of work has taken long enough."""

    __slots__ = ("_at_ns",)

    def __init__(self, slice_ns: int = SLICE_NS) -> None:
        self._at_ns = SystemClock.monotonic_ns() + slice_ns

    @property
    def passed(self) -> bool:
        """Whether it is time to stop."""
        return SystemClock.monotonic_ns() >= self._at_ns


class Reader:
    """A capture file and the thread that reads it.

    Args:
        path: the file; it is opened when it is first asked about.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wirescope-reader")
        self._capture: Capture | None = None
        self._closed = False
        self._asked = self._begun = 0
        self._asked_ns = 0

    async def run(self, work: Callable[[Capture], T]) -> T:
        """Do a piece of work on the file, in its thread.

        Raises:
            CaptureError: the file cannot be read, or it takes too long.
        """
        if self._closed:
            raise _closed(self.path)
        loop = asyncio.get_running_loop()
        self._asked += 1
        self._asked_ns = SystemClock.monotonic_ns()
        job = loop.run_in_executor(self._thread, self._do, work)
        job.add_done_callback(_note_outcome)
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await asyncio.shield(job)
        except TimeoutError:
            raise CaptureError(
                f"{self.path.name} was not read within {READ_TIMEOUT_S:g} s.",
                hint="Does the disk answer?",
            ) from None

    @property
    def asked_lately(self) -> bool:
        """Whether it was asked something within the last seconds."""
        return SystemClock.monotonic_ns() - self._asked_ns < _LATELY_NS

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for what is being done; may be asked in the file's thread."""
        return self._closed or self._asked > self._begun

    def _do(self, work: Callable[[Capture], T]) -> T:
        self._begun += 1
        if self._capture is None:
            self._capture = self._opened()
        return work(self._capture)

    def _opened(self) -> Capture:
        capture = open_capture(self.path)
        try:
            last_seq = capture.last_seq
            if last_seq > MOST_SEQ:
                raise CaptureError(
                    f"{self.path.name} has an event of the number {last_seq:,};"
                    f" {MOST_SEQ:,} is the last that is listed.",
                    hint="`wirescope show` reads it all.",
                )
        except BaseException:
            capture.close()
            raise
        return capture

    async def reopen(self, meanwhile: Callable[[], T]) -> T:
        """Close the file for a moment, in which nothing here reads it.

        Raises:
            CaptureError: it is not open any more.
        """
        if self._closed:
            raise _closed(self.path)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._do_meanwhile, meanwhile)

    def _do_meanwhile(self, meanwhile: Callable[[], T]) -> T:
        self._close_file()
        return meanwhile()

    async def close(self) -> None:
        """Close the file, after the work that is under way, and end the thread."""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._close_file)
        self._thread.shutdown(wait=True)

    def _close_file(self) -> None:
        if self._capture is not None:
            self._capture.close()
            self._capture = None


def _closed(path: Path) -> CaptureError:
    return CaptureError(
        f"{path.name} was closed meanwhile.",
        hint="It may have been renamed or deleted; look at the list again.",
    )


def _note_outcome(job: asyncio.Future[T]) -> None:
    """Take note of how work ended that perhaps nobody waits for any more, as asyncio demands."""
    if not job.cancelled():
        job.exception()
