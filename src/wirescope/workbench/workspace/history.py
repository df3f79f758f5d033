"""The history: the captures of a workspace, in `captures/`, with what is written about them.

A capture is named after when it began and what it is of: `2026-11-26T14-02-11 price feed`. What a
list shows of each is kept in a small file, by the time of the capture's last change, so that only
new captures are looked into.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from wirescope.capture import is_being_written
from wirescope.clock import Clock, rfc3339
from wirescope.errors import (
    CaptureError,
    NameTakenError,
    UsageError,
    WirescopeError,
    WorkspaceError,
)
from wirescope.workbench.workspace.glance import Glance, glance_at
from wirescope.workbench.workspace.layout import CAPTURES, OWN
from wirescope.workbench.workspace.model import Retention
from wirescope.workbench.workspace.names import check_name, inside, usable_name
from wirescope.workbench.workspace.notes import Notes, NotesFile, read_notes, save_notes
from wirescope.workbench.workspace.retention import RetentionPlan, Stored, plan_retention
from wirescope.workbench.workspace.saving import cannot, move_file, write_file
from wirescope.workbench.workspace.trash import Trash, Trashed

SUFFIX = ".wirescope"
NOTES = ".notes.json"
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a capture that was not ended."""


class Kept(Struct, frozen=True, kw_only=True):
    """A capture in the history.

    Attributes:
        name: its name.
        size: bytes of its files.
        writing: whether it is being written now.
        notes: whether anything is written about it.
        bookmarks: how many events are marked.
        glance: what is in it; None where it cannot be read.
        problem: why it cannot be read; empty where it can.
    """

    name: str
    size: int
    writing: bool = False
    notes: bool = False
    bookmarks: int = 0
    glance: Glance | None = None
    problem: str = ""


class _Remembered(Struct, array_like=True):
    """A glance, and the state of the files that it was of."""

    state: tuple[int, ...]
    glance: Glance


_Index = dict[str, _Remembered]


