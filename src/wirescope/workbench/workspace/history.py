"""The history: the captures of a workspace, in `captures/`, with what is written about them.

It owns the folder: what captures are called, where their files are, who of them is being written,
what a list says of each, their notes, and how they are renamed, thrown away and brought back. What
a list shows is kept in a small file, by the time of the capture's last change, so that only new
captures are looked into. Calls block, for as long as a disk takes, and may come from any thread.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from wirescope.capture import is_being_written, settle_capture
from wirescope.clock import Clock, SystemClock
from wirescope.errors import (
    CaptureError,
    CaptureLockedError,
    NameTakenError,
    UnknownCaptureError,
    UsageError,
    WorkspaceError,
)
from wirescope.workbench.workspace.capture_names import (
    CAPTURE_SUFFIX,
    RECORDINGS,
    checked,
    files_of,
    is_id,
    new_id,
    notes_path,
    recordings_of,
)
from wirescope.workbench.workspace.glance import Glance, glance_at
from wirescope.workbench.workspace.layout import CAPTURES, OWN
from wirescope.workbench.workspace.model import Retention
from wirescope.workbench.workspace.names import inside
from wirescope.workbench.workspace.notes import Notes, NotesFile, read_notes, save_notes
from wirescope.workbench.workspace.retention import (
    Removal,
    RetentionPlan,
    Stored,
    plan_retention,
)
from wirescope.workbench.workspace.saving import cannot, move_files, write_file
from wirescope.workbench.workspace.trash import Trash, Trashed


class RecordedFile(Struct, frozen=True, kw_only=True):
    """A file of media that was recorded beside a capture.

    Attributes:
        name: the file's name.
        media_type: what it is.
        bytes: its size.
    """

    name: str
    media_type: str
    bytes: int


class Kept(Struct, frozen=True, kw_only=True):
    """A capture in the history.

    Attributes:
        id: names it; its file's name without the suffix.
        size: bytes of its files, notes not counted.
        writing: whether it is being written now.
        has_notes: whether anything is written about it.
        recordings: files of media beside it.
        glance: what is in it; None where it cannot be read.
        problem: why it cannot be read; empty where it can.
    """

    id: str
    size: int
    writing: bool = False
    has_notes: bool = False
    recordings: tuple[RecordedFile, ...] = ()
    glance: Glance | None = None
    problem: str = ""


class _Remembered(Struct, array_like=True):
    """A glance, and the state of the files that it was of."""

    state: tuple[int, ...]
    glance: Glance


_Index = dict[str, _Remembered]


class History:
    """The captures of one workspace.

    Args:
        root: the workspace's folder.
        clock: names captures; None takes the machine's.
        trash: where deleted captures go; None takes the workspace's.

    Attributes:
        root: the workspace's folder, absolute and without links.
    """

    def __init__(
        self, root: Path, *, clock: Clock | None = None, trash: Trash | None = None
    ) -> None:
        self.root = root.resolve()
        self._clock = clock or SystemClock()
        self._trash = trash or Trash(self.root, self._clock)
        self._index_file = self.root / OWN / "history.json"
        self._index: _Index | None = None
        self._lock = threading.Lock()
        self._changing = threading.RLock()  # held from a look at files to what is done with them
        self._promised: set[Path] = set()

    # Names and files

    def new_path(self, what: str) -> Path:
        """Return where to record into: a file that is not there yet, named after what it is of.

        It is promised once, also while nothing is in it.

        Raises:
            UsageError: the folder of captures leads out of the workspace.
            WorkspaceError: the folder cannot be made.
        """
        folder = inside(self.root, self.root / CAPTURES)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot("made", folder, error) from None
        name, number = new_id(what, wall_ns=self._clock.wall_ns()), 2
        path = folder / f"{name}{CAPTURE_SUFFIX}"
        with self._lock:
            while path in self._promised or _taken(path):
                path = folder / f"{name} {number}{CAPTURE_SUFFIX}"
                number += 1
            self._promised.add(path)
        return path

    def path(self, capture: str) -> Path:
        """Return a capture's file.

        Raises:
            UsageError: the folder of captures leads out of the workspace.
            UnknownCaptureError: there is none of this id.
        """
        path = inside(self.root, self.root / CAPTURES) / f"{capture}{CAPTURE_SUFFIX}"
        if not is_id(capture) or path.is_symlink() or not path.is_file():
            raise UnknownCaptureError(
                f"There is no capture {capture[:200]!r}.",
                hint="It may have been renamed or deleted; look at the list again.",
            )
        return path

    def at_rest(self, capture: str) -> Path:
        """Return a capture's file, which nobody is writing.

        Raises:
            UnknownCaptureError: there is none of this id.
            CaptureLockedError: it is being recorded.
        """
        path = self.path(capture)
        if is_being_written(path):
            raise CaptureLockedError(
                f"The capture {capture!r} is being recorded.", hint="End its connections first."
            )
        return path

    def rename(self, capture: str, to: str) -> None:
        """Give a capture another id; its notes go with it.

        Raises:
            UnknownCaptureError: there is none of this id.
            CaptureLockedError: it is being recorded.
            UsageError: the other id is none that every system can hold.
            NameTakenError: there is one of that id.
            WorkspaceError: it cannot be renamed.
        """
        with self._changing:
            source = self.at_rest(capture)
            target = source.with_name(f"{checked(to)}{CAPTURE_SUFFIX}")
            if target == source:
                return
            if _taken(target) and not (target.exists() and target.samefile(source)):
                raise _taken_already(to)
            settle_capture(source)
            places = zip(files_of(source), files_of(target), strict=True)
            try:
                move_files([(path, place) for path, place in places if path.exists()])
            except FileExistsError:  # another process was faster
                raise _taken_already(to) from None

    def delete(self, capture: str) -> Trashed:
        """Put a capture into the trash, with its notes.

        Raises:
            UnknownCaptureError: there is none of this id.
            CaptureLockedError: it is being recorded.
            WorkspaceError: it cannot be moved.
        """
        with self._changing:
            path = self.at_rest(capture)
            settle_capture(path)
            return self._trash.put(*(each for each in files_of(path) if each.exists()))

    def restore(self, trashed: str) -> str:
        """Bring a capture back that was put into the trash; return its id.

        Raises:
            NameTakenError: there is another one of its id by now.
            WorkspaceError: it is not in the trash any more.
        """
        with self._changing:
            paths = self._trash.restore(trashed)
        path = next(each for each in paths if each.endswith(CAPTURE_SUFFIX))
        return Path(path).name.removesuffix(CAPTURE_SUFFIX)

    # The list

    def captures(self, *, but: frozenset[str] = frozenset()) -> list[Kept]:
        """List the captures, but for some, the one that began last first."""
        before = self._remembered()
        paths = [path for path in self._files() if path.stem not in but]
        found = [kept for path in paths if (kept := self._entry(path)) is not None]
        there = {kept.id for kept in found} | but
        now = {id_: each for id_, each in self._remembered().items() if id_ in there}
        if now != before:
            self._write_index(now)
        return sorted(found, key=_newest_first)

    def capture(self, capture: str) -> Kept:
        """Say what the list says of one capture.

        Raises:
            UnknownCaptureError: there is none of this id.
        """
        kept = self._entry(self.path(capture))
        if kept is None:
            raise UnknownCaptureError(f"The capture {capture!r} has just gone.")
        return kept

    def _files(self) -> Iterator[Path]:
        folder = self.root / CAPTURES
        if folder.is_symlink() or not folder.is_dir():
            return
        for path in folder.glob(f"*{CAPTURE_SUFFIX}"):
            if is_id(path.stem) and path.is_file() and not path.is_symlink():
                yield path

    def _entry(self, path: Path) -> Kept | None:
        """Look at a capture; None if it has gone meanwhile."""
        writing = is_being_written(path)
        glance, problem = None, ""
        try:
            glance = self._glance(path, writing=writing)
        except CaptureError as error:
            problem = error.message
        stats = _stats(path)
        if not stats:
            return None
        return Kept(
            id=path.stem,
            size=sum(stat.st_size for stat in stats),
            writing=writing,
            has_notes=notes_path(path).exists(),
            recordings=_recordings(path),
            glance=glance,
            problem=problem,
        )

    def _glance(self, path: Path, *, writing: bool) -> Glance:
        if writing:
            return glance_at(path, with_verdict=False)
        state = tuple(n for stat in _stats(path) for n in (stat.st_mtime_ns, stat.st_size))
        known = self._remembered().get(path.stem)
        if known is None or known.state != state:
            known = _Remembered(state, glance_at(path, with_verdict=True))
            with self._lock:
                self._index = {**self._remembered_now(), path.stem: known}
        return known.glance

    def _remembered(self) -> _Index:
        with self._lock:
            return self._remembered_now()

    def _remembered_now(self) -> _Index:
        if self._index is None:
            try:
                file = inside(self.root, self._index_file)
                data = file.read_bytes() if file.is_file() else b"{}"  # a pipe would be waited for
                self._index = msgspec.json.decode(data, type=_Index)
            except (OSError, UsageError, msgspec.DecodeError, UnicodeDecodeError):
                self._index = {}
        return self._index

    def _write_index(self, index: _Index) -> None:
        with self._lock:
            self._index = index
        try:
            write_file(inside(self.root, self._index_file), msgspec.json.encode(index))
        except (UsageError, WorkspaceError):
            return  # it is only reckoned anew next time

    # Recordings

    def recordings(self, capture: str) -> tuple[RecordedFile, ...]:
        """List the files of media beside a capture; none where there is none of this id."""
        if not is_id(capture):
            return ()
        return _recordings(self.root / CAPTURES / f"{capture}{CAPTURE_SUFFIX}")

    def recording(self, capture: str, name: str) -> tuple[Path, RecordedFile]:
        """Return a file of media of a capture.

        Raises:
            UnknownCaptureError: there is no such capture, or no such file of it.
        """
        path = self.path(capture)
        for each in _recordings(path):
            if each.name == name:
                return path.with_name(name), each
        raise UnknownCaptureError(
            f"There is no recording {name[:200]!r} beside the capture.",
            hint="Look at the list again.",
        )

    # Notes

    def has_notes(self, capture: str) -> bool:
        """Whether anything is written about a capture; False where there is none of this id."""
        return is_id(capture) and self._notes_path(capture).exists()

    def notes_stamp(self, capture: str) -> tuple[int, ...]:
        """Return what changes whenever the notes of a capture do; empty where there are none."""
        try:
            stat = self._notes_path(capture).stat()
        except OSError:
            return ()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def notes(self, capture: str) -> NotesFile:
        """Read what is written about a capture.

        Raises:
            UnknownCaptureError: there is none of this id.
            BrokenFileError: they cannot be used.
        """
        return read_notes(notes_path(self.path(capture)))

    def save_notes(self, capture: str, notes: Notes, *, digest: str) -> NotesFile:
        """Write about a capture; `digest` is that of the notes that were read.

        Raises:
            UnknownCaptureError: there is none of this id.
            ConflictError: they were changed since.
            UsageError: they are too much.
        """
        with self._changing:
            return save_notes(notes_path(self.path(capture)), notes, digest=digest)

    def _notes_path(self, capture: str) -> Path:
        return notes_path(self.root / CAPTURES / f"{capture}{CAPTURE_SUFFIX}")

    # Retention

    def plan(self, retention: Retention) -> RetentionPlan:
        """Say which captures and which things in the trash would be deleted; nothing is."""
        stored = (found for path in self._files() if (found := _stored(path)) is not None)
        return plan_retention(stored, self._trash.things(), retention, now_ns=self._clock.wall_ns())

    def trash_bytes(self) -> int:
        """Say how much the trash of the workspace holds."""
        return sum(thing.size for thing in self._trash.things())

    def carry_out(self, plan: RetentionPlan) -> tuple[Removal, ...]:
        """Delete what a plan says for good; what has changed since stays.

        Return which captures are gone.

        Raises:
            WorkspaceError: a file cannot be deleted.
        """
        for thing in plan.emptied:
            self._trash.throw_away(thing.id)
        return tuple(removal for removal in plan.removals if self._remove(removal.capture))

    def _remove(self, stored: Stored) -> bool:
        """Delete a capture that is as it was; say whether it was."""
        with self._changing:
            try:
                path = self.path(stored.id)
            except CaptureError:
                return False
            if _stored(path) != stored:
                return False
            _unlink(path)
            return True


def _newest_first(kept: Kept) -> tuple[int, str]:
    return (-(kept.glance.started_wall_ns if kept.glance else 0), kept.id)


def _taken_already(capture: str) -> NameTakenError:
    return NameTakenError(f"There is a capture {capture!r} already.", hint="Choose another name.")


def _taken(capture: Path) -> bool:
    """Whether a new capture would find files of another one; notes may have been left behind."""
    return any(os.path.lexists(path) for path in files_of(capture))


def _recordings(capture: Path) -> tuple[RecordedFile, ...]:
    found = []
    for path in recordings_of(capture):
        try:
            if path.is_symlink() or not path.is_file():
                continue
            size = path.stat().st_size
        except OSError:  # it went away meanwhile
            continue
        media_type = RECORDINGS[path.suffix]
        found.append(RecordedFile(name=path.name, media_type=media_type, bytes=size))
    return tuple(found)


def _stats(capture: Path) -> list[os.stat_result]:
    """Look at a capture's files but its notes; nothing if it is gone."""
    stats = []
    for path in files_of(capture)[:-1]:
        try:
            stats.append(path.stat())
        except OSError:
            if path == capture:
                return []
    return stats


def _stored(capture: Path) -> Stored | None:
    kept = ""
    if is_being_written(capture):
        kept = "It is being recorded."
    elif notes_path(capture).exists():
        kept = "Something is written about it."
    stats = _stats(capture)
    if not stats:
        return None
    changed_ns = max(stat.st_mtime_ns for stat in stats)
    size = sum(stat.st_size for stat in stats)
    return Stored(id=capture.stem, size=size, changed_ns=changed_ns, kept=kept)


def _unlink(capture: Path) -> None:
    """Delete a capture's files but its notes: it had none, so those there are came just now."""
    for path in files_of(capture)[:-1]:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot("deleted", path, error) from None
