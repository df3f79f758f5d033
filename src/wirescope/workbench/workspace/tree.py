"""The files of a workspace as a tree: what is there, by kind, folders before files.

Links to folders are not followed, and files that lead out of the workspace are left out and
reported. A workspace has a bound.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from wirescope.errors import UsageError
from wirescope.workbench.workspace.documents import Kind
from wirescope.workbench.workspace.names import MAX_PARTS, SUFFIX, check_name, inside
from wirescope.workbench.workspace.problems import Problem
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
    return Tree(entries=tuple(reader.entries), problems=tuple(reader.problems))


class _Reader:
    """Walks through the folders of one workspace."""

    def __init__(self, root: Path) -> None:
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self._root = root

    def add(self, kind: Kind[Any], folder: Path, parts: tuple[str, ...]) -> None:
        for item in self._sorted(folder):
            if len(self.entries) >= MAX_ENTRIES:
                self._problem(folder, f"There are more than {MAX_ENTRIES:,} files.", "Move some.")
                return
            if item.is_dir(follow_symlinks=False):
                self._add_folder(kind, Path(item.path), (*parts, item.name))
            elif item.name.endswith(SUFFIX):
                self._add_file(kind, Path(item.path), (*parts, item.name.removesuffix(SUFFIX)))
            elif item.is_symlink() and item.is_dir():
                self._problem(Path(item.path), *_FOLDER_LINK)

    def _add_folder(self, kind: Kind[Any], path: Path, parts: tuple[str, ...]) -> None:
        if len(parts) >= MAX_PARTS:
            self._problem(path, f"It is more than {MAX_PARTS - 1} folders deep.", "Move it up.")
            return
        self.entries.append(Entry(kind=kind.name, name="/".join(parts), folder=True))
        self.add(kind, path, parts)

    def _add_file(self, kind: Kind[Any], path: Path, parts: tuple[str, ...]) -> None:
        name = "/".join(parts)
        try:
            check_name(name)
            inside(self._root, path)
        except UsageError as error:
            self._problem(path, error.message, error.hint)
            return
        self.entries.append(Entry(kind=kind.name, name=name))

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
        yield from sorted(
            shown, key=lambda item: (not item.is_dir(follow_symlinks=False), item.name.casefold())
        )

    def _problem(self, path: Path, message: str, hint: str) -> None:
        shown = path.relative_to(self._root).as_posix()
        shown = shown.encode(errors="replace").decode()
        self.problems.append(Problem(message=message, hint=hint, path=shown))


_FOLDER_LINK = (
    "It is a link to a folder, which is not followed.",
    "Put the folder itself into the workspace.",
)
