"""The files of a folder that another tool may have written, read within bounds.

Links are not followed, and files that no format has are not opened: a collection of somebody else
may hold anything. A folder beyond the bounds is refused as a whole.
"""

import os
import stat
from pathlib import Path
from typing import NoReturn

from wirescope.errors import ForeignFormatError, UsageError
from wirescope.workbench.exchange.model import Files

MAX_FILES = 5_000
MAX_BYTES = 64 << 20

_SUFFIXES = (".bru", ".yml", ".yaml", ".json", ".http", ".rest", ".har", ".sh", ".curl")
_PASSED_OVER = {".git", "node_modules", ".venv", "__pycache__"}


def read_files(folder: Path) -> Files:
    """Read the files of a folder and those below it.

    Raises:
        ForeignFormatError: there are too many of them, or they are too large.
        UsageError: one cannot be opened.
    """
    files: dict[str, bytes] = {}
    size = 0
    for above, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = sorted(each for each in folders if each not in _PASSED_OVER)
        for name in sorted(names):
            path = Path(above) / name
            if path.suffix.lower() not in _SUFFIXES or not _is_plain(path):
                continue
            data = _read(path, MAX_BYTES - size)
            size += len(data)
            files[path.relative_to(folder).as_posix()] = data
            if len(files) > MAX_FILES or size > MAX_BYTES:
                raise ForeignFormatError(
                    f"The folder has more than {MAX_FILES:,} files or {MAX_BYTES >> 20} MiB.",
                    hint="Import a folder within it.",
                )
    return files


def _is_plain(path: Path) -> bool:
    """Say whether it is an ordinary file: a pipe would be waited for, a link leads elsewhere."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False  # it has gone meanwhile


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        _refuse(path, error)


def _refuse_folder(error: OSError) -> None:
    _refuse(error.filename, error)


def _refuse(path: object, error: OSError) -> NoReturn:
    reason = error.strerror or str(error)
    raise UsageError(f"{path} cannot be read: {reason}.") from None
