"""A file that is written whole or not at all: beside the one it replaces, under another name.

What goes to a device or into a pipe is written straight there.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from wirescope.errors import UsageError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to that takes the place of `path` when nothing is raised.

    UsageError when it cannot be created.
    """
    part: Path | None = None
    try:
        if _is_device(path):
            file: BinaryIO = path.open("wb")
        else:
            file, part = _beside(path.resolve())
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{str(path)!r} cannot be written: {reason}.") from None
    try:
        with file:
            yield file
            if part is not None:
                file.flush()
                os.fsync(file.fileno())
        if part is not None:
            part.replace(path.resolve())
    except BaseException:
        if part is not None:
            part.unlink(missing_ok=True)
        raise


def _is_device(path: Path) -> bool:
    # /dev/stdout may lead to a file, which is not ours to replace.
    return path.exists() and (not path.is_file() or path.absolute().parts[1:2] == ("dev",))


def _beside(target: Path) -> tuple[BinaryIO, Path]:
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, name = tempfile.mkstemp(".part", f".{target.name[:200]}.", target.parent)
    part = Path(name)
    # A temporary file is for its owner alone; this one is to be as any other.
    part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
    return os.fdopen(descriptor, "wb"), part


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
