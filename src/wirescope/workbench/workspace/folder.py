"""A workspace: the folder, and its files read, saved, moved, deleted, found.

Opening one connects to nothing and runs nothing. Calls block, for as long as a disk takes; a face
with an event loop makes them in a thread. One `Workspace` may be used from several threads.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wirescope.clock import Clock, SystemClock
from wirescope.errors import (
    BrokenFileError,
    NameTakenError,
    UsageError,
    WirescopeError,
    WorkspaceError,
)
from wirescope.workbench.workspace.documents import (
    ENDPOINT,
    ENVIRONMENT,
    KINDS,
    MESSAGE,
    SCHEMA_COMMENT,
    SETTINGS,
    Document,
    Kind,
    check_size,
    digest_of,
    read_document,
    write_document,
)
from wirescope.workbench.workspace.files import Files, absent
from wirescope.workbench.workspace.history import History
from wirescope.workbench.workspace.layout import (
    SETTINGS_FILE,
    is_workspace,
    lay_out,
    sweep,
    write_schemas,
)
from wirescope.workbench.workspace.model import Environment, WorkspaceSettings
from wirescope.workbench.workspace.names import SUFFIX, check_name, inside
from wirescope.workbench.workspace.problems import Problem, Problems
from wirescope.workbench.workspace.references import reference_problems
from wirescope.workbench.workspace.searching import Match, matches_in
from wirescope.workbench.workspace.secret_store import SecretStore
from wirescope.workbench.workspace.trash import Trash, Trashed
from wirescope.workbench.workspace.tree import MAX_ENTRIES, Tree, tree_of
from wirescope.workbench.workspace.variables import Resolver

StructT = TypeVar("StructT", bound=msgspec.Struct)

MAX_MATCHES = 200

MAX_PROBLEMS = 200
"""Problems of each severity that are told of a workspace."""

_MOST_KNOWN = 2 * MAX_ENTRIES
"""Files whose meaning is remembered."""

_MOST_KNOWN_BYTES = 64 << 20
"""Their size together; each may have a mebibyte."""


class RawFile(Struct, frozen=True, kw_only=True):
    """A file's text as it is, also where it cannot be understood.

    Attributes:
        text: its text; bytes that are not UTF-8 are replaced.
        digest: of its bytes.
        problems: what is wrong with it, and advice.
    """

    text: str
    digest: str
    problems: tuple[Problem, ...] = ()


class Workspace:
    """A workspace that is open.

    Attributes:
        root: its folder, absolute and without links.
        secrets: where the values of its secrets come from.
        history: its captures.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root = root
        self._clock = clock
        self._trash = Trash(root, clock)
        self.history = History(root, clock=clock, trash=self._trash)
        self._files = Files(root)
        self.secrets = SecretStore(self._files)
        self._known: dict[tuple[str, str], Any] = {}
        self._known_size = 0

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None) -> "Workspace":
        """Open the workspace in a folder.

        Raises:
            WorkspaceError: there is none.
        """
        root = folder.expanduser().resolve()
        if not is_workspace(root):
            raise WorkspaceError(
                f"{folder} is not a workspace: it has no {SETTINGS_FILE}.",
                hint="Create a workspace there, or open its folder.",
            )
        write_schemas(root)
        clock = clock or SystemClock()
        sweep(root, now_ns=clock.wall_ns())
        return cls(root, clock)

    @classmethod
    def create(cls, folder: Path, *, name: str = "", clock: Clock | None = None) -> "Workspace":
        """Make a folder a workspace, and open it; what is in it already stays.

        Raises:
            WorkspaceError: the folder cannot be written, or is a workspace already.
        """
        root = folder.expanduser().resolve()
        if is_workspace(root):
            raise NameTakenError(f"{folder} is a workspace already.", hint="Open it.")
        lay_out(root, name)
        return cls(root, clock or SystemClock())

    @property
    def name(self) -> str:
        """What it is called: as its settings say, else as its folder."""
        try:
            return self.settings().value.name or self.root.name
        except WirescopeError:
            return self.root.name

    # Reading

    def tree(self) -> Tree:
        """List the files of all kinds."""
        return tree_of(self.root, KINDS)

    def settings(self) -> Document[WorkspaceSettings]:
        """Read the workspace's settings.

        Raises:
            BrokenFileError: they cannot be used.
        """
        return self.read(SETTINGS, "")

    def read(self, kind: Kind[StructT], name: str) -> Document[StructT]:
        """Read a file.

        Raises:
            BrokenFileError: it cannot be used; the problems say where and why.
            UsageError: the name is none of a file in the workspace.
            WorkspaceError: there is no such file, or it cannot be read.
        """
        path = self.path(kind, name)
        try:
            document = self._parsed(kind, self._files.read(path))
        except BrokenFileError as error:
            raise BrokenFileError(self._placed(path, error.problems)) from None
        return Document(
            document.value, document.text, document.digest, self._placed(path, document.problems)
        )

    def read_raw(self, kind: Kind[Any], name: str) -> RawFile:
        """Read a file's text, also where it is broken."""
        path = self.path(kind, name)
        data = self._files.read(path)
        try:
            problems = self._parsed(kind, data).problems
        except BrokenFileError as error:
            problems = error.problems
        return RawFile(
            text=data.decode("utf-8-sig", errors="replace"),
            digest=digest_of(data),
            problems=self._placed(path, problems),
        )

    def problems(self) -> tuple[Problem, ...]:
        """Read all files and say what is wrong with them; the good ones stay usable.

        Of each severity `MAX_PROBLEMS` are told, and how many more there are.
        """
        tree = self.tree()
        found = Problems(MAX_PROBLEMS)
        found.extend(self.secrets.problems())
        found.extend(tree.problems)
        names = {
            f"{kind.name}s": {
                each.name for each in tree.entries if each.kind == kind.name and not each.folder
            }
            for kind in (ENDPOINT, MESSAGE)
        }
        for kind, name in ((SETTINGS, ""), *_files_of(tree)):
            try:
                document = self.read(kind, name)
                found.extend(document.problems)
                missing = reference_problems(document, **names)
                found.extend(self._placed(self.path(kind, name), missing))
            except BrokenFileError as error:
                found.extend(error.problems)
            except WirescopeError as error:
                shown = f"{kind.folder}/{name}{SUFFIX}" if kind.folder else SETTINGS_FILE
                found.add(Problem(message=error.message, hint=error.hint, path=shown))
        return found.told()

    def find(self, text: str) -> list[Match]:
        """Find a text in names and files, in any case; at most `MAX_MATCHES` places."""
        found: list[Match] = []
        for kind, name in _files_of(self.tree()) if text else ():
            try:
                content = self._files.read(self.path(kind, name)).decode(errors="replace")
            except WirescopeError:
                content = ""
            places = matches_in(kind.name, name, content, text)
            found += islice(places, MAX_MATCHES - len(found))
            if len(found) >= MAX_MATCHES:
                break
        return found

    def resolver(
        self, environment: str | None, *, variables: Mapping[str, str], random: Random
    ) -> Resolver:
        """Return what variables stand for, for one connection or one sending.

        Args:
            environment: the name of the chosen environment; None has no variables.
            variables: the process's environment, in which secrets are looked for.
            random: for the built-ins.
        """
        chosen = self.read(ENVIRONMENT, environment).value if environment else Environment()
        return Resolver(
            chosen.variables,
            secrets=chosen.secrets,
            secret=lambda name: self.secrets.value(name, variables),
            clock=self._clock,
            random=random,
        )

    # Writing

    def save(
        self, kind: Kind[StructT], name: str, value: StructT, *, digest: str | None
    ) -> Document[StructT]:
        """Save a file; comments and what else is in it stay.

        Args:
            kind: its kind.
            name: its name.
            value: what it is to say.
            digest: that of the file as it was read; None for a new one.

        Raises:
            NameTakenError: it was to be a new one, and is there.
            ConflictError: it was changed or deleted since it was read.
            BrokenFileError: it is what was read, but cannot be edited.
            WorkspaceError: it cannot be written.
        """
        path = self.path(kind, name)
        with self._files.lock:
            if digest is None:
                data = write_document(kind, value, before=None, schema=self._schema(kind, name))
                self._files.write(path, data, new=True)
            else:
                there = self._files.unchanged(path, digest, lambda: _as_text(kind, value))
                before = self._parsed(kind, there)
                data = write_document(kind, value, before=before)
                self._files.write(path, data)
        return self.read(kind, name)

    def save_raw(self, kind: Kind[Any], name: str, text: str, *, digest: str) -> RawFile:
        """Save a file's text as it is, to repair one that is broken.

        Raises:
            ConflictError: it was changed or deleted since it was read.
            WorkspaceError: it cannot be written.
        """
        path = self.path(kind, name)
        data = text.encode(errors="replace")
        check_size(len(data))
        with self._files.lock:
            self._files.unchanged(path, digest, lambda: text)
            self._files.write(path, data)
        return self.read_raw(kind, name)

    def duplicate(self, kind: Kind[Any], name: str) -> str:
        """Copy a file, comments included, and return the copy's name: `feed 2`."""
        with self._files.lock:
            data = self._files.read(self.path(kind, name))
            number = 2
            while self.path(kind, f"{name} {number}").exists():
                number += 1
            copy = check_name(f"{name} {number}")
            self._files.write(self.path(kind, copy), data, new=True)
        return copy

    def rename(self, kind: Kind[Any], name: str, new_name: str) -> None:
        """Give a file another name, or another folder.

        Raises:
            NameTakenError: there is a file of that name.
        """
        source, target = self.path(kind, name), self.path(kind, new_name)
        with self._files.lock:
            self._files.move(source, target)
            with suppress(WorkspaceError):
                self._set_schema(kind, new_name, target)

    def make_folder(self, kind: Kind[Any], name: str) -> None:
        """Make a folder."""
        self._files.make_folder(self.folder_path(kind, name))

    def rename_folder(self, kind: Kind[Any], name: str, new_name: str) -> None:
        """Give a folder another name or another place, with all that is in it."""
        source, target = self.folder_path(kind, name), self.folder_path(kind, new_name)
        if target.is_relative_to(source) and target != source:
            raise UsageError(f"{name} cannot be moved into itself.")
        with self._files.lock:
            self._files.move(source, target)
            for path in sorted(target.rglob(f"*{SUFFIX}")):
                inner = path.relative_to(self.root / kind.folder).as_posix().removesuffix(SUFFIX)
                with suppress(WorkspaceError):  # only what an editor completes depends on it
                    self._set_schema(kind, inner, path)

    def delete(self, kind: Kind[Any], name: str) -> Trashed:
        """Put a file into the trash; `undo_delete` brings it back."""
        with self._files.lock:
            path = self.path(kind, name)
            if not path.is_file():
                raise absent(self._files.shown(path))
            return self._to_trash(path)

    def delete_folder(self, kind: Kind[Any], name: str) -> Trashed:
        """Put a folder into the trash, with all that is in it."""
        with self._files.lock:
            path = self.folder_path(kind, name)
            if not path.is_dir():
                raise absent(self._files.shown(path))
            return self._to_trash(path)

    def undo_delete(self, identifier: str) -> tuple[str, ...]:
        """Bring back what was deleted; the paths of the files, from the workspace on."""
        with self._files.lock:
            paths = self._trash.restore(identifier)
            for path in paths:
                self._files.note_there(self.root / path)
            return paths

    def trash(self) -> list[Trashed]:
        """List what was deleted and can come back, the last first."""
        return self._trash.things()

    def did(self, path: Path, digest: str) -> bool:
        """Whether a file is as this workspace left it, so that nobody else changed it."""
        return self._files.did(path, digest)

    # Paths

    def path(self, kind: Kind[Any], name: str) -> Path:
        """Return where a file is.

        Raises:
            UsageError: the name is none of a file in the workspace.
        """
        if not kind.folder:
            return inside(self.root, self.root / SETTINGS_FILE)
        usual = check_name(name)
        path = inside(self.root, self.root / kind.folder / (name + SUFFIX))
        # Other systems spell é in two characters; a name may be too long in that spelling only.
        if usual != name and not os.path.exists(path):  # noqa: PTH110 - Path's raises then
            path = inside(self.root, self.root / kind.folder / (usual + SUFFIX))
        return path

    def folder_path(self, kind: Kind[Any], name: str) -> Path:
        """Return where a folder is.

        Raises:
            UsageError: the name is none of a folder in the workspace, which has to take a file.
        """
        check_name(f"{name}/file")
        return inside(self.root, self.root / kind.folder / check_name(name))

    def _parsed(self, kind: Kind[StructT], data: bytes) -> Document[StructT]:
        """Read what a file holds, or remember what the same bytes said before."""
        key = (kind.name, digest_of(data))
        known: Document[StructT] | tuple[Problem, ...] | None = self._known.get(key)
        if known is None:
            try:
                known = read_document(kind, data)
            except BrokenFileError as error:
                known = error.problems
            self._remember(key, known, len(data))
        if isinstance(known, tuple):
            raise BrokenFileError(known)
        return known

    def _remember(self, key: tuple[str, str], known: Any, size: int) -> None:
        """Keep what a file says, up to a bound, so that a look at all files reads only new ones."""
        with self._files.lock:
            if len(self._known) >= _MOST_KNOWN or self._known_size + size > _MOST_KNOWN_BYTES:
                self._known.clear()
                self._known_size = 0
            self._known[key] = known
            self._known_size += size

    def _to_trash(self, path: Path) -> Trashed:
        self._files.note_gone(path)
        return self._trash.put(path)

    def _placed(self, path: Path, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        shown = path.relative_to(self.root).as_posix()
        return tuple(replace(problem, path=shown) for problem in problems)

    def _schema(self, kind: Kind[Any], name: str) -> str:
        up = "../" * (name.count("/") + 1) if kind.folder else ""
        return f"{up}.wirescope/schemas/{kind.name}.json"

    def _set_schema(self, kind: Kind[Any], name: str, path: Path) -> None:
        """Let a file's first line lead to the schema from where it is now; no link is followed."""
        if path.is_symlink():
            return
        data = self._files.read(path)
        if (moved := self._with_schema(kind, name, data)) != data:
            self._files.write(path, moved)

    def _with_schema(self, kind: Kind[Any], name: str, data: bytes) -> bytes:
        first, line_break, rest = data.partition(b"\n")
        begin = SCHEMA_COMMENT.encode()
        if not first.startswith(begin) or b".wirescope/schemas/" not in first:
            return data
        end = b"\r" if first.endswith(b"\r") else b""
        return begin + self._schema(kind, name).encode() + end + line_break + rest


def _files_of(tree: Tree) -> Iterator[tuple[Kind[Any], str]]:
    kinds = {kind.name: kind for kind in KINDS}
    for entry in tree.entries:
        if not entry.folder:
            yield kinds[entry.kind], entry.name


def _as_text(kind: Kind[StructT], value: StructT) -> str:
    return write_document(kind, value, before=None).decode()


__all__ = ["ENDPOINT", "ENVIRONMENT", "MESSAGE", "SETTINGS", "RawFile", "Workspace"]
