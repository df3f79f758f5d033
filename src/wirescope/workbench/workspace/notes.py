"""What a person writes about a capture: `captures/<capture>.notes.json`, beside the capture.

The capture itself is never changed. The file is there only as long as something is written in it,
so that a capture with notes is known by its file.
"""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from wirescope.errors import BrokenFileError, ConflictError, UsageError
from wirescope.workbench.workspace.documents import digest_of
from wirescope.workbench.workspace.files import read_file
from wirescope.workbench.workspace.nodes import MAX_SIZE
from wirescope.workbench.workspace.problems import Problem
from wirescope.workbench.workspace.saving import cannot, write_file

LONGEST = 10_000
"""Characters of a note."""


_MOST = (1 << 63) - 1  # a page is told in MessagePack, which holds no more


class EventNote(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is written beside an event.

    Attributes:
        seq: the event's number, from 1 on.
        at_ns: when it was, on the capture's clock; the overview marks it without reading events.
        text: what is written.
        bookmarked: whether the event is to be found again.
    """

    seq: Annotated[int, Meta(ge=1, le=_MOST)]
    at_ns: Annotated[int, Meta(ge=-_MOST, le=_MOST)]
    text: str = ""
    bookmarked: bool = False


class Notes(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is written about a capture.

    Attributes:
        note: about the capture as a whole.
        events: beside its events, in their order.
    """

    note: str = ""
    events: tuple[EventNote, ...] = ()

    def with_note(self, text: str) -> "Notes":
        """Return them with another note about the capture as a whole.

        Raises:
            UsageError: it is too long.
        """
        return Notes(note=_checked(text), events=self.events)

    def with_event(self, event: EventNote) -> "Notes":
        """Return them with another note beside an event; one that says nothing is taken away.

        Raises:
            UsageError: it is too long.
        """
        _checked(event.text)
        kept = [each for each in self.events if each.seq != event.seq]
        if event.text or event.bookmarked:
            kept.append(event)
        return Notes(note=self.note, events=tuple(sorted(kept, key=lambda each: each.seq)))


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
        hint = "Correct the file, or move it away."
        problem = Problem(message=f"These are no notes: {error}.", hint=hint, path=path.name)
        raise BrokenFileError((problem,)) from None


def save_notes(path: Path, notes: Notes, *, digest: str) -> NotesFile:
    """Write notes; empty ones leave no file.

    Raises:
        ConflictError: they were changed since they were read.
        UsageError: they are too much for a file.
        WorkspaceError: they cannot be written.
    """
    there = _bytes(path)
    now = "" if there is None else digest_of(there)
    data = msgspec.json.format(msgspec.json.encode(notes)) + b"\n"
    if now != digest:
        theirs = None if there is None else there.decode(errors="replace")
        raise ConflictError(path.name, ours=data.decode(), theirs=theirs, digest=now)
    if notes == Notes():
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot("deleted", path, error) from None
        return NotesFile()
    if len(data) > MAX_SIZE:
        raise UsageError(
            f"The notes of a capture may have {MAX_SIZE >> 20} MiB together; these have more.",
            hint="Take some away, or make them shorter.",
        )
    write_file(path, data)
    return NotesFile(notes=notes, digest=digest_of(data))


def _checked(text: str) -> str:
    if len(text) > LONGEST:
        raise UsageError(f"The note has {len(text):,} characters; {LONGEST:,} fit.")
    return text


def _bytes(path: Path) -> bytes | None:
    try:
        return read_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot("read", path, error) from None
