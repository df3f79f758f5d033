"""Changes of a workspace that can be taken back, the last one first."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from wirescope.errors import WorkspaceError

MOST = 100
"""Changes that are remembered."""


@dataclass(frozen=True, slots=True)
class _Change:
    words: str
    take_back: Callable[[], object]


class UndoStack:
    """What was done, and how each of it is taken back."""

    def __init__(self) -> None:
        self._changes: deque[_Change] = deque(maxlen=MOST)
        self._lock = threading.Lock()  # several requests may undo at once, each in a thread

    @property
    def next(self) -> str:
        """What would be taken back, in words; empty for nothing."""
        with self._lock:
            return self._changes[-1].words if self._changes else ""

    def note(self, words: str, take_back: Callable[[], object]) -> None:
        """Remember a change."""
        with self._lock:
            self._changes.append(_Change(words, take_back))

    def undo(self) -> str:
        """Take the last change back; it is forgotten whether or not that works. Say which it was.

        Raises:
            WorkspaceError: there is none, or the files are not as the change left them.
        """
        with self._lock:
            if not self._changes:
                raise WorkspaceError("There is nothing to take back.")
            change = self._changes.pop()
        change.take_back()
        return change.words
