"""When this process is run: what it may ask the scheduler for, so that no packet leaves late.

With rights it goes before all ordinary processes. Without them it can ask for short slices of time,
which since Linux 6.12 bring it onto a processor sooner after it has slept: its deadline among the
others is as near as its slice is short. See sched(7), sched_setattr(2) and prctl(2).
"""

import ctypes
import os
import platform
import struct
import sys

_PR_SET_TIMERSLACK = 29
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_SLICE_NS = 100_000  # the shortest that the kernel takes
_ATTRIBUTES = struct.Struct("IIQiIQQQ")
"""`struct sched_attr`: size, policy, flags, nice, priority, slice, deadline, period."""


def go_first(priority: int) -> bool:
    """Ask to be run before ordinary processes as soon as there is something to do.

    Args:
        priority: of SCHED_RR, from 1.

    Returns:
        Whether that was allowed.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(priority))
    except (AttributeError, OSError):
        return False
    return True


def ask_for_short_slices() -> None:
    """Ask for short slices of time; an older kernel, or another one, takes no notice."""
    number = _SCHED_SETATTR.get(platform.machine()) if sys.platform == "linux" else None
    if number is None:
        return
    attributes = _ATTRIBUTES.pack(_ATTRIBUTES.size, os.SCHED_OTHER, 0, 0, 0, _SLICE_NS, 0, 0)
    ctypes.CDLL(None, use_errno=True).syscall(number, 0, attributes, 0)


def wake_on_time() -> None:
    """Have waits of this process end at their time, and not up to 50 microseconds later."""
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
