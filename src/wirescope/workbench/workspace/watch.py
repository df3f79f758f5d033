"""Changes that somebody else makes in a workspace: an editor, git, another Wirescope.

What this workspace wrote itself is not told. Changes come in batches, at most every 50 ms; a batch
that is too large says only that much has changed. Captures are not watched: they are told by what
records them.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from wirescope.errors import WorkspaceError
from wirescope.workbench.workspace.documents import KINDS, digest_of
from wirescope.workbench.workspace.folder import Workspace
from wirescope.workbench.workspace.layout import SETTINGS_FILE
from wirescope.workbench.workspace.names import SUFFIX
from wirescope.workbench.workspace.saving import TEMPORARY
from wirescope.workbench.workspace.secret_store import ENV_FILE

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


async def watch(workspace: Workspace) -> AsyncIterator[tuple[Change, ...]]:
    """Yield what others change, until the caller stops.

    Raises:
        WorkspaceError: the system cannot watch the folder, or it is gone.
    """
    import anyio
    from watchfiles import awatch

    stop = anyio.Event()
    changes = awatch(
        workspace.root,
        watch_filter=lambda _change, path: _matters(workspace.root, Path(path)),
        debounce=_LONGEST_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_UP_MS,
        stop_event=stop,
    )
    try:
        async for batch in changes:
            paths = sorted({Path(path) for _, path in batch})
            told = await asyncio.to_thread(_told, workspace, paths)
            if told:
                yield told
    except OSError as error:
        raise WorkspaceError(
            f"Changes in {workspace.root} cannot be watched: {error}.",
            hint="Raise the limit of watched files (on Linux fs.inotify.max_user_watches), or read"
            " the tree again by hand.",
        ) from None
    finally:
        stop.set()
        await changes.aclose()


def _matters(root: Path, path: Path) -> bool:
    if not path.is_relative_to(root):
        return False
    parts = path.relative_to(root).parts
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
        digest = _digest(path)
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


def _digest(path: Path) -> str:
    """Return the digest of a file as it is now; empty where there is none."""
    try:
        return digest_of(path.read_bytes())
    except OSError:
        return ""
