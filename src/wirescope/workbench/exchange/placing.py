"""What was imported, put into a workspace beside what is there.

Nothing that is there is changed, but for an environment of the same name: it gets the variables and
the names of secrets that it lacks. What is there already and says the same is not made again, so
that a file may be imported twice; another thing of the same name gets a number. Two say the same
when they differ in the names of secrets alone, which the second import cannot know.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wirescope.errors import NameTakenError, UsageError, WorkspaceError
from wirescope.workbench.exchange.model import Imported, Note
from wirescope.workbench.exchange.reading import moved
from wirescope.workbench.exchange.templates import VARIABLE, changed
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Document,
    Environment,
    Kind,
    SavedMessage,
    Workspace,
)

StructT = TypeVar("StructT", bound=Struct)

_MOST_NUMBERS = 1000


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that an import makes or changes.

    Attributes:
        path: from the workspace's folder on.
        outcome: `made`; `changed` for an environment that was added to; `same` for what was there.
    """

    path: str
    outcome: Literal["made", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Placing:
    """How an import went.

    Attributes:
        files: each file, in the order in which they were imported.
        imported: what was imported, by the names that it has in the workspace and with the names
            that secrets have there; its notes have, beside those of the import, what could not be
            put there.
    """

    files: tuple[Placed, ...]
    imported: Imported


def place(imported: Imported, workspace: Workspace, *, dry_run: bool = False) -> Placing:
    """Put what was imported into a workspace.

    Args:
        imported: what was read.
        workspace: where to.
        dry_run: say what would be made, and write nothing.

    Raises:
        WorkspaceError: a file cannot be written; those before it are there, and it may be tried
            again.
    """
    if imported.secrets:
        # What is there may have another name for one of them, which then holds everywhere.
        looking = _Placer(workspace, imported.secrets, dry_run=True)
        looking.take(imported)
        if dry_run and not looking.called:
            return looking.placing(imported)
        imported = _renamed(imported, looking.called)
    placer = _Placer(workspace, {}, dry_run=dry_run)
    placer.take(imported)
    return placer.placing(imported)


def names_taken(workspace: Workspace) -> set[str]:
    """Name the variables and secrets of all environments that can be read, and those of `.env`."""
    names = {*workspace.secrets.in_file()}
    for each in workspace.tree().entries:
        if each.kind != ENVIRONMENT.name or each.folder:
            continue
        try:
            environment = workspace.read(ENVIRONMENT, each.name).value
        except (UsageError, WorkspaceError):
            continue
        names |= {*environment.variables, *environment.secrets}
    return names


def _renamed(imported: Imported, called: Mapping[str, str]) -> Imported:
    """Give secrets the names that they have in the workspace already."""
    if not called:
        return imported

    def name_of(secret: str) -> str:
        return called.get(secret, secret)

    def change(name: str) -> str:
        return f"{{{{{name_of(name)}}}}}"

    return replaced(
        imported,
        endpoints={name: changed(each, change) for name, each in imported.endpoints.items()},
        messages={name: changed(each, change) for name, each in imported.messages.items()},
        environments={
            name: replace(each, secrets=tuple(dict.fromkeys(map(name_of, each.secrets))))
            for name, each in imported.environments.items()
        },
        secrets={name_of(name): value for name, value in imported.secrets.items()},
        notes=[
            Note(note.place, VARIABLE.sub(lambda match: change(match[1]), note.text))
            for note in imported.notes
        ],
    )


class _Placer:
    """Puts one thing after the other.

    Args:
        workspace: where to.
        secrets: names that a thing may have in another way than what is there, to be the same.
        dry_run: write nothing.
    """

    def __init__(self, workspace: Workspace, secrets: Collection[str], *, dry_run: bool) -> None:
        self._workspace, self._dry_run = workspace, dry_run
        self._secrets = secrets
        self._owners: dict[str, str | None] = {}
        self._notes: list[Note] = []
        self._placed: dict[str, dict[str, Any]] = {"endpoint": {}, "message": {}, "environment": {}}
        self._there: dict[tuple[str, str], str] = {
            (each.kind, each.name.casefold()): each.name
            for each in workspace.tree().entries
            if not each.folder
        }
        self.called: dict[str, str] = {}
        self.files: list[Placed] = []

    def take(self, imported: Imported) -> None:
        """Put all of it; messages follow their endpoints."""
        for name, endpoint in imported.endpoints.items():
            self._owners[name] = self._put(ENDPOINT, name, endpoint)
        for name, message in imported.messages.items():
            self._message(name, message)
        for name, environment in imported.environments.items():
            self._environment(name, environment)

    def _message(self, name: str, message: SavedMessage) -> None:
        endpoint = message.endpoint
        if endpoint is None:
            self._put(MESSAGE, name, message)
            return
        owner = self._owners.get(endpoint, endpoint)
        if owner is None:
            self._note(MESSAGE, name, "It is left out with its endpoint.")
        else:
            self._put(MESSAGE, moved(name, endpoint, owner), replace(message, endpoint=owner))

    def _environment(self, name: str, environment: Environment) -> None:
        """Make an environment, or add to the one of that name what it lacks."""
        there = self._there.get((ENVIRONMENT.name, name.casefold()))
        document = None if there is None else self._read(ENVIRONMENT, there)
        if there is None or document is None:
            self._put(ENVIRONMENT, name, environment)
            return
        known = document.value
        named = {*known.variables, *known.secrets}
        others = [key for key, value in environment.variables.items()
                  if key in named and known.variables.get(key) != value]  # fmt: skip
        if others:
            text = f"It keeps its own {', '.join(others)}, which the file has with another value."
            self._note(ENVIRONMENT, there, text)
        further = {k: v for k, v in environment.variables.items() if k not in named}
        secrets = tuple(key for key in environment.secrets if key not in {*named, *further})
        joined = replace(
            known, variables=known.variables | further, secrets=known.secrets + secrets
        )
        if joined != known and not self._dry_run:
            self._workspace.save(ENVIRONMENT, there, joined, digest=document.digest)
        self._done(ENVIRONMENT, there, joined, "same" if joined == known else "changed")

    def placing(self, imported: Imported) -> Placing:
        """Say how it went."""
        known = self._workspace.secrets.in_file()
        secrets = imported.secrets.items()
        others = [name for name, value in secrets if known.get(name, value) != value]
        if others:
            text = f"It keeps its own {', '.join(others)}, which the file has with another value."
            self._notes.append(Note(".env", text))
        placed = replaced(
            imported,
            endpoints=self._placed["endpoint"],
            messages=self._placed["message"],
            environments=self._placed["environment"],
            notes=[*imported.notes, *self._notes],
        )
        return Placing(tuple(self.files), placed)

    def _put(self, kind: Kind[StructT], name: str, value: StructT) -> str | None:
        """Make a file, unless one says the same; return its name, None where it is left out."""
        for number in range(1, _MOST_NUMBERS):
            wanted = name if number == 1 else f"{name} {number}"
            there = self._there.get((kind.name, wanted.casefold()))
            if there is None:
                try:
                    self._make(kind, wanted, value)
                except NameTakenError:  # by a folder, or by what somebody made meanwhile
                    continue
                except UsageError as error:  # a text in it is none that a file can hold
                    self._note(kind, wanted, f"It is left out: {error.message}")
                    return None
                return wanted
            document = self._read(kind, there)
            if document is not None and self._is_same(document.value, value):
                self._done(kind, there, document.value, "same")
                return there
        self._note(kind, name, "It is left out: no name like it is free.")
        return None

    def _make(self, kind: Kind[StructT], name: str, value: StructT) -> None:
        if not self._dry_run:
            self._workspace.save(kind, name, value, digest=None)
        self._there[kind.name, name.casefold()] = name
        self._done(kind, name, value, "made")

    def _is_same(self, there: Struct, ours: Struct) -> bool:
        """Whether two say the same; a secret may be called otherwise, which is remembered."""
        if there == ours:
            return True
        texts = [msgspec.json.encode(each).decode() for each in (there, ours)]
        if len({VARIABLE.sub("{{}}", text) for text in texts}) > 1:
            return False
        theirs, names = (VARIABLE.findall(text) for text in texts)
        pairs = {*zip(names, theirs, strict=True), *self.called.items()}
        called = dict(pairs)
        # One name here would be two there, or two here would be one there.
        if not len(called) == len(set(called.values())) == len(pairs):
            return False
        called = {name: there for name, there in called.items() if name != there}
        if not set(called) <= set(self._secrets):
            return False
        self.called = called
        return True

    def _read(self, kind: Kind[StructT], name: str) -> Document[StructT] | None:
        try:
            return self._workspace.read(kind, name)
        except (UsageError, WorkspaceError):
            return None  # broken, no name, or planned in a dry run only

    def _note(self, kind: Kind[Any], name: str, text: str) -> None:
        self._notes.append(Note(f"{kind.name} {name}", text))

    def _done(
        self, kind: Kind[Any], name: str, value: Any, outcome: Literal["made", "changed", "same"]
    ) -> None:
        self._placed[kind.name][name] = value
        self.files.append(Placed(f"{kind.folder}/{name}.yaml", outcome))
