"""Changes that somebody else makes in a workspace: an editor, git, another Wirescope.

What this workspace wrote itself is not told. Changes come in batches, at most every 50 ms; a batch
that is too large says only that much has changed. Captures are not watched: they are told by what
records them.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from wirescope.errors import WorkspaceError
from wirescope.workbench.workspace.documents import KINDS
from wirescope.workbench.workspace.files import digest_at
from wirescope.workbench.workspace.folder import Workspace
from wirescope.workbench.workspace.layout import SETTINGS_FILE
from wirescope.workbench.workspace.names import SUFFIX
from wirescope.workbench.workspace.saving import TEMPORARY
from wirescope.workbench.workspace.secret_store import ENV_FILE

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

MOST_CHANGES = 1_000
"""Changes in one batch; when there are more, one of the kind `many` stands for all."""

_STEP_MS = 50
_LONGEST_MS = 500
"""Changes that never pause are told this often."""

_LOOK_UP_MS = 1_000
"""So often the watching looks up whether it is to end."""

ChangeKind = Literal["endpoint", "environment", "message", "workspace", "secrets", "many"]


class Change(Struct, frozen=True, kw_only=True):
    """Something that somebody else changed.

    Attributes:
        kind: of which kind the file is; `secrets` for `.env`; `many` when all is to be read anew.
        name: the file's name; empty where there is one of its kind.
        there: whether it is there now; False when it was deleted or moved away.
    """

    kind: ChangeKind
    name: str = ""
    there: bool = True


@asynccontextmanager
async def watching(workspace: Workspace) -> AsyncIterator[AsyncIterator[tuple[Change, ...]]]:
    """Give an iterator over what others change, from now on; leaving ends it.

    Read the tree inside, and nothing is missed in between.

    Raises:
        WorkspaceError: the system cannot watch the folder, or it is gone.
    """
    watcher = await asyncio.to_thread(_Watcher, workspace)
    try:
        yield watcher.batches()
    finally:
        await watcher.close()


class _Watcher:
    """Watches one workspace; a thread waits for the system."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stop = threading.Event()
        self._waiting: asyncio.Future[tuple[Change, ...]] | None = None
        self._notify: RustNotify | None = None
        try:
            self._notify = _begin(workspace.root)
        except OSError as error:
            raise WorkspaceError(
                f"Changes in {workspace.root} cannot be watched: {error}.",
                hint="Raise the limit of watched files (on Linux fs.inotify.max_user_watches), or"
                " read the tree again by hand.",
            ) from None

    async def batches(self) -> AsyncIterator[tuple[Change, ...]]:
        """Yield what others change, at least one change at a time."""
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            self._waiting = loop.run_in_executor(None, self._wait)
            told = await asyncio.shield(self._waiting)
            if told:
                yield told

    async def close(self) -> None:
        """End it, and wait for the thread."""
        self._stop.set()
        if self._waiting is not None:
            await asyncio.wait([self._waiting])
        if self._notify is not None:
            self._notify.close()

    def _wait(self) -> tuple[Change, ...]:
        """Wait for changes, or until it is time to look up; then there are none."""
        if self._notify is None:
            return self._begin_anew()
        try:
            found = self._notify.watch(_LONGEST_MS, _STEP_MS, _LOOK_UP_MS, self._stop)
        except (OSError, RuntimeError):
            # A file whose name is no text ends its watching for good, wherever in the folder it is.
            self._notify.close()
            self._notify = None
            return ()
        if isinstance(found, str):  # the word for why nothing was found
            return ()
        root = self._workspace.root
        paths = sorted({Path(path) for _, path in found})
        return _told(self._workspace, [path for path in paths if _matters(root, path)])

    def _begin_anew(self) -> tuple[Change, ...]:
        """Watch again, after a pause, since what ended the watching may go on."""
        if self._stop.wait(_LOOK_UP_MS / 1_000):
            return ()
        try:
            self._notify = _begin(self._workspace.root)
        except OSError:  # the folder is gone, and may come back
            return ()
        return (Change(kind="many"),)


def _begin(root: Path) -> "RustNotify":
    from watchfiles._rust_notify import RustNotify  # its documented way without anyio's threads

    if not root.is_dir():  # it takes one that is not there for one that may not be read
        raise FileNotFoundError("there is no such folder")
    return RustNotify(
        [str(root)],
        debug=False,
        force_polling=False,
        poll_delay_ms=0,
        recursive=True,
        ignore_permission_denied=True,
    )


def _matters(root: Path, path: Path) -> bool:
    if not path.is_relative_to(root):
        return False
    parts = path.relative_to(root).parts
    if not parts:
        return True  # the workspace itself came or went
    if len(parts) == 1:
        return parts[0] in (SETTINGS_FILE, ENV_FILE)
    hidden = any(part.startswith(".") for part in parts)
    return parts[0] in _FOLDERS and not hidden and not path.name.endswith(TEMPORARY)


_FOLDERS = {kind.folder: kind.name for kind in KINDS}


def _told(workspace: Workspace, paths: list[Path]) -> tuple[Change, ...]:
    if len(paths) > MOST_CHANGES:
        return (Change(kind="many"),)
    return tuple(dict.fromkeys(_changes(workspace, paths)))


def _changes(workspace: Workspace, paths: list[Path]) -> Iterator[Change]:
    for path in paths:
        parts = path.relative_to(workspace.root).parts
        digest = digest_at(path)
        if workspace.did(path, digest):
            continue
        if parts == (SETTINGS_FILE,):
            yield Change(kind="workspace", there=bool(digest))
        elif parts == (ENV_FILE,):
            yield Change(kind="secrets", there=bool(digest))
        elif path.name.endswith(SUFFIX):
            name = "/".join(parts[1:]).removesuffix(SUFFIX)
            yield Change(kind=_FOLDERS[parts[0]], name=name, there=bool(digest))  # type: ignore[arg-type]
        elif path.is_dir() or not path.exists():
            yield Change(kind="many")  # a folder came, went or was moved
