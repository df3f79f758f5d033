"""Turns of tests that run side by side: most share the machine, some need it for themselves.

Those that look at sound and pictures as they are played are marked `quiet`: a few of them may run
beside each other, as they wait most of the time, but none beside others, which would take the
processor away for longer than a player buffers. Those that measure times to a millisecond are
marked `alone`. Who wants quiet waits at the same gate as all others, so that these cannot pass it
by again and again; and while there is quiet, more of those that want it may come. Those that run
alone are patient: they come last, and would stop all others for each of them.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Literal

if os.name == "posix":
    import fcntl

Kind = Literal["beside", "quiet", "alone"]
"""Whether a test runs beside any, beside quiet ones, or beside none."""


@contextmanager
def turn(run: str, kind: Kind) -> Iterator[None]:
    """Wait for a turn and have it while the context lasts.

    Args:
        run: names the run whose processes take turns; empty for a process by itself.
        kind: which other tests may run beside it.
    """
    if not run or os.name != "posix":
        yield
        return
    folder = Path(tempfile.gettempdir())
    with ExitStack() as stack:
        gate, loud, quiet = (
            stack.enter_context((folder / f"wirescope-tests-{run}.{name}").open("w"))
            for name in ("gate", "loud", "quiet")
        )
        if kind == "beside":
            _pass_when_free(gate, own=(loud, fcntl.LOCK_SH), others=quiet)
        elif kind == "alone":
            _pass_when_free(gate, own=(quiet, fcntl.LOCK_EX), others=loud)
        else:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(quiet, fcntl.LOCK_SH)
            _wait_until_free(loud)  # and none begins: it would find `quiet` taken
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield


def _pass_when_free(gate: IO[str], *, own: tuple[IO[str], int], others: IO[str]) -> None:
    """Take a place once none of those that must not run beside it is left.

    Who waits for that is not at the gate meanwhile, so that it keeps nobody from it.
    """
    while True:
        fcntl.flock(gate, fcntl.LOCK_EX)
        wanted = (own, (others, fcntl.LOCK_EX))
        busy = next((lock for lock, how in wanted if not _take(lock, how)), None)
        fcntl.flock(others, fcntl.LOCK_UN)
        if busy is not None:
            fcntl.flock(own[0], fcntl.LOCK_UN)
        fcntl.flock(gate, fcntl.LOCK_UN)
        if busy is None:
            return
        _wait_until_free(busy)


def _take(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_until_free(lock: IO[str]) -> None:
    fcntl.flock(lock, fcntl.LOCK_EX)
    fcntl.flock(lock, fcntl.LOCK_UN)


class Turns:
    """The turns of one process: a turn a test, but one for all quiet tests that follow each other.

    Else those of other processes would slip in between two of them, and end the quiet of all.

    Args:
        run: names the run whose processes take turns; empty for a process by itself.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self._kept = ExitStack()
        self._keeps = False

    @contextmanager
    def turn(self, kind: Kind, *, then: Kind | None) -> Iterator[None]:
        """Have a turn for a test of a kind; `then` is the kind of the next one."""
        if not self._keeps:
            self._kept.enter_context(turn(self._run, kind))
        self._keeps = kind == then == "quiet"
        try:
            yield
        finally:
            if not self._keeps:
                self._kept.close()
