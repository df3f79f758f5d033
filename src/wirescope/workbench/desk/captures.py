"""What is told of captures that nobody records here, and files of other programs, read and written.

The folder itself, with its names and what a list says of each capture, is the workspace's history.
Files are read here without the event loop; who calls does it in a thread.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from wirescope.capture import FORMATS, Selection, copy_capture, open_capture, recognise
from wirescope.clock import rfc3339
from wirescope.errors import UsageError, WorkspaceError
from wirescope.workbench.desk.states import CaptureState
from wirescope.workbench.workspace import CAPTURE_SUFFIX, Glance, History, Kept, name_of

LARGEST_IMPORT = 1 << 30

_BEGINNING = 4096
_SQLITE = b"SQLite format 3\0"


def state_of(kept: Kept, glance: Glance) -> CaptureState:
    """Give the figures of a capture as the history has them."""
    return CaptureState(
        id=kept.id,
        name=name_of(kept.id),
        file=f"{kept.id}{CAPTURE_SUFFIX}",
        started=rfc3339(glance.started_wall_ns),
        recording=kept.writing,
        last_seq=glance.last_seq,
        committed_seq=glance.last_seq,
        lost=glance.lost,
        bytes=kept.size,
        sent=glance.sent,
        received=glance.received,
        sent_bytes=glance.sent_bytes,
        received_bytes=glance.received_bytes,
        findings=glance.findings,
        verdict=glance.verdict,
        has_notes=kept.has_notes,
        recordings=list(kept.recordings),
    )


def take_in(history: History, name: str, data: bytes) -> tuple[str, list[str]]:
    """Make a capture of a file of any format that is known; its id, and what is to be said.

    Raises:
        CaptureFormatError: the file is of no such format.
        UsageError: it is too large.
        WorkspaceError: the folder of captures cannot be written.
    """
    if len(data) > LARGEST_IMPORT:
        raise UsageError(
            f"{name} has {len(data) >> 20:,} MiB; {LARGEST_IMPORT >> 20:,} MiB are taken in.",
            hint="`wirescope import` reads larger ones.",
        )
    out = history.new_path(Path(name).stem or "capture")
    with _room(out.parent, ".import-", f"{name} cannot be taken in") as folder:
        made = folder / out.name
        if data.startswith(_SQLITE):
            made.write_bytes(data)
            open_capture(made).close()
            notes: list[str] = []
        else:
            source = folder / "source"
            source.write_bytes(data)
            with source.open("rb") as stream:
                form = recognise(stream.peek(_BEGINNING)[:_BEGINNING])
                _, notes = form.read(stream, made)
        os.replace(made, out)  # noqa: PTH105
    return out.name.removesuffix(CAPTURE_SUFFIX), notes


def write_out(path: Path, form: str, stream: BinaryIO) -> list[str]:
    """Write a capture as another program's file; what is to be said about it.

    Raises:
        CaptureError: it cannot be read.
        UsageError: there is no such format.
        WorkspaceError: there is no room for it.
    """
    if form == "wirescope":
        with _room(path.parent, ".export-", f"{path.name} cannot be copied") as folder:
            copy = folder / path.name
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


@contextmanager
def _room(beside: Path, prefix: str, failed: str) -> Iterator[Path]:
    """Give a folder that is gone at the end, on the disk where captures are.

    Raises:
        WorkspaceError: there is no room, or no right to make some; begins with what `failed`.
    """
    try:
        with tempfile.TemporaryDirectory(dir=beside, prefix=prefix) as folder:
            yield Path(folder)
    except OSError as error:
        raise WorkspaceError(
            f"{failed}: {(error.strerror or str(error)).lower()}.",
            hint=f"Look at the rights and the free space of {beside}.",
        ) from None


def suffix_of(form: str) -> str:
    """Return what files of a format end in."""
    chosen = FORMATS.get(form)
    return chosen.suffix if chosen is not None else CAPTURE_SUFFIX
