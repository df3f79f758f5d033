"""A file is written whole or not at all: a temporary file, fsync, rename, fsync of the folder."""

import errno
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from wirescope.errors import WorkspaceError

TEMPORARY = ".wirescope-tmp"
"""How names of files end that are being written; one stays behind when the process is killed."""


_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF)


def write_file(path: Path, data: bytes, *, new: bool = False, mode: int = 0o666) -> None:
    """Put bytes into a file, in place of what it held.

    Args:
        path: the file; its folder is made.
        data: its content.
        new: refuse when the file exists.
        mode: rights of a new file, before the umask; an old one keeps its own.

    Raises:
        FileExistsError: it exists and should not.
        WorkspaceError: it cannot be written; it is then what it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{secrets.token_hex(6)}{TEMPORARY}")
        try:
            _write(temporary, data, _mode_of(path, mode))
            _put(temporary, path, new=new)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise cannot("saved", path, error) from None


def move_files(moves: Sequence[tuple[Path, Path]]) -> None:
    """Give several files or folders other places, all of them or none.

    Raises:
        FileExistsError: there is something at one of the new places.
        WorkspaceError: one cannot be moved.
    """
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            move_file(source, target)
            done.append((source, target))
    except (OSError, WorkspaceError):
        for source, target in reversed(done):
            with suppress(OSError, WorkspaceError):
                move_file(target, source)
        raise


def move_file(source: Path, target: Path) -> None:
    """Give a file or folder another place, where nothing is yet.

    Raises:
        FileExistsError: there is something at its new place.
        WorkspaceError: it cannot be moved.
    """
    try:
        if os.path.lexists(target) and not _are_one(source, target):
            raise FileExistsError(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        sync_folder(target.parent)
        sync_folder(source.parent)
    except FileExistsError:
        raise FileExistsError(target) from None
    except OSError as error:
        raise cannot("moved", source, error) from None


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk, where the file system can.

    Windows, file systems of a network and folders that may not be listed cannot; what was written
    is in its place all the same.
    """
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def cannot(what: str, path: Path, error: OSError) -> WorkspaceError:
    """Say that something cannot be done with a file, and why."""
    reason = (error.strerror or str(error)).lower()
    return WorkspaceError(
        f"{path.name} cannot be {what}: {reason}.",
        hint=f"Look at the rights and the free space of {path.parent}.",
    )


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _are_one(source: Path, target: Path) -> bool:
    """Whether a name is another spelling of a file's own, where case or accents do not matter."""
    return source.exists() and target.exists() and source.samefile(target)


def _mode_of(path: Path, default: int) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return default


def _put(temporary: Path, path: Path, *, new: bool) -> None:
    if not new:
        temporary.replace(path)
        return
    try:
        path.hardlink_to(temporary)  # unlike a rename, it fails where something is
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        temporary.replace(path)
