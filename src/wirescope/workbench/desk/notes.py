"""What a person wrote beside the events of an open capture, as the history keeps it.

The file is read anew whenever it has changed: an editor or a second workbench may write it too.
Everything here is done in the thread that reads the capture.
"""

from contextlib import suppress

from wirescope.errors import WorkspaceError
from wirescope.workbench.desk.model import Mark, Note
from wirescope.workbench.workspace import EventNote, History, Notes, NotesFile

WHOLE = 0
"""Stands for the number of an event in a note about the capture as a whole."""

_LABEL_LENGTH = 80
_UNKNOWN = (-1,)  # the file is to be read


class NotesOf:
    """The notes of one capture.

    Args:
        history: where they are kept.
        capture: the capture's id.
    """

    def __init__(self, history: History, capture: str) -> None:
        self._history = history
        self._capture = capture
        self._stamp: tuple[int, ...] = _UNKNOWN
        self._file = NotesFile()
        self._by_seq: dict[int, EventNote] = {}

    def read(self) -> Notes:
        """Return the notes as they are now.

        Raises:
            BrokenFileError: they cannot be used.
        """
        stamp = self._history.notes_stamp(self._capture)
        if stamp != self._stamp:
            self._take(self._history.notes(self._capture) if stamp else NotesFile())
            self._stamp = stamp
        return self._file.notes

    def _take(self, file: NotesFile) -> None:
        self._file = file
        self._by_seq = {each.seq: each for each in file.notes.events}

    def by_seq(self) -> dict[int, EventNote]:
        """Return those beside events, for rows: what cannot be read leaves the rows as they are."""
        with suppress(WorkspaceError):
            self.read()
        return self._by_seq

    def get(self, seq: int) -> Note:
        """Return what is written beside an event; an empty note for nothing."""
        found = self.by_seq().get(seq)
        if found is None:
            return Note(seq=seq, text="", bookmarked=False)
        return _note(found)

    def all(self) -> list[Note]:
        """Return all notes in the order of their events, first the one about the whole.

        Raises:
            BrokenFileError: they cannot be used.
        """
        notes = self.read()
        whole = [Note(seq=WHOLE, text=notes.note, bookmarked=False)] if notes.note else []
        return [*whole, *map(_note, notes.events)]

    def marks(self) -> list[Mark]:
        """Return them as marks on the overview."""
        return [
            Mark(
                at_ns=each.at_ns,
                seq=each.seq,
                kind="note",
                label=each.text[:_LABEL_LENGTH] or "Bookmark",
            )
            for each in self.by_seq().values()
        ]

    def put(self, note: Note, *, at_ns: int) -> None:
        """Write a note; one without text and bookmark takes it away.

        Args:
            note: beside an event, or about the whole.
            at_ns: when the event was.

        Raises:
            BrokenFileError: the file cannot be used, and is left as it is.
            ConflictError: somebody else wrote in this very moment.
            UsageError: it is too long, or all together are too much.
            WorkspaceError: the file cannot be written.
        """
        notes = self.read()
        if note.seq == WHOLE:
            notes = notes.with_note(note.text)
        else:
            event = EventNote(seq=note.seq, at_ns=at_ns, text=note.text, bookmarked=note.bookmarked)
            notes = notes.with_event(event)
        self._stamp = _UNKNOWN
        self._take(self._history.save_notes(self._capture, notes, digest=self._file.digest))


def _note(event: EventNote) -> Note:
    return Note(seq=event.seq, text=event.text, bookmarked=event.bookmarked)
