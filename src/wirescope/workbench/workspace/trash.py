"""What was deleted from a workspace, until it is thrown away: `.wirescope/trash/<id>/`.

A thing keeps its path below its id, so that it can go back to where it was.
"""

import shutil
from pathlib import Path

from msgspec import Struct

from wirescope.clock import Clock, rfc3339
from wirescope.errors import NameTakenError, WorkspaceError
from wirescope.workbench.workspace.names import inside
from wirescope.workbench.workspace.saving import cannot, move_file

KEPT = 100
"""Things that the trash holds; the oldest go when there are more."""


class Trashed(Struct, frozen=True, kw_only=True):
    """A thing in the trash.

    Attributes:
        id: names it, and sorts by when it was deleted.
        path: where it was, from the workspace's folder on, with `/`.
    """

    id: str
    path: str


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
            WorkspaceError: they cannot be moved.
        """
        inside(self._root, self._folder)
        stamp = rfc3339(self._clock.wall_ns())[:23].replace(":", "-").replace(".", "-")
        number = 0
        while (place := self._folder / f"{stamp}-{number:03d}").exists():
            number += 1
        for path in paths:
            move_file(path, place / path.relative_to(self._root))
        self._keep_to_its_size()
        return Trashed(id=place.name, path=paths[0].relative_to(self._root).as_posix())

    def restore(self, identifier: str) -> tuple[str, ...]:
        """Put what was deleted together back where it was; return the paths.

        Raises:
            NameTakenError: there is something else by now.
            WorkspaceError: it is not in the trash any more.
        """
        place = self._place(identifier)
        files = self._files_in(place)
        targets = [self._root / file.relative_to(place) for file in files]
        for target in targets:
            if target.exists():
                shown = target.relative_to(self._root).as_posix()
                raise NameTakenError(
                    f"{shown} is there again, so what was deleted cannot go back.",
                    hint="Rename the new one, then undo again.",
                )
        for file, target in zip(files, targets, strict=True):
            move_file(file, target)
        shutil.rmtree(place, ignore_errors=True)
        return tuple(target.relative_to(self._root).as_posix() for target in targets)

    def things(self) -> list[Trashed]:
        """List what is in the trash, the last deleted first."""
        if not self._folder.is_dir():
            return []
        places = sorted((each for each in self._folder.iterdir() if each.is_dir()), reverse=True)
        found = ((place, self._files_in(place)) for place in places)
        return [
            Trashed(id=place.name, path=things[0].relative_to(place).as_posix())
            for place, things in found
            if things
        ]

    def _place(self, identifier: str) -> Path:
        place = self._folder / identifier
        if place.parent != self._folder or identifier in (".", "..") or not place.is_dir():
            raise WorkspaceError(
                "What was deleted is not in the trash any more.",
                hint=f"The trash keeps the last {KEPT} things.",
            )
        return place

    def _files_in(self, place: Path) -> list[Path]:
        """Find the files below an id; those of one deletion go together."""
        return sorted(path for path in place.rglob("*") if path.is_file() or path.is_symlink())

    def _keep_to_its_size(self) -> None:
        places = sorted(each for each in self._folder.iterdir() if each.is_dir())
        for place in places[:-KEPT]:
            try:
                shutil.rmtree(place)
            except OSError as error:
                raise cannot("thrown away", place, error) from None
