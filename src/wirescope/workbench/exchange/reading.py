"""What is being made of a foreign file: records under names of their own, and notes.

Foreign names may hold anything; here they become names of files on every system. Two things of one
name get a number. Everything has a bound, so that no file makes a workspace of a million files.
"""

import re
from collections import Counter
from unicodedata import normalize

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.model import Imported, Note
from wirescope.workbench.workspace import Endpoint, Environment, SavedMessage
from wirescope.workbench.workspace.names import MAX_PARTS, usable_name

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/?#@]*@)?([^?#]*)")

MAX_RECORDS = 10_000
"""Endpoints, messages and environments of one file together; more are refused."""

MAX_BODY = 512 << 10
"""Characters of a message; a longer one has no place in a file that a person keeps."""

MAX_NOTES = 200
"""Further notes are only counted."""


def file_name(text: str) -> str:
    """Make one part of a name of any text, in the form that a workspace has."""
    return normalize("NFC", usable_name(title_of(text)))


def parts_of(title: str) -> list[str]:
    """Part what a person calls something into folders and a name; a sentence is one name.

    >>> parts_of("rooms/lobby"), parts_of("GET /rooms"), parts_of("wss://a.example/x?y")
    (['rooms', 'lobby'], ['GET /rooms'], ['wss://a.example/x'])
    """
    title = title_of(title)
    return [title] if _ADDRESS.match(title) or re.search(r"\s/|/\s", title) else title.split("/")


def title_of(text: str) -> str:
    """Give what something is called; of an address what may hold a secret is left out.

    >>> title_of("wss://me:pw@a.example/x?token=1"), title_of("What?")
    ('wss://a.example/x', 'What?')
    """
    match = _ADDRESS.match(text.strip())
    return f"{match[1]}{match[2]}" if match else text


def join_name(*parts: str) -> str:
    """Put folders and a name together; empty parts are left out, deep folders are cut."""
    return _cut([file_name(part) for part in parts if part.strip()])


def within(folder: str, name: str) -> str:
    """Put a name into a folder; deep folders are cut.

    >>> within("chat", "rooms/lobby")
    'chat/rooms/lobby'
    """
    return _cut([*folder.split("/"), *name.split("/")])


def moved(name: str, endpoint: str, to: str) -> str:
    """Let the name of a message follow its endpoint, where it stands below it.

    >>> moved("a/hello", "a", "a 2"), moved("abc/hello", "a", "a 2")
    ('a 2/hello', 'abc/hello')
    """
    label = name.removeprefix(f"{endpoint}/")
    return name if label == name else within(to, label)


def _cut(parts: list[str]) -> str:
    return "/".join(parts[: MAX_PARTS - 1] + parts[-1:] if len(parts) > MAX_PARTS else parts)


def _leads_out(path: str) -> bool:
    """Say whether the path of a message's file is anywhere, on whichever system."""
    parts = re.split(r"[/\\]", path)
    return ".." in parts or not parts[0] or path.startswith("~") or ":" in parts[0]


class Notes:
    """Notes in order, each once, up to a bound; the rest is counted."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}
        self._untold = 0

    def tell(self, place: str, text: str) -> None:
        """Take a note."""
        note = Note(place, text)
        if note in self._notes:
            return
        if len(self._notes) < MAX_NOTES:
            self._notes[note] = None
        else:
            self._untold += 1

    def all(self) -> list[Note]:
        """Give the notes, and how many there are beyond the bound."""
        further = [Note("", f"{self._untold:,} further notes are left out.")]
        return [*self._notes, *(further if self._untold else [])]


class Reading:
    """Collects what a format's reader finds.

    Args:
        form: the name of the format.
    """

    def __init__(self, form: str) -> None:
        self._form = form
        self.endpoints: dict[str, Endpoint] = {}
        self.messages: dict[str, SavedMessage] = {}
        self.environments: dict[str, Environment] = {}
        self._notes = Notes()
        self._taken: Counter[tuple[str, str]] = Counter()
        self._count = 0

    def note(self, place: str, text: str) -> None:
        """Say something about a place in the file."""
        self._notes.tell(place, text)

    def endpoint(self, name: str, endpoint: Endpoint) -> str:
        """Keep an endpoint; return the name that it got."""
        name = self._unique("endpoint", name)
        self.endpoints[name] = endpoint
        return name

    def message(self, name: str, message: SavedMessage) -> str:
        """Keep a message, unless it is too long; return the name that it got."""
        if len(message.body) > MAX_BODY:
            text = f"It is longer than {MAX_BODY >> 10} KiB and is left out; send it from a file."
            self.note(f"message {name}", text)
            return ""
        if message.kind == "file" and _leads_out(message.body):
            text = "It sends a file of this machine from outside the folder; look which one it is."
            self.note(f"message {name}", text)
        name = self._unique("message", name)
        self.messages[name] = message
        return name

    def environment(self, name: str, environment: Environment) -> str:
        """Keep an environment; return the name that it got."""
        name = self._unique("environment", file_name(name))
        self.environments[name] = environment
        return name

    def done(self) -> Imported:
        """Give what was collected."""
        notes = self._notes.all()
        return Imported(self._form, self.endpoints, self.messages, self.environments, notes=notes)

    def _unique(self, kind: str, name: str) -> str:
        self._count += 1
        if self._count > MAX_RECORDS:
            raise ForeignFormatError(
                f"There are more than {MAX_RECORDS:,} endpoints, messages and environments in it.",
                hint="Import a part of it.",
            )
        name = name or "unnamed"
        wanted, number = name, 1
        # File systems that do not tell cases apart would put the two into one file.
        while self._taken[kind, name.casefold()]:
            number = max(number + 1, self._taken[kind, wanted.casefold()] + 1)
            self._taken[kind, wanted.casefold()] = number
            name = f"{wanted} {number}"
        self._taken[kind, name.casefold()] += 1
        return name
