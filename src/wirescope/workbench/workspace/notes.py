"""What a person writes about a capture: `captures/<capture>.notes.json`, beside the capture.

The capture itself is never changed.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from wirescope.errors import BrokenFileError, ConflictError
from wirescope.workbench.workspace.documents import digest_of
from wirescope.workbench.workspace.files import read_file
from wirescope.workbench.workspace.problems import Problem
from wirescope.workbench.workspace.saving import cannot, write_file


class Bookmark(Struct, frozen=True, kw_only=True):
    """An event that a person wants to find again.

    Attributes:
        seq: the event's number.
        text: why.
    """

    seq: int
    text: str = ""


class Notes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is written about a capture.

    Attributes:
        note: about the capture as a whole.
        bookmarks: about its events.
    """

    note: str = ""
    bookmarks: tuple[Bookmark, ...] = ()


class NotesFile(Struct, frozen=True, kw_only=True):
    """Notes as they were read.

    Attributes:
        notes: what is written.
        digest: of the file; a save says which it read. Empty where there is none.
    """

    notes: Notes = Notes()
    digest: str = ""


def read_notes(path: Path) -> NotesFile:
    """Read a file of notes; nothing is written where there is none.

    Raises:
        BrokenFileError: it is not one.
        WorkspaceError: it cannot be read.
    """
    data = _bytes(path)
    if data is None:
        return NotesFile()
    try:
        return NotesFile(notes=msgspec.json.decode(data, type=Notes), digest=digest_of(data))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = Problem(message=f"These are no notes: {error}.", path=path.name)
        raise BrokenFileError((problem,)) from None


def save_notes(path: Path, notes: Notes, *, digest: str) -> NotesFile:
    """Write notes; empty ones leave no file.

    Raises:
        ConflictError: they were changed since they were read.
        WorkspaceError: they cannot be written.
    """
    there = _bytes(path)
    now = "" if there is None else digest_of(there)
    data = msgspec.json.format(msgspec.json.encode(notes)) + b"\n"
    if now != digest:
        theirs = None if there is None else there.decode(errors="replace")
        raise ConflictError(path.name, ours=data.decode(), theirs=theirs, digest=now)
    if notes == Notes():
        path.unlink(missing_ok=True)
        return NotesFile()
    write_file(path, data)
    return NotesFile(notes=notes, digest=digest_of(data))


def _bytes(path: Path) -> bytes | None:
    try:
        return read_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot("read", path, error) from None
