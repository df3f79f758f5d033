"""Turns of tests that run side by side: most share the machine, some need it for themselves.

Those that look at sound and pictures as they are played are marked `quiet`: a few of them may run
beside each other, as they wait most of the time, but none beside others, which would take the
processor away for longer than a player buffers. Those that measure times to a millisecond are
marked `alone`. Who wants quiet waits at the same gate as all others, so that these cannot pass it
by again and again.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

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
        own, others = (loud, quiet) if kind == "beside" else (quiet, loud)
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(own, fcntl.LOCK_EX if kind == "alone" else fcntl.LOCK_SH)
        fcntl.flock(others, fcntl.LOCK_EX)  # none of those that must not run beside it is left
        fcntl.flock(others, fcntl.LOCK_UN)  # and none begins: it would find `own` taken
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
