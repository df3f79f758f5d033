"""A line on stderr that says how far a long command is; only on a terminal, only after a second."""

import sys
from contextlib import suppress

from wirescope.clock import Clock, SystemClock

_FIRST_AFTER_NS = 1_000_000_000
_AGAIN_AFTER_NS = 200_000_000


class Progress:
    """How far it is.

    Args:
        what: what is counted, as `events`.
        total: how many there are; 0 when that is not known.
        enabled: show it at all.
    """

    def __init__(
        self, what: str, total: int, *, enabled: bool | None = None, clock: Clock | None = None
    ) -> None:
        self._what = what
        self._total = total
        self._enabled = sys.stderr.isatty() if enabled is None else enabled
        self._clock = clock or SystemClock()
        self._next_ns = self._clock.monotonic_ns() + _FIRST_AFTER_NS
        self._shown = False

    def at(self, done: int) -> None:
        """Say that `done` of them are done."""
        if not self._enabled or self._clock.monotonic_ns() < self._next_ns:
            return
        self._next_ns = self._clock.monotonic_ns() + _AGAIN_AFTER_NS
        self._shown = True
        total = f" of {self._total:,}" if self._total else ""
        share = f" ({done / self._total:.0%})" if self._total else ""
        self._write(f"\r* {done:,}{total} {self._what}{share}\x1b[K")

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()
