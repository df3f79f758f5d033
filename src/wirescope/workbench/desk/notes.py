"""What a person wrote beside events: notes and bookmarks, in a file beside the capture.

`<capture>.notes.json` is there only as long as something is written in it, so that a capture with
notes is known by its file. It is written whole and put in place at once.
"""

import os
from pathlib import Path

import msgspec

from wirescope.errors import CaptureError, UsageError
from wirescope.workbench.desk.model import Mark, Note

MOST = 2000
"""Notes of a capture."""

LONGEST = 10_000
"""Characters of a note."""

_LABEL_LENGTH = 80


class _Kept(msgspec.Struct, omit_defaults=True):
    seq: int
    at_ns: int
    text: str = ""
    bookmarked: bool = False


class _File(msgspec.Struct):
    notes: list[_Kept]


def notes_path(capture: Path) -> Path:
    """Return where the notes of a capture are."""
    return capture.with_name(f"{capture.stem}.notes.json")


class Notes:
    """The notes of one capture.

    Args:
        capture: the capture's file.

    Raises:
        CaptureError: the file of the notes cannot be read.
    """

    def __init__(self, capture: Path) -> None:
        self._path = notes_path(capture)
        self._kept: dict[int, _Kept] = {}
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise CaptureError(f"{self._path.name} cannot be read: {error.strerror}.") from None
        try:
            file = msgspec.json.decode(data, type=_File)
        except msgspec.DecodeError as error:
            raise CaptureError(
                f"{self._path.name} is not a file of notes: {error}.",
                hint="Correct it, or move it away.",
            ) from None
        self._kept = {each.seq: each for each in file.notes}

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, seq: object) -> bool:
        return seq in self._kept

    def get(self, seq: int) -> Note:
        """Return what is written beside an event; an empty note for nothing."""
        kept = self._kept.get(seq)
        if kept is None:
            return Note(seq=seq, text="", bookmarked=False)
        return Note(seq=seq, text=kept.text, bookmarked=kept.bookmarked)

    def all(self) -> list[Note]:
        """Return all notes in the order of their events."""
        return [self.get(seq) for seq in sorted(self._kept)]

    def marks(self) -> list[Mark]:
        """Return them as marks on the overview."""
        return [
            Mark(
                at_ns=each.at_ns,
                seq=each.seq,
                kind="note",
                label=each.text[:_LABEL_LENGTH] or "Bookmark",
            )
            for each in self._kept.values()
        ]

    def put(self, note: Note, *, at_ns: int) -> None:
        """Write a note; one without text and mark takes it away.

        Raises:
            UsageError: there are too many, or it is too long.
            CaptureError: the file cannot be written.
        """
        if len(note.text) > LONGEST:
            raise UsageError(f"The note has {len(note.text):,} characters; {LONGEST:,} fit.")
        before = dict(self._kept)
        if note.text or note.bookmarked:
            self._kept[note.seq] = _Kept(note.seq, at_ns, note.text, note.bookmarked)
        else:
            self._kept.pop(note.seq, None)
        try:
            if len(self._kept) > MOST:
                raise UsageError(f"There are {MOST:,} notes in this capture already.")
            self._write()
        except BaseException:
            self._kept = before
            raise

    def _write(self) -> None:
        file = _File([self._kept[seq] for seq in sorted(self._kept)])
        data = msgspec.json.format(msgspec.json.encode(file), indent=2)
        beside = self._path.with_name(f".{self._path.name}.new")
        try:
            if not self._kept:
                self._path.unlink(missing_ok=True)
                return
            beside.write_bytes(data + b"\n")
            os.replace(beside, self._path)  # noqa: PTH105 -- atomic on every system
        except OSError as error:
            raise CaptureError(
                f"{self._path.name} cannot be written: {error.strerror}.",
                hint="May you write in that folder, and is there room on the disk?",
            ) from None
