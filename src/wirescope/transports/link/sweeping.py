"""What still runs in namespaces when their network ends: found and ended."""

import contextlib
import os
import select
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

_SWEEPS = 10
_GONE_S = 1.0


def end_all(held: Iterable[int]) -> None:
    """End what runs in namespaces, but this process; at once, without asking.

    Args:
        held: descriptors of the namespaces. That they are open keeps their numbers from becoming
            those of others.
    """
    spaces = {os.fstat(descriptor).st_ino for descriptor in held}
    for _ in range(_SWEEPS):  # what is being ended may have started more
        found = [pid for pid in _others() if _space_of(pid) in spaces]
        if not found:
            return
        for pid in found:
            _end(pid, spaces)


def _others() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            yield int(entry.name)


def _space_of(pid: int) -> int:
    """Say which network namespace a process is in; 0 where that is not to be known."""
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino
    except OSError:
        return 0


def _end(pid: int, spaces: set[int]) -> None:
    """End a process, if it is still the one that is in a namespace of these, and see it gone."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            if _space_of(pid) in spaces:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], (), (), _GONE_S)
        finally:
            os.close(handle)
