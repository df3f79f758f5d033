"""What was deleted from a workspace, until it is thrown away: `.wirescope/trash/<id>/`.

A thing keeps its path below its id, so that it can go back to where it was. Ids rise with each
deletion, also when the clock goes back: the last thing in the trash is always the one that was
deleted last. The trash has a bound in things and one in bytes.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from wirescope.clock import Clock, rfc3339
from wirescope.errors import NameTakenError, UsageError, WorkspaceError
from wirescope.workbench.workspace.names import inside
from wirescope.workbench.workspace.saving import cannot, move_files

KEPT = 100
"""Things that the trash holds; the oldest go when there are more."""

KEPT_BYTES = 1 << 30
"""Bytes that it holds; the oldest go when there are more. The last thing stays in any case."""

_ID = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3})-(\d{3,})")


class Trashed(Struct, frozen=True, kw_only=True):
    """A thing in the trash.

    Attributes:
        id: names it.
        path: where it was, from the workspace's folder on, with `/`.
        size: bytes of its files.
        deleted_ns: when it was deleted, nanoseconds since 1970.
    """

    id: str
    path: str
    size: int
    deleted_ns: int


class Trash:
    """The trash of one workspace."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._folder = root / ".wirescope" / "trash"
        self._clock = clock

    def put(self, *paths: Path) -> Trashed:
        """Take files or folders, all or none of which go back; the first names them.

        Raises:
            UsageError: the trash is a link that leads out of the workspace's folder.
            WorkspaceError: they cannot be moved; all are where they were.
        """
        inside(self._root, self._folder)
        place = self._new_place()
        try:
            move_files([(path, place / path.relative_to(self._root)) for path in paths])
        except (FileExistsError, WorkspaceError):
            shutil.rmtree(place, ignore_errors=True)
            raise
        thing = self._thing(place, paths[0].relative_to(self._root))
        self._keep_to_its_size()
        return thing

    def restore(self, identifier: str) -> tuple[str, ...]:
        """Put what was deleted together back where it was; return the paths of its files.

        Raises:
            NameTakenError: there is something else by now.
            WorkspaceError: it is not in the trash any more.
        """
        place = self._place(identifier)
        moves = [(file, self._root / file.relative_to(place)) for file in _files_in(place)]
        try:
            for _, target in moves:
                if os.path.lexists(target):
                    raise FileExistsError(target)
            move_files(moves)
            for folder in _folders_in(place):  # those that are empty, too
                (self._root / folder.relative_to(place)).mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            shown = Path(str(error)).relative_to(self._root).as_posix()
            raise NameTakenError(
                f"{shown} is there again, so what was deleted cannot go back.",
                hint="Rename the new one, then undo again.",
            ) from None
        except OSError as error:
            raise cannot("brought back", place, error) from None
        shutil.rmtree(place, ignore_errors=True)
        return tuple(target.relative_to(self._root).as_posix() for _, target in moves)

    def things(self) -> list[Trashed]:
        """List what is in the trash, the last deleted first."""
        return [
            self._thing(place, first.relative_to(place))
            for place in reversed(self._places())
            if (first := _first_in(place)) is not None
        ]

    def throw_away(self, identifier: str) -> None:
        """Delete a thing for good; one that is not there any more is gone.

        Raises:
            WorkspaceError: it cannot be deleted.
        """
        place = self._folder / identifier
        if place not in self._places():
            return
        try:
            shutil.rmtree(place)
        except FileNotFoundError:
            return
        except OSError as error:
            raise cannot("thrown away", place, error) from None

    def _new_place(self) -> Path:
        """Make the folder of the next thing, behind all that are there."""
        stamp = rfc3339(self._clock.wall_ns())[:23].replace(":", "-").replace(".", "-")
        stamp, number = max([(stamp, -1), *map(_order, self._places())])
        while True:
            number += 1
            place = self._folder / f"{stamp}-{number:03d}"
            try:
                place.mkdir(parents=True)
            except FileExistsError:  # another process was faster
                continue
            except OSError as error:
                raise cannot("made", place, error) from None
            return place

    def _place(self, identifier: str) -> Path:
        place = self._folder / identifier
        if place not in self._places():
            raise WorkspaceError(
                "What was deleted is not in the trash any more.",
                hint=f"The trash keeps the last {KEPT} things, up to {KEPT_BYTES >> 30} GiB.",
            )
        return place

    def _places(self) -> list[Path]:
        """Find the folders of all things, the first deleted first; none through a link."""
        try:
            inside(self._root, self._folder)
            with os.scandir(self._folder) as found:
                names = [each.name for each in found if each.is_dir(follow_symlinks=False)]
        except (OSError, UsageError):
            return []
        return sorted((self._folder / each for each in names if _ID.fullmatch(each)), key=_order)

    def _thing(self, place: Path, path: Path) -> Trashed:
        try:
            deleted_ns = place.stat().st_mtime_ns
        except FileNotFoundError:  # thrown away meanwhile
            deleted_ns = 0
        return Trashed(
            id=place.name, path=path.as_posix(), size=_size_of(place), deleted_ns=deleted_ns
        )

    def _keep_to_its_size(self) -> None:
        """Throw away the oldest things; what cannot be deleted now is tried again next time."""
        places = self._places()
        sizes = [_size_of(place) for place in places]
        too_many, too_large = len(places) - KEPT, sum(sizes) - KEPT_BYTES
        for number, place in enumerate(places[:-1]):
            if number >= too_many and too_large <= 0:
                return
            shutil.rmtree(place, ignore_errors=True)
            too_large -= sizes[number]


def _order(place: Path) -> tuple[str, int]:
    found = _ID.fullmatch(place.name)
    return (found[1], int(found[2])) if found else ("", -1)


def _files_in(place: Path) -> list[Path]:
    """Find the files below an id; those of one deletion go together."""
    return sorted(path for path in place.rglob("*") if path.is_symlink() or not path.is_dir())


def _folders_in(place: Path) -> Iterator[Path]:
    return (path for path in place.rglob("*") if path.is_dir() and not path.is_symlink())


def _first_in(place: Path) -> Path | None:
    """Find what names a thing: its first file, else the innermost of its empty folders."""
    files = _files_in(place)
    return files[0] if files else max(_folders_in(place), key=_depth, default=None)


def _depth(path: Path) -> int:
    return len(path.parts)


def _size_of(place: Path) -> int:
    size = 0
    for path in _files_in(place):
        try:
            size += path.lstat().st_size
        except OSError:  # it went away meanwhile
            continue
    return size
