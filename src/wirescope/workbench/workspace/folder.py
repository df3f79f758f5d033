"""A workspace: the folder, and its files read, saved, moved, deleted, found.

Opening one connects to nothing and runs nothing. Calls block, for as long as a disk takes; a face
with an event loop makes them in a thread. One `Workspace` may be used from several threads.
"""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wirescope.clock import Clock, SystemClock
from wirescope.errors import (
    BrokenFileError,
    ConflictError,
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
from wirescope.workbench.workspace.layout import SETTINGS_FILE, lay_out, write_schemas
from wirescope.workbench.workspace.model import Environment, WorkspaceSettings
from wirescope.workbench.workspace.names import SUFFIX, check_name, inside
from wirescope.workbench.workspace.problems import Problem
from wirescope.workbench.workspace.saving import cannot, move_file, write_file
from wirescope.workbench.workspace.searching import Match, matches_in
from wirescope.workbench.workspace.secret_store import SecretStore
from wirescope.workbench.workspace.trash import Trash, Trashed
from wirescope.workbench.workspace.tree import Tree, tree_of
from wirescope.workbench.workspace.variables import Resolver

StructT = TypeVar("StructT", bound=msgspec.Struct)

MAX_MATCHES = 200


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
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root = root
        self.secrets = SecretStore(root)
        self._clock = clock
        self._trash = Trash(root, clock)
        self._lock = threading.RLock()
        self._written: dict[Path, str] = {}

    @classmethod
    def open(cls, folder: Path, *, clock: Clock | None = None) -> "Workspace":
        """Open the workspace in a folder.

        Raises:
            WorkspaceError: there is none.
        """
        root = folder.expanduser().resolve()
        if not (root / SETTINGS_FILE).is_file():
            raise WorkspaceError(
                f"{folder} is not a workspace: it has no {SETTINGS_FILE}.",
                hint="Create a workspace there, or open its folder.",
            )
        write_schemas(root)
        return cls(root, clock or SystemClock())

    @classmethod
    def create(cls, folder: Path, *, name: str = "", clock: Clock | None = None) -> "Workspace":
        """Make a folder a workspace, and open it; what is in it already stays.

        Raises:
            WorkspaceError: the folder cannot be written, or is a workspace already.
        """
        root = folder.expanduser().resolve()
        if (root / SETTINGS_FILE).exists():
            raise NameTakenError(f"{folder} is a workspace already.", hint="Open it.")
        lay_out(root, name)
        return cls(root, clock or SystemClock())

    @property
    def name(self) -> str:
        """What it is called: as its settings say, else as its folder."""
        try:
            return self.settings().value.name or self.root.name
        except WorkspaceError:
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
            document = read_document(kind, self._bytes(path))
        except BrokenFileError as error:
            raise BrokenFileError(self._placed(path, error.problems)) from None
        return Document(
            document.value, document.text, document.digest, self._placed(path, document.problems)
        )

    def read_raw(self, kind: Kind[Any], name: str) -> RawFile:
        """Read a file's text, also where it is broken."""
        path = self.path(kind, name)
        data = self._bytes(path)
        try:
            problems = read_document(kind, data).problems
        except BrokenFileError as error:
            problems = error.problems
        return RawFile(
            text=data.decode("utf-8-sig", errors="replace"),
            digest=digest_of(data),
            problems=self._placed(path, problems),
        )

    def problems(self) -> tuple[Problem, ...]:
        """Read all files and say what is wrong with them; the good ones stay usable."""
        found: list[Problem] = list(self.tree().problems)
        for kind, name in self._files(SETTINGS):
            try:
                found += self.read(kind, name).problems
            except BrokenFileError as error:
                found += error.problems
            except WirescopeError as error:
                path = self.path(kind, name)
                found += self._placed(path, (Problem(message=error.message, hint=error.hint),))
        return (*found, *self.secrets.problems())

    def find(self, text: str) -> list[Match]:
        """Find a text in names and files, in any case; at most `MAX_MATCHES` places."""
        found: list[Match] = []
        for kind, name in self._files() if text else ():
            try:
                content = self._bytes(self.path(kind, name)).decode(errors="replace")
            except WirescopeError:
                content = ""
            found += matches_in(kind.name, name, content, text)
            if len(found) >= MAX_MATCHES:
                break
        return found[:MAX_MATCHES]

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
        with self._lock:
            if digest is None:
                data = write_document(kind, value, before=None, schema=self._schema(kind, name))
                self._write_new(path, name, data)
            else:
                there = self._unchanged(path, digest, lambda: _as_text(kind, value))
                before = read_document(kind, there)
                data = write_document(kind, value, before=before)
                self._write(path, data)
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
        with self._lock:
            self._unchanged(path, digest, lambda: text)
            self._write(path, data)
        return self.read_raw(kind, name)

    def duplicate(self, kind: Kind[Any], name: str) -> str:
        """Copy a file, comments included, and return the copy's name: `feed 2`."""
        with self._lock:
            data = self._bytes(self.path(kind, name))
            number = 2
            while self.path(kind, f"{name} {number}").exists():
                number += 1
            copy = check_name(f"{name} {number}")
            self._write_new(self.path(kind, copy), copy, data)
        return copy

    def rename(self, kind: Kind[Any], name: str, new_name: str) -> None:
        """Give a file another name, or another folder.

        Raises:
            NameTakenError: there is a file of that name.
        """
        source, target = self.path(kind, name), self.path(kind, new_name)
        with self._lock:
            data = self._bytes(source)
            self._move(source, target, new_name)
            moved = self._with_schema(kind, new_name, data)
            if moved != data:
                self._write(target, moved)

    def make_folder(self, kind: Kind[Any], name: str) -> None:
        """Make a folder."""
        path = self.folder_path(kind, name)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise _taken(name) from None
        except OSError as error:
            raise cannot("made", path, error) from None

    def rename_folder(self, kind: Kind[Any], name: str, new_name: str) -> None:
        """Give a folder another name or another place, with all that is in it."""
        source, target = self.folder_path(kind, name), self.folder_path(kind, new_name)
        if target.is_relative_to(source) and target != source:
            raise UsageError(f"{name} cannot be moved into itself.")
        with self._lock:
            self._move(source, target, new_name)
            for path in sorted(target.rglob(f"*{SUFFIX}")):
                inner = path.relative_to(self.root / kind.folder).as_posix().removesuffix(SUFFIX)
                data = self._bytes(path)
                if (moved := self._with_schema(kind, inner, data)) != data:
                    self._write(path, moved)

    def delete(self, kind: Kind[Any], name: str) -> Trashed:
        """Put a file into the trash; `undo_delete` brings it back."""
        with self._lock:
            path = self.path(kind, name)
            self._bytes(path)
            return self._trash.put(path)

    def delete_folder(self, kind: Kind[Any], name: str) -> Trashed:
        """Put a folder into the trash, with all that is in it."""
        with self._lock:
            path = self.folder_path(kind, name)
            if not path.is_dir():
                raise _absent(name)
            return self._trash.put(path)

    def undo_delete(self, identifier: str) -> tuple[str, ...]:
        """Bring back what was deleted; the paths of the files, from the workspace on."""
        with self._lock:
            return self._trash.restore(identifier)

    def trash(self) -> list[Trashed]:
        """List what was deleted and can come back, the last first."""
        return self._trash.things()

    def wrote(self, path: Path, digest: str) -> bool:
        """Whether a file's content is what this workspace wrote into it last."""
        with self._lock:
            return self._written.get(path) == digest

    # Paths

    def path(self, kind: Kind[Any], name: str) -> Path:
        """Return where a file is.

        Raises:
            UsageError: the name is none of a file in the workspace.
        """
        if not kind.folder:
            return inside(self.root, self.root / SETTINGS_FILE)
        return inside(self.root, self.root / kind.folder / (check_name(name) + SUFFIX))

    def folder_path(self, kind: Kind[Any], name: str) -> Path:
        """Return where a folder is."""
        return inside(self.root, self.root / kind.folder / check_name(name))

    def _files(self, *single: Kind[Any]) -> Iterator[tuple[Kind[Any], str]]:
        """Yield all files of the tree, and before them those of which there is one."""
        yield from ((kind, "") for kind in single)
        kinds = {kind.name: kind for kind in KINDS}
        for entry in self.tree().entries:
            if not entry.folder:
                yield kinds[entry.kind], entry.name

    def _bytes(self, path: Path) -> bytes:
        try:
            check_size(path.stat().st_size)
            return path.read_bytes()
        except FileNotFoundError:
            raise _absent(path.relative_to(self.root).as_posix()) from None
        except OSError as error:
            raise cannot("read", path, error) from None

    def _placed(self, path: Path, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        shown = path.relative_to(self.root).as_posix()
        return tuple(replace(problem, path=shown) for problem in problems)

    def _unchanged(self, path: Path, digest: str, ours: Any) -> bytes:
        """Return what a file holds if it is what was read."""
        name = path.relative_to(self.root).as_posix()
        try:
            data = self._bytes(path)
        except WorkspaceError:
            if path.exists():
                raise
            raise ConflictError(name, ours=ours(), theirs=None, digest="") from None
        if (now := digest_of(data)) != digest:
            theirs = data.decode("utf-8-sig", errors="replace")
            raise ConflictError(name, ours=ours(), theirs=theirs, digest=now)
        return data

    def _write(self, path: Path, data: bytes) -> None:
        self._written[path] = digest_of(data)
        write_file(path, data)

    def _write_new(self, path: Path, name: str, data: bytes) -> None:
        self._written[path] = digest_of(data)
        try:
            write_file(path, data, new=True)
        except FileExistsError:
            raise _taken(name) from None

    def _move(self, source: Path, target: Path, name: str) -> None:
        if not source.exists():
            raise _absent(source.relative_to(self.root).as_posix())
        try:
            move_file(source, target)
        except FileExistsError:
            raise _taken(name) from None

    def _schema(self, kind: Kind[Any], name: str) -> str:
        up = "../" * (name.count("/") + 1) if kind.folder else ""
        return f"{up}.wirescope/schemas/{kind.name}.json"

    def _with_schema(self, kind: Kind[Any], name: str, data: bytes) -> bytes:
        """Let the first line lead to the schema from where the file is now."""
        first, line_break, rest = data.partition(b"\n")
        begin = SCHEMA_COMMENT.encode()
        if not first.startswith(begin) or b".wirescope/schemas/" not in first:
            return data
        end = b"\r" if first.endswith(b"\r") else b""
        return begin + self._schema(kind, name).encode() + end + line_break + rest


def _as_text(kind: Kind[StructT], value: StructT) -> str:
    return write_document(kind, value, before=None).decode()


def _absent(name: str) -> WorkspaceError:
    return WorkspaceError(
        f"There is no {name} in the workspace.",
        hint="It may have been renamed or deleted; look at the tree again.",
    )


def _taken(name: str) -> NameTakenError:
    return NameTakenError(f"There is a {name} already.", hint="Choose another name.")


__all__ = ["ENDPOINT", "ENVIRONMENT", "MESSAGE", "SETTINGS", "RawFile", "Workspace"]
