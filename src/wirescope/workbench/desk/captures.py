"""The folder of captures: what is in it, what a new file is called, files of other programs.

A capture's id is its file's name without the suffix. Files are read here without the event loop;
who calls does it in a thread.
"""

import os
import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from wirescope.capture import FORMATS, Selection, copy_capture, open_capture, recognise
from wirescope.clock import SystemClock, rfc3339
from wirescope.errors import CaptureError, UsageError, WirescopeError
from wirescope.workbench.desk.notes import notes_path
from wirescope.workbench.desk.reading import Deadline
from wirescope.workbench.desk.states import CaptureState
from wirescope.workbench.desk.survey import Survey

SUFFIX = ".wirescope"
LONGEST_NAME = 80
LARGEST_IMPORT = 1 << 30

_BEGINNING = 4096
_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d) (.*)", re.DOTALL)
_STRANGE = re.compile(r"[^\w .,+()=@-]")
_SQLITE = b"SQLite format 3\0"


class Folder:
    """A folder of captures; it is made when something is put into it.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, tuple[tuple[int, ...], CaptureState]] = {}
        self._promised: set[Path] = set()

    def file(self, capture: str) -> Path:
        """Return the file of a capture.

        Raises:
            CaptureError: there is no such capture.
        """
        path = self.path / f"{capture}{SUFFIX}"
        inside = Path(capture).name == capture and "\\" not in capture and "\0" not in capture
        if not inside or not path.is_file():
            raise CaptureError(
                f"There is no capture {capture!r}.", hint="It may have been deleted or renamed."
            )
        return path

    def new_file(self, name: str) -> Path:
        """Return a file for a new capture of this name, which is not there yet.

        Raises:
            CaptureError: the folder cannot be made.
        """
        moment = datetime.fromtimestamp(SystemClock.wall_ns() // 1_000_000_000).astimezone()
        return self._free(f"{moment:%Y-%m-%dT%H-%M-%S} {cleaned(name)}")

    def _free(self, stem: str) -> Path:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CaptureError(
                f"The folder {self.path} cannot be made: {error.strerror}.",
                hint="May you write there?",
            ) from None
        path, number = self.path / f"{stem}{SUFFIX}", 1
        while path.exists() or path in self._promised:
            number += 1
            path = self.path / f"{stem} {number}{SUFFIX}"
        self._promised.add(path)
        return path

    def ids(self) -> list[str]:
        """Return the ids of all captures, the newest first."""
        try:
            found = [each for each in self.path.iterdir() if each.suffix == SUFFIX]
        except OSError:
            return []
        return [each.stem for each in sorted(found, key=_age, reverse=True)]

    def state(self, capture: str) -> CaptureState:
        """Give the figures of a capture that is not being recorded.

        Raises:
            CaptureError: there is none.
            CaptureFormatError: the file is none.
        """
        path = self.file(capture)
        stamp = _stamp_of(path)
        known = self._known.get(capture)
        if known is None or known[0] != stamp:
            known = self._known[capture] = stamp, _state_of(path)
        has_notes = notes_path(path).exists()
        state = known[1]
        if state.has_notes == has_notes:
            return state
        return msgspec.structs.replace(state, has_notes=has_notes)

    def states(self, *, but: frozenset[str] = frozenset()) -> list[CaptureState]:
        """Give the figures of all captures that can be read, but for some."""
        found = []
        for capture in self.ids():
            if capture not in but:
                try:
                    found.append(self.state(capture))
                except (WirescopeError, OSError):
                    continue  # it is no capture, or gone meanwhile
        return found

    def delete(self, capture: str) -> None:
        """Delete a capture with its notes.

        Raises:
            CaptureError: there is none, or it cannot be deleted.
        """
        path = self.file(capture)
        try:
            path.unlink()
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            notes_path(path).unlink(missing_ok=True)
        except OSError as error:
            raise CaptureError(f"{path.name} cannot be deleted: {error.strerror}.") from None
        self._known.pop(capture, None)

    # Files of other programs

    def take_in(self, name: str, data: bytes) -> tuple[str, list[str]]:
        """Make a capture of a file of any format that is known; its id, and what is to be said.

        Raises:
            CaptureFormatError: the file is of no such format.
            UsageError: it is too large.
        """
        if len(data) > LARGEST_IMPORT:
            raise UsageError(
                f"{name} has {len(data) >> 20:,} MiB; {LARGEST_IMPORT >> 20:,} MiB are taken in.",
                hint="`wirescope import` reads larger ones.",
            )
        stem = cleaned(Path(name).stem)
        out = self._free(stem) if _DATED.fullmatch(stem) else self.new_file(stem)
        with tempfile.TemporaryDirectory(dir=self.path, prefix=".import-") as folder:
            made = Path(folder) / out.name
            if data.startswith(_SQLITE):
                made.write_bytes(data)
                open_capture(made).close()
                notes: list[str] = []
            else:
                source = Path(folder) / "source"
                source.write_bytes(data)
                with source.open("rb") as stream:
                    form = recognise(stream.peek(_BEGINNING)[:_BEGINNING])
                    _, notes = form.read(stream, made)
            os.replace(made, out)  # noqa: PTH105
        return out.stem, notes

    def write(self, capture: str, form: str, stream: BinaryIO) -> list[str]:
        """Write a capture as another program's file; what is to be said about it.

        Raises:
            CaptureError: there is no such capture.
            UsageError: there is no such format.
        """
        path = self.file(capture)
        if form == "wirescope":
            with tempfile.TemporaryDirectory(dir=self.path, prefix=".export-") as folder:
                copy = Path(folder) / path.name
                copy_capture(path, copy)
                with copy.open("rb") as source:
                    shutil.copyfileobj(source, stream)
            return []
        chosen = FORMATS.get(form)
        if chosen is None:
            raise UsageError(
                f"There is no format {form!r}.",
                hint=f"There are wirescope, {', '.join(sorted(FORMATS))}.",
            )
        with open_capture(path) as opened:
            selection = Selection(opened)
            chosen.write(selection, stream)
            return selection.notes

    def suffix_of(self, form: str) -> str:
        """Return what files of a format end in."""
        chosen = FORMATS.get(form)
        return chosen.suffix if chosen is not None else SUFFIX


def cleaned(name: str) -> str:
    """Make a name one that any system takes for a file.

    >>> cleaned('../a "feed": 1/2'), cleaned("")
    ('_a _feed__ 1_2', 'capture')
    """
    text = _STRANGE.sub("_", name).strip(" .")[:LONGEST_NAME].strip(" .")
    return text or "capture"


def name_of(capture: str) -> str:
    """Return a capture's name for people: its file's without the date.

    >>> name_of("2026-11-26T14-02-11 price feed"), name_of("night")
    ('price feed', 'night')
    """
    dated = _DATED.fullmatch(capture)
    return dated[2] if dated else capture


def _age(path: Path) -> tuple[str, str]:
    dated = _DATED.fullmatch(path.stem)
    if dated:
        return dated[1], path.stem
    try:
        moment = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError:
        return "", path.stem
    return f"{moment:%Y-%m-%dT%H-%M-%S}", path.stem


def _stamp_of(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a capture does; while it grows, that is the file beside it."""
    stat = path.stat()
    try:
        growth = path.with_name(f"{path.name}-wal").stat()
    except FileNotFoundError:
        return stat.st_mtime_ns, stat.st_size
    return stat.st_mtime_ns, stat.st_size, growth.st_mtime_ns, growth.st_size


def _state_of(path: Path) -> CaptureState:
    survey = Survey()
    with open_capture(path) as capture:
        while not survey.extend(capture, Deadline()):
            pass
        started = rfc3339(capture.started_wall_ns)
        last_seq, growing = capture.last_seq, capture.growing
    total = survey.total
    return CaptureState(
        id=path.stem,
        name=name_of(path.stem),
        file=path.name,
        started=started,
        recording=growing,
        last_seq=last_seq,
        committed_seq=last_seq,
        lost=survey.lost,
        bytes=path.stat().st_size,
        sent=total.sent,
        received=total.received,
        sent_bytes=total.sent_bytes,
        received_bytes=total.received_bytes,
        findings=survey.findings,
        verdict="",
        has_notes=False,
    )
