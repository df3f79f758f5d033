"""The files of a workspace as bytes: read, written if unchanged, moved; and what was done here.

What this process wrote, moved or deleted is remembered, so that the watching can tell it from what
others do.
"""

import errno
import stat
import threading
from collections.abc import Callable
from pathlib import Path

from wirescope.errors import BrokenFileError, ConflictError, NameTakenError, WorkspaceError
from wirescope.workbench.workspace.documents import check_size, digest_of
from wirescope.workbench.workspace.nodes import MAX_SIZE
from wirescope.workbench.workspace.saving import cannot, move_file, write_file

ABSENT = ""
"""Stands for the digest of a file that is not there, or of a folder."""


class Files:
    """The files below a folder.

    Attributes:
        root: the folder, absolute and without links.
        lock: held while a file is compared and then written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = threading.RLock()
        self._done: dict[Path, str] = {}

    def shown(self, path: Path) -> str:
        """Write a path as it is called within the folder, with `/`."""
        return path.relative_to(self.root).as_posix()

    def read(self, path: Path) -> bytes:
        """Return what a file holds.

        Raises:
            BrokenFileError: it is too large.
            WorkspaceError: it is not there, or cannot be read.
        """
        try:
            return read_file(path)
        except FileNotFoundError:
            raise absent(self.shown(path)) from None
        except OSError as error:
            raise cannot("read", path, error) from None

    def unchanged(self, path: Path, digest: str, ours: Callable[[], str]) -> bytes:
        """Return what a file holds, if it is still what was read.

        Raises:
            ConflictError: it is not.
        """
        try:
            data = self.read(path)
        except WorkspaceError:
            if path.exists():
                raise
            raise ConflictError(self.shown(path), ours=ours(), theirs=None, digest="") from None
        if (now := digest_of(data)) != digest:
            theirs = data.decode("utf-8-sig", errors="replace")
            raise ConflictError(self.shown(path), ours=ours(), theirs=theirs, digest=now)
        return data

    def write(self, path: Path, data: bytes, *, new: bool = False, mode: int = 0o666) -> None:
        """Put bytes into a file; `mode` has the rights of a new one, before the umask.

        Raises:
            NameTakenError: it should be new, and is there.
            WorkspaceError: it cannot be written.
        """
        self._note(path, digest_of(data))
        try:
            write_file(path, data, new=new, mode=mode)
        except FileExistsError:
            raise taken(self.shown(path)) from None

    def make_folder(self, path: Path) -> None:
        """Make a folder.

        Raises:
            NameTakenError: there is something of that name.
        """
        self._note(path, ABSENT)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise taken(self.shown(path)) from None
        except OSError as error:
            raise cannot("made", path, error) from None

    def move(self, source: Path, target: Path) -> None:
        """Give a file or a folder another place, where nothing is yet."""
        if not source.exists():
            raise absent(self.shown(source))
        self.note_gone(source)
        try:
            move_file(source, target)
        except FileExistsError:
            raise taken(self.shown(target)) from None
        self.note_there(target)

    def note_gone(self, path: Path) -> None:
        """Remember that what is at a path is about to go."""
        for each in (path, *path.rglob("*")):
            self._note(each, ABSENT)

    def note_there(self, path: Path) -> None:
        """Remember that what is at a path was put there."""
        for each in (path, *path.rglob("*")):
            self._note(each, digest_at(each))

    def did(self, path: Path, digest: str) -> bool:
        """Whether a file is as it was left here; if not, somebody else's work is noted."""
        with self.lock:
            if self._done.get(path) == digest:
                return True
            self._done.pop(path, None)
            return False

    def _note(self, path: Path, digest: str) -> None:
        with self.lock:
            self._done[path] = digest
            for folder in path.parents:
                if not folder.is_relative_to(self.root):
                    break
                self._done[folder] = ABSENT


def digest_at(path: Path) -> str:
    """Return the digest of a file as it is now; `ABSENT` where there is none that can be read."""
    try:
        return digest_of(read_file(path))
    except BrokenFileError:
        return "large"
    except OSError:
        return ABSENT


def read_file(path: Path) -> bytes:
    """Return what a file holds that a person keeps.

    Raises:
        BrokenFileError: it is too large.
        OSError: it cannot be read, or is no ordinary file: a pipe would be waited for.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file")
    with path.open("rb") as file:
        data = file.read(MAX_SIZE + 1)
        check_size(len(data) if len(data) <= MAX_SIZE else path.stat().st_size)
    return data


def absent(name: str) -> WorkspaceError:
    """Say that there is no such file."""
    return WorkspaceError(
        f"There is no {name} in the workspace.",
        hint="It may have been renamed or deleted; look at the tree again.",
    )


def taken(name: str) -> NameTakenError:
    """Say that a name is not free."""
    return NameTakenError(f"{name} is there already.", hint="Choose another name.")
