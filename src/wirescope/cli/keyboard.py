"""What a person types with at the prompt: the terminal, the history, the completion.

History is a file of this user's alone.
"""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys


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


async def pause(keys: Input, seconds: float) -> None:
    """Wait while there is no prompt; what is typed meanwhile is for the next one.

    Ctrl-D and Ctrl-C are for it as well, and end the wait; Ctrl-C drops what else was typed.
    """
    typed: list[KeyPress] = get_typeahead(keys)
    over = asyncio.Event()

    def read() -> None:
        new = keys.read_keys()
        typed.extend(new)
        if keys.closed or any(press.key in (Keys.ControlC, Keys.ControlD) for press in new):
            over.set()

    # Otherwise Ctrl-D is the line discipline's, which lets nobody know of it.
    with keys.raw_mode(), keys.attach(read):
        if not (typed and typed[0].key == Keys.ControlD):
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), seconds)
    interrupts = [press for press in typed if press.key == Keys.ControlC]
    store_typeahead(keys, interrupts[:1] or typed)


class SlashCompleter(Completer):
    """Commands after a slash, files after `/send @`."""

    def __init__(self, usage: Mapping[str, tuple[str, str]]) -> None:
        self._usage = usage
        self._paths = PathCompleter(expanduser=True)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what can stand at the cursor."""
        text = document.text_before_cursor
        name, blank, rest = text.partition(" ")
        if not blank and text.startswith("/") and not text.startswith("//"):
            for command, (usage, purpose) in self._usage.items():
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
