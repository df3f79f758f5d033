"""How captures are named: after when they began and what they are of.

`2026-11-26T14-02-11 price feed.wirescope`: the file's name without the suffix is the capture's id,
what follows the time is its name for people. The time is that of the machine's place, as on the
clock that a person looks at.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from wirescope.errors import UsageError
from wirescope.workbench.workspace.names import check_name, usable_name

CAPTURE_SUFFIX = ".wirescope"
NOTES = ".notes.json"
RECORDINGS = {".webm": "video/webm", ".mp4": "video/mp4"}
"""How files of recorded media end, and what they are."""

BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a capture that was not ended."""

_PICTURES = ("VP8", "VP9", "AV1", "H264", "H265")
_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d) (.*)", re.DOTALL)
_MAX_BYTES = 240
"""Of an id: file systems hold 255 with the suffix."""


def name_of(capture: str) -> str:
    """Return a capture's name for people: its id without the time.

    >>> name_of("2026-11-26T14-02-11 price feed"), name_of("night")
    ('price feed', 'night')
    """
    dated = _DATED.fullmatch(capture)
    return dated[2] if dated else capture


def new_id(what: str, *, wall_ns: int) -> str:
    """Make an id for a capture that begins now; one that has a time already keeps it."""
    usable = usable_name(what)
    if _DATED.fullmatch(usable):
        return usable
    moment = datetime.fromtimestamp(wall_ns // 1_000_000_000).astimezone()
    return f"{moment:%Y-%m-%dT%H-%M-%S} {usable}"


def renamed(capture: str, name: str) -> str:
    """Return the id of a capture under another name for people; its time stays.

    Raises:
        UsageError: it is no name that every system can hold.

    >>> renamed("2026-11-26T14-02-11 price feed", "the stall"), renamed("night", "dawn")
    ('2026-11-26T14-02-11 the stall', 'dawn')
    """
    dated = _DATED.fullmatch(capture)
    usual = checked(name)
    return checked(f"{dated[1]} {usual}") if dated else usual


def checked(capture: str) -> str:
    """Return an id in its usual form.

    Raises:
        UsageError: it is none that every system can hold.
    """
    if "/" in capture:
        raise UsageError(
            f"{capture[:80]!r} cannot be the name of a capture: it has the character '/'.",
            hint="Captures are in one folder; choose a name without /.",
        )
    return check_name(capture)


def is_id(text: str) -> bool:
    """Whether this can be the id of a file in the folder: one part of a path, not hidden."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:  # the name of a file is bytes, and need not be text
        return False
    strange = text.startswith(".") or "\\" in text or "\0" in text or Path(text).name != text
    return 0 < size <= _MAX_BYTES and not strange


def files_of(capture: Path) -> list[Path]:
    """Name all the files that a capture can have, itself first, its notes last."""
    beside = [capture.with_name(capture.name + suffix) for suffix in BESIDE]
    return [capture, *beside, *recordings_of(capture), notes_path(capture)]


def recordings_of(capture: Path) -> list[Path]:
    """Name the files of media that a capture can have."""
    name = capture.name.removesuffix(CAPTURE_SUFFIX)
    return [capture.with_name(name + suffix) for suffix in RECORDINGS]


def recording_path(capture: Path, codecs: Sequence[str] = ()) -> Path:
    """Name the file that what is received is recorded into: WebM, but MP4 where H.264 is wanted."""
    pictures = [each.upper() for each in codecs if each.upper() in _PICTURES]
    webm, mp4 = recordings_of(capture)
    return mp4 if pictures[:1] == ["H264"] else webm


def notes_path(capture: Path) -> Path:
    """Name the file of what is written about a capture."""
    return capture.with_name(capture.name.removesuffix(CAPTURE_SUFFIX) + NOTES)
