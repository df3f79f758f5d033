"""What was imported, put into a workspace beside what is there.

Nothing that is there is changed, but for an environment of the same name: it gets the variables and
the names of secrets that it lacks. What is there already and says the same is not made again, so
that a file may be imported twice; another thing of the same name gets a number. Two say the same
when they differ in the names of secrets alone, which the second import cannot know.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wirescope.errors import UsageError, WorkspaceError
from wirescope.workbench.exchange.model import Exported, Imported, Note
from wirescope.workbench.exchange.templates import VARIABLE
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Document,
    Endpoint,
    Environment,
    Kind,
    SavedMessage,
    Workspace,
)

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
        notes: those of the import, with the names that secrets have in the workspace, and what
            could not be put there.
        secrets: values of secrets by the names that they have in the workspace.
    """

    files: tuple[Placed, ...]
    notes: tuple[Note, ...]
    secrets: Mapping[str, str]


def place(imported: Imported, workspace: Workspace, *, dry_run: bool = False) -> Placing:
    """Put what was imported into a workspace.

    Args:
        imported: what was read.
        workspace: where to.
        dry_run: say what would be made, and write nothing.
    """
    placer = _Placer(workspace, imported.secrets, dry_run=dry_run)
    names = {
        name: placer.put(ENDPOINT, name, endpoint) for name, endpoint in imported.endpoints.items()
    }
    for name, message in imported.messages.items():
        owner = names.get(message.endpoint or "", message.endpoint)
        if owner != message.endpoint and message.endpoint is not None:
            name = f"{owner}{name.removeprefix(message.endpoint)}"
        placer.put(MESSAGE, name, replace(message, endpoint=owner))
    for name, environment in imported.environments.items():
        placer.environment(name, environment)
    secrets = {placer.secret(name): value for name, value in imported.secrets.items()}
    notes = [Note(note.place, placer.renamed(note.text)) for note in imported.notes]
    return Placing(tuple(placer.files), (*notes, *placer.notes), secrets)


def names_taken(workspace: Workspace) -> set[str]:
    """Name the variables and secrets of all environments that can be read."""
    names: set[str] = set()
    for name in _names_of(workspace, ENVIRONMENT):
        try:
            environment = workspace.read(ENVIRONMENT, name).value
        except WorkspaceError:
            continue
        names |= {*environment.variables, *environment.secrets}
    return names


def take_out(workspace: Workspace, chosen: tuple[str, ...] = ()) -> tuple[Exported, list[Note]]:
    """Read what is to be exported: endpoints by name or folder, their messages, environments.

    Args:
        workspace: where from.
        chosen: names of endpoints or of folders of them; none takes all.

    Returns:
        What was read, and notes on the files that cannot be.

    Raises:
        UsageError: there is no endpoint and no folder of that name.
    """
    notes: list[Note] = []
    names = _names_of(workspace, ENDPOINT)
    for each in chosen:
        if not any(name == each or name.startswith(f"{each.rstrip('/')}/") for name in names):
            raise UsageError(
                f"There is no endpoint {each!r} in the workspace.",
                hint=f"There are {', '.join(names[:20])}." if names else "It has no endpoints.",
            )
    wanted = [
        name
        for name in names
        if not chosen or any(name == each or name.startswith(f"{each.rstrip('/')}/")
                             for each in chosen)
    ]  # fmt: skip
    endpoints: Mapping[str, Endpoint] = _read(workspace, ENDPOINT, wanted, notes)
    messages: Mapping[str, SavedMessage] = _read(
        workspace, MESSAGE, _names_of(workspace, MESSAGE), notes
    )
    environments: Mapping[str, Environment] = _read(
        workspace, ENVIRONMENT, _names_of(workspace, ENVIRONMENT), notes
    )
    belonging = {name: each for name, each in messages.items() if each.endpoint in endpoints}
    if free := sum(each.endpoint is None for each in messages.values()):
        notes.append(Note("", f"Messages that belong to no endpoint, left out: {free}."))
    return Exported(workspace.name, endpoints, belonging, environments), notes


def _read(workspace: Workspace, kind: Kind[Any], names: list[str], notes: list[Note]) -> Any:
    found = {}
    for name in names:
        try:
            found[name] = workspace.read(kind, name).value
        except WorkspaceError as error:
            notes.append(Note(f"{kind.name} {name}", f"It is left out: {error.message}"))
    return found


