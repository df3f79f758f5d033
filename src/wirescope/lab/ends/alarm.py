"""Wakes a task at a moment, to some tens of microseconds.

The timers of an event loop are as coarse as a millisecond, which is what a paced sender may be late
at most. On Linux there is a descriptor that becomes readable at the moment (timerfd_create(2)); the
oldest Python that this has to run on does not offer it. Elsewhere it is the loop's timer.
"""

import asyncio
import ctypes
import os
import sys
from contextlib import suppress
from typing import Self

from wirescope.clock import SystemClock

_MONOTONIC, _ABSOLUTE = 1, 1
_SECOND_NS = 1_000_000_000


class _TimerSpec(ctypes.Structure):
    """`struct itimerspec`: the interval and the first time, in seconds and nanoseconds."""

    _fields_ = (
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("value_s", ctypes.c_long),
        ("value_ns", ctypes.c_long),
    )


class Alarm:
    """Wakes one task at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._woken: asyncio.Future[None] | None = None
        self._timer = -1
        if sys.platform == "linux":
            self._system = ctypes.CDLL(None, use_errno=True)
            timer = self._system.timerfd_create(_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
            if timer >= 0:
                self._timer = timer
                self._loop.add_reader(timer, self._on_time)

    def _on_time(self) -> None:
        with suppress(BlockingIOError):  # it was set anew meanwhile
            os.read(self._timer, 8)
            if self._woken is not None and not self._woken.done():
                self._woken.set_result(None)

    async def until(self, at_ns: int) -> None:
        """Wait until a moment of the monotonic clock; one that is past is no wait."""
        left_ns = at_ns - SystemClock.monotonic_ns()
        if left_ns <= 0:
            return
        if self._timer < 0:
            await asyncio.sleep(left_ns / _SECOND_NS)
            return
        self._woken = self._loop.create_future()
        seconds, nanoseconds = divmod(at_ns, _SECOND_NS)
        when = _TimerSpec(0, 0, seconds, nanoseconds)
        self._system.timerfd_settime(self._timer, _ABSOLUTE, ctypes.byref(when), None)
        await self._woken

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer >= 0:
            self._loop.remove_reader(self._timer)
            os.close(self._timer)
            self._timer = -1
