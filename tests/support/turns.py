"""Turns of tests that run side by side: most share the machine, some need it for themselves.

Those that measure sound and pictures as they are played are marked `alone`, since a second test
beside them takes the processor away for longer than a player buffers. Who wants to be alone waits
at the same gate as all others, so that these cannot pass it by again and again.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

if os.name == "posix":
    import fcntl


@contextmanager
def turn(run: str, *, alone: bool) -> Iterator[None]:
    """Wait for a turn and have it while the context lasts.

    Args:
        run: names the run whose processes take turns; empty for a process by itself.
        alone: wait until no other process of the run has one, and keep them from it.
    """
    if not run or os.name != "posix":
        yield
        return
    folder = Path(tempfile.gettempdir())
    with ExitStack() as stack:
        gate, turns = (
            stack.enter_context((folder / f"wirescope-tests-{run}.{name}").open("w"))
            for name in ("gate", "turns")
        )
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(turns, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
