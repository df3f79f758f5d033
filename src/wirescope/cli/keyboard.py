"""What a person types with at the prompt: the terminal, the history, the completion.

History is a file of this user's alone.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input, create_input

from wirescope.cli.slash import USAGE


@contextmanager
def keyboard() -> Iterator[Input]:
    """Open the terminal behind stdin anew, to read from it.

    The event loop makes what it reads from non-blocking. On stdin itself that would also be so for
    stdout and stderr, which on a terminal are the same open file, and what is written there would
    be cut off where the terminal is slow.
    """
    terminal = _own_terminal()
    if terminal is None:
        yield create_input()
        return
    with terminal:
        yield create_input(terminal)


def _own_terminal() -> TextIO | None:
    if sys.platform == "win32":
        return None
    try:
        name = os.ttyname(sys.stdin.fileno())
        return open(name, encoding=sys.stdin.encoding, opener=_open_terminal)
    except OSError:  # another user's, or one that has no name in this container
        return None


def _open_terminal(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOCTTY)


class SlashCompleter(Completer):
    """Commands after a slash, files after `/send @`."""

    def __init__(self) -> None:
        self._paths = PathCompleter(expanduser=True)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what can stand at the cursor."""
        text = document.text_before_cursor
        name, blank, rest = text.partition(" ")
        if not blank and text.startswith("/") and not text.startswith("//"):
            for command, (usage, purpose) in USAGE.items():
                if command.startswith(text):
                    yield Completion(command, -len(text), display=usage, display_meta=purpose)
        elif name == "/send" and "@" in rest:
            path = rest[rest.index("@") + 1 :]
            yield from self._paths.get_completions(Document(path, len(path)), complete_event)


def history_path() -> Path:
    """Where the history is: this platform's place for state."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:  # XDG Base Directory Specification
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    return base / "wirescope" / "history"


def open_history() -> History:
    """The history's file, made for this user alone; in memory where there can be none."""
    path = history_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
