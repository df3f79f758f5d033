"""Which workspace is worked in when nobody says: the folder one stands in, or one's own."""

import os
import sys
from pathlib import Path

from wirescope.errors import WorkspaceError
from wirescope.workbench.workspace.folder import Workspace
from wirescope.workbench.workspace.layout import is_workspace

APPLICATION = "wirescope"


def find_workspace(folder: Path | None = None, *, here: Path | None = None) -> Workspace:
    """Open a workspace, made where there is none.

    Args:
        folder: the one that is wanted. None takes `here` when it is a workspace or holds nothing,
            else the user's own, so that no files appear in a folder of something else.
        here: the current folder.

    Raises:
        WorkspaceError: it cannot be read or made.
    """
    if folder is None:
        folder = _here(here) or own_folder() / "workspace"
    try:
        folder = folder.expanduser()
    except RuntimeError:  # ~somebody
        raise WorkspaceError(
            f"There is no folder {folder}: no user of that name has one.",
            hint="Write the folder's path without ~.",
        ) from None
    return Workspace.open(folder) if is_workspace(folder) else Workspace.create(folder)


def _here(here: Path | None) -> Path | None:
    """Return the current folder if it can be read, and is a workspace or holds nothing."""
    try:
        here = here or Path.cwd()
        return here if is_workspace(here) or not any(here.iterdir()) else None
    except (OSError, WorkspaceError):  # it was deleted, or may not be listed
        return None


def own_folder() -> Path:
    """Return where this user's own files of Wirescope are (XDG base directories, or the like)."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return base / APPLICATION
