"""What is being made of a foreign file: records under names of their own, and notes.

Foreign names may hold anything; here they become names of files on every system. Two things of one
name get a number. Everything has a bound, so that no file makes a workspace of a million files.
"""

from collections import Counter

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.model import Imported, Note
from wirescope.workbench.workspace import Endpoint, Environment, SavedMessage
from wirescope.workbench.workspace.names import MAX_FOLDERS, usable_name

MAX_RECORDS = 10_000
"""Endpoints, messages and environments of one file together; more are refused."""

MAX_BODY = 512 << 10
"""Characters of a message; a longer one has no place in a file that a person keeps."""

MAX_NOTES = 200
"""Further notes are only counted."""


def join_name(*parts: str) -> str:
    """Put folders and a name together; empty parts are left out, deep folders are cut."""
    names = [usable_name(part) for part in parts if part.strip()]
    return "/".join(names[: MAX_FOLDERS - 1] + names[-1:] if len(names) > MAX_FOLDERS else names)


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
        self.notes: list[Note] = []
        self._taken: Counter[tuple[str, str]] = Counter()
        self._count = 0
        self._untold = 0

    def note(self, place: str, text: str) -> None:
        """Say something about a place in the file."""
        note = Note(place, text)
        if len(self.notes) >= MAX_NOTES:
            self._untold += 1
        elif note not in self.notes:
            self.notes.append(note)

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
        name = self._unique("message", name)
        self.messages[name] = message
        return name

    def environment(self, name: str, environment: Environment) -> str:
        """Keep an environment; return the name that it got."""
        name = self._unique("environment", usable_name(name))
        self.environments[name] = environment
        return name

    def done(self) -> Imported:
        """Give what was collected."""
        if self._untold:
            self.notes.append(Note("", f"{self._untold:,} further notes are left out."))
        return Imported(
            self._form, self.endpoints, self.messages, self.environments, notes=self.notes
        )

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
