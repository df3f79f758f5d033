"""Which workspace is worked in when nobody says: the folder one stands in, or one's own."""

import os
import sys
from pathlib import Path

from wirescope.workbench.workspace.folder import Workspace
from wirescope.workbench.workspace.layout import SETTINGS_FILE

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
        here = here or Path.cwd()
        fits = (here / SETTINGS_FILE).is_file() or not any(here.iterdir())
        folder = here if fits else own_folder() / "workspace"
    if (folder / SETTINGS_FILE).is_file():
        return Workspace.open(folder)
    return Workspace.create(folder)


def own_folder() -> Path:
    """Return where this user's own files of Wirescope are (XDG base directories, or the like)."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return base / APPLICATION
