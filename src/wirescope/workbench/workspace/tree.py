"""The files of a workspace as a tree: what is there, by kind, folders before files.

Links to folders are not followed, and files that lead out of the workspace are left out and
reported. A workspace has a bound.
"""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from wirescope.errors import UsageError
from wirescope.workbench.workspace.documents import Kind
from wirescope.workbench.workspace.names import MAX_PARTS, SUFFIX, check_name, inside
from wirescope.workbench.workspace.problems import Problem, Problems, Severity
from wirescope.workbench.workspace.saving import TEMPORARY

MAX_ENTRIES = 10_000


class Entry(Struct, frozen=True, kw_only=True):
    """A file or a folder in the tree.

    Attributes:
        kind: `endpoint`, `environment` or `message`.
        name: its name with folders, as `prices/feed`.
        folder: whether it is a folder.
    """

    kind: str
    name: str
    folder: bool = False


class Tree(Struct, frozen=True, kw_only=True):
    """What is in a workspace.

    Attributes:
        entries: files and folders, each after the folder that it is in.
        problems: what was left out, and why.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def tree_of(root: Path, kinds: tuple[Kind[Any], ...]) -> Tree:
    """List the files of these kinds."""
    reader = _Reader(root)
    for kind in kinds:
        reader.add(kind, root / kind.folder, ())
    return Tree(entries=tuple(reader.entries), problems=reader.problems.told())


class _Reader:
    """Walks through the folders of one workspace."""

    def __init__(self, root: Path) -> None:
        self.entries: list[Entry] = []
        self.problems = Problems()
        self._root = root
        self._full = False
        self._spelled: dict[Path, str] = {}

    def add(self, kind: Kind[Any], folder: Path, parts: tuple[str, ...]) -> None:
        for item in self._sorted(folder):
            if len(self.entries) >= MAX_ENTRIES:
                self._say_full(folder)
                return
            if item.is_dir(follow_symlinks=False):
                self._add_folder(kind, Path(item.path), (*parts, item.name))
            elif item.name.endswith(SUFFIX):
                self._add_file(kind, Path(item.path), (*parts, item.name.removesuffix(SUFFIX)))
            elif item.name.lower().endswith(_OTHER_SUFFIXES):
                self._problem(Path(item.path), *_OTHER_SUFFIX, "warning")
            elif item.is_symlink() and item.is_dir():
                self._problem(Path(item.path), *_FOLDER_LINK)

    def _add_folder(self, kind: Kind[Any], path: Path, parts: tuple[str, ...]) -> None:
        if len(parts) >= MAX_PARTS:
            self._problem(path, f"It is more than {MAX_PARTS - 1} folders deep.", "Move it up.")
            return
        if not self._is_good("/".join(parts), path):
            return
        self._take(Entry(kind=kind.name, name="/".join(parts), folder=True), path)
        self.add(kind, path, parts)

    def _add_file(self, kind: Kind[Any], path: Path, parts: tuple[str, ...]) -> None:
        name = "/".join(parts)
        if self._is_good(name, path):
            self._take(Entry(kind=kind.name, name=name), path)

    def _take(self, entry: Entry, path: Path) -> None:
        """Take a file or folder; a name that other systems take for one there is gets advice."""
        self.entries.append(entry)
        alike = unicodedata.normalize("NFC", path.name).casefold()
        other = self._spelled.setdefault(path.with_name(alike), path.name)
        if other != path.name:
            self._problem(
                path,
                f"Windows and macOS take it for the same as {other!r}.",
                "Rename one of them: a copy of the workspace there has only one of the two.",
                "warning",
            )

    def _say_full(self, folder: Path) -> None:
        if not self._full:
            self._problem(folder, f"There are more than {MAX_ENTRIES:,} files.", "Move some.")
        self._full = True

    def _is_good(self, name: str, path: Path) -> bool:
        """Whether a name can be used and leads to what is in the workspace; else it is reported."""
        try:
            check_name(name)
            inside(self._root, path)
        except UsageError as error:
            self._problem(path, error.message, error.hint)
            return False
        return True

    def _sorted(self, folder: Path) -> Iterator["os.DirEntry[str]"]:
        try:
            if folder.is_symlink():
                self._problem(folder, *_FOLDER_LINK)
                return
            with os.scandir(folder) as found:
                items = [item for item in found if not item.name.startswith(".")]
        except FileNotFoundError:
            return
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self._problem(folder, f"The folder cannot be read: {reason}.", "Look at its rights.")
            return
        shown = (item for item in items if not item.name.endswith(TEMPORARY))
        yield from sorted(shown, key=_folders_first)

    def _problem(self, path: Path, message: str, hint: str, severity: Severity = "error") -> None:
        shown = path.relative_to(self._root).as_posix()
        shown = shown.encode(errors="replace").decode()
        problem = Problem(message=message, hint=hint, path=shown, severity=severity)
        self.problems.add(problem)


def _folders_first(item: "os.DirEntry[str]") -> tuple[bool, str, str]:
    return (not item.is_dir(follow_symlinks=False), item.name.casefold(), item.name)


_OTHER_SUFFIXES = (".yml", ".yaml")
_OTHER_SUFFIX = ("It is not read: names of files end with .yaml here.", "Rename it.")
_FOLDER_LINK = (
    "It is a link to a folder, which is not followed.",
    "Put the folder itself into the workspace.",
)