def _names_of(workspace: Workspace, kind: Kind[Any]) -> list[str]:
    entries = workspace.tree().entries
    return [each.name for each in entries if each.kind == kind.name and not each.folder]


class _Placer:
    """Puts one thing after the other."""

    def __init__(self, workspace: Workspace, secrets: Collection[str], *, dry_run: bool) -> None:
        self._workspace, self._dry_run = workspace, dry_run
        self._secrets = secrets
        self._called: dict[str, str] = {}
        self.files: list[Placed] = []
        self.notes: list[Note] = []
        self._there: dict[tuple[str, str], str] = {
            (each.kind, each.name.casefold()): each.name
            for each in workspace.tree().entries
            if not each.folder
        }

    def put(self, kind: Kind[Any], name: str, value: Any) -> str:
        """Make a file, unless one says the same; return its name."""
        for number in range(1, _MOST_NUMBERS):
            wanted = name if number == 1 else f"{name} {number}"
            there = self._there.get((kind.name, wanted.casefold()))
            if there is None:
                return self._make(kind, wanted, value)
            document = self._read(kind, there)
            if document is not None and self._is_same(document.value, value):
                self._note(kind, there, "same")
                return there
        self.notes.append(Note(f"{kind.name} {name}", "There are too many of this name already."))
        return name

    def secret(self, name: str) -> str:
        """Give the name that a secret has in the workspace."""
        return self._called.get(name, name)

    def renamed(self, text: str) -> str:
        """Give a text with the names that secrets have in the workspace."""
        return VARIABLE.sub(lambda match: f"{{{{{self.secret(match[1])}}}}}", text)

    def _is_same(self, there: Struct, ours: Struct) -> bool:
        if there == ours:
            return True
        texts = [msgspec.json.encode(each).decode() for each in (there, ours)]
        theirs, names = (VARIABLE.findall(text) for text in texts)
        renamed = {new: old for old, new in zip(theirs, names, strict=False) if old != new}
        if not set(renamed) <= set(self._secrets):
            return False
        if len({VARIABLE.sub("{{}}", text) for text in texts}) > 1:
            return False
        self._called |= renamed
        return True

    def environment(self, name: str, environment: Environment) -> None:
        """Make an environment, or add to the one of that name what it lacks."""
        secrets = tuple(dict.fromkeys(map(self.secret, environment.secrets)))
        environment = replace(environment, secrets=secrets)
        there = self._there.get((ENVIRONMENT.name, name.casefold()))
        document = None if there is None else self._read(ENVIRONMENT, there)
        if there is None or document is None:
            self.put(ENVIRONMENT, name, environment)
            return
        known = document.value
        named = {*known.variables, *known.secrets}
        others = [key for key, value in environment.variables.items()
                  if key in named and known.variables.get(key) != value]  # fmt: skip
        if others:
            listed = ", ".join(others)
            text = f"It keeps its own {listed}, which the file has with another value."
            self.notes.append(Note(f"environment {there}", text))
        further = {k: v for k, v in environment.variables.items() if k not in named}
        secrets = tuple(key for key in environment.secrets if key not in {*named, *further})
        if not further and not secrets:
            self._note(ENVIRONMENT, there, "same")
            return
        joined = replace(
            known, variables=known.variables | further, secrets=known.secrets + secrets
        )
        if not self._dry_run:
            self._workspace.save(ENVIRONMENT, there, joined, digest=document.digest)
        self._note(ENVIRONMENT, there, "changed")

    def _make(self, kind: Kind[Any], name: str, value: Any) -> str:
        if not self._dry_run:
            try:
                self._workspace.save(kind, name, value, digest=None)
            except UsageError as error:  # a text in it is none that a file can hold
                self.notes.append(Note(f"{kind.name} {name}", f"It is left out: {error.message}"))
                return name
        self._there[kind.name, name.casefold()] = name
        self._note(kind, name, "made")
        return name

    def _read(self, kind: Kind[Any], name: str) -> Document[Any] | None:
        try:
            return self._workspace.read(kind, name)
        except WorkspaceError:
            return None  # broken, or planned in a dry run only

    def _note(
        self, kind: Kind[Any], name: str, outcome: Literal["made", "changed", "same"]
    ) -> None:
        self.files.append(Placed(f"{kind.folder}/{name}.yaml", outcome))