class History:
    """The captures of one workspace."""

    def __init__(self, root: Path, clock: Clock, trash: Trash) -> None:
        self._root = root
        self._clock = clock
        self._trash = trash
        self._index_file = root / OWN / "history.json"

    def new_path(self, what: str) -> Path:
        """Return where to record into: a file that is not there yet, named after what it is of.

        Raises:
            UsageError: the folder of captures leads out of the workspace.
            WorkspaceError: the folder cannot be made.
        """
        folder = inside(self._root, self._root / CAPTURES)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise cannot("made", folder, error) from None
        stamp = rfc3339(self._clock.wall_ns())[:19].replace(":", "-")
        name, number = f"{stamp} {usable_name(what)}", 2
        path = folder / f"{name}{SUFFIX}"
        while path.exists():
            path = folder / f"{name} {number}{SUFFIX}"
            number += 1
        return path

    def path(self, name: str) -> Path:
        """Return a capture's file.

        Raises:
            UsageError: the name is none of a capture in the workspace.
            WorkspaceError: there is none of that name.
        """
        path = inside(self._root, self._root / CAPTURES / f"{_single(name)}{SUFFIX}")
        if not path.is_file():
            raise WorkspaceError(
                f"There is no capture {name!r} in the workspace.",
                hint="It may have been renamed or deleted; look at the history again.",
            )
        return path

    def captures(self) -> list[Kept]:
        """List the captures, the last one first."""
        remembered = self._read_index()
        now: _Index = {}
        kept = [self._entry(path, remembered, now) for path in self._files()]
        if now != remembered:
            self._write_index(now)
        return sorted(kept, key=_newest_first)

    def notes(self, name: str) -> NotesFile:
        """Read what is written about a capture."""
        return read_notes(_notes_path(self.path(name)))

    def save_notes(self, name: str, notes: Notes, *, digest: str) -> NotesFile:
        """Write about a capture; `digest` is that of the notes that were read.

        Raises:
            ConflictError: they were changed since.
        """
        return save_notes(_notes_path(self.path(name)), notes, digest=digest)

    def rename(self, name: str, new_name: str) -> None:
        """Give a capture another name; its notes go with it.

        Raises:
            NameTakenError: there is one of that name.
            WorkspaceError: it is being written.
        """
        source = self._at_rest(name)
        target = source.with_name(f"{_single(new_name)}{SUFFIX}")
        if target.exists():
            raise NameTakenError(
                f"There is a capture {new_name!r} already.", hint="Choose another name."
            )
        for path in _all_files(source):
            move_file(path, target.with_name(target.stem + path.name.removeprefix(source.stem)))

    def delete(self, name: str) -> Trashed:
        """Put a capture into the trash, with its notes.

        Raises:
            WorkspaceError: it is being written.
        """
        return self._trash.put(*_all_files(self._at_rest(name)))

    def plan(self, retention: Retention) -> RetentionPlan:
        """Say which captures would be deleted; nothing is."""
        stored = map(_stored, self._files())
        return plan_retention(stored, retention, now_ns=self._clock.wall_ns())

    def carry_out(self, plan: RetentionPlan) -> tuple[str, ...]:
        """Delete what a plan says for good; what has changed since stays. Return the names.

        Raises:
            WorkspaceError: a file cannot be deleted.
        """
        deleted = []
        for removal in plan.removals:
            try:
                path = self.path(removal.capture.name)
            except WorkspaceError:
                continue
            if _stored(path) == removal.capture:
                _unlink(path)
                deleted.append(removal.capture.name)
        return tuple(deleted)

    def _at_rest(self, name: str) -> Path:
        path = self.path(name)
        if is_being_written(path):
            raise WorkspaceError(
                f"The capture {name!r} is being written.", hint="End its connections first."
            )
        return path

    def _files(self) -> Iterator[Path]:
        folder = self._root / CAPTURES
        if folder.is_symlink() or not folder.is_dir():
            return
        for path in folder.glob(f"*{SUFFIX}"):
            if path.is_file() and not path.is_symlink():
                yield path

    def _entry(self, path: Path, remembered: _Index, now: _Index) -> Kept:
        writing = is_being_written(path)
        written = _notes_of(path)
        glance, problem = None, ""
        try:
            glance = self._glance(path, remembered, now, writing=writing)
        except CaptureError as error:
            problem = error.message
        return Kept(
            name=path.stem,
            size=_size(path),
            writing=writing,
            notes=bool(written.note),
            bookmarks=len(written.bookmarks),
            glance=glance,
            problem=problem,
        )

    def _glance(self, path: Path, remembered: _Index, now: _Index, *, writing: bool) -> Glance:
        state = _state(path)
        known = remembered.get(path.stem)
        if known is None or known.state != state or writing:
            known = _Remembered(state, glance_at(path, with_verdict=not writing))
        if not writing:
            now[path.stem] = known
        return known.glance

    def _read_index(self) -> _Index:
        try:
            return msgspec.json.decode(self._index_file.read_bytes(), type=_Index)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def _write_index(self, index: _Index) -> None:
        try:
            write_file(inside(self._root, self._index_file), msgspec.json.encode(index))
        except (UsageError, WorkspaceError):
            return  # it is only reckoned anew next time


def _single(name: str) -> str:
    """Check the name of a capture, which is in no folder."""
    return check_name(name.replace("/", "\\"))  # the sentence about the backslash fits


def _newest_first(kept: Kept) -> tuple[int, str]:
    return (-(kept.glance.started_wall_ns if kept.glance else 0), kept.name)


def _notes_path(capture: Path) -> Path:
    return capture.with_name(f"{capture.stem}{NOTES}")


def _notes_of(capture: Path) -> Notes:
    """Read what is written about a capture; what cannot be read is taken for a note."""
    try:
        return read_notes(_notes_path(capture)).notes
    except WirescopeError:
        return Notes(note="?")


def _all_files(capture: Path) -> list[Path]:
    beside = [capture.with_name(capture.name + suffix) for suffix in _BESIDE]
    return [capture, *(path for path in (*beside, _notes_path(capture)) if path.exists())]


def _size(capture: Path) -> int:
    return sum(path.stat().st_size for path in _all_files(capture))


def _state(capture: Path) -> tuple[int, ...]:
    files = [path for path in _all_files(capture) if not path.name.endswith(NOTES)]
    return tuple(
        number for path in files for number in (path.stat().st_mtime_ns, path.stat().st_size)
    )


def _stored(capture: Path) -> Stored:
    kept = ""
    if is_being_written(capture):
        kept = "It is being written."
    elif _notes_of(capture) != Notes():
        kept = "Something is written about it."
    changed_ns = max(path.stat().st_mtime_ns for path in _all_files(capture))
    return Stored(name=capture.stem, size=_size(capture), changed_ns=changed_ns, kept=kept)


def _unlink(capture: Path) -> None:
    for path in _all_files(capture):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot("deleted", path, error) from None
