"""What a new workspace has: its folders, its settings, what git is to leave out, the schemas."""

from contextlib import suppress
from pathlib import Path

from wirescope.errors import UsageError, WorkspaceError
from wirescope.workbench.workspace.documents import KINDS, SETTINGS, write_document
from wirescope.workbench.workspace.model import WorkspaceSettings
from wirescope.workbench.workspace.names import inside
from wirescope.workbench.workspace.saving import TEMPORARY, cannot, write_file
from wirescope.workbench.workspace.schemas import schemas

SETTINGS_FILE = "wirescope.yaml"
CAPTURES = "captures"
OWN = ".wirescope"
"""What Wirescope keeps for itself: schemas, the trash, what was reckoned before. Not for git."""

_ABANDONED_NS = 3600 * 1_000_000_000
"""Another process may be writing what is younger."""

_IGNORED = ("captures/", ".env", f".*{TEMPORARY}")


def is_workspace(folder: Path) -> bool:
    """Whether a folder is a workspace.

    Raises:
        WorkspaceError: it may not be looked into.
    """
    try:
        return (folder / SETTINGS_FILE).is_file()
    except OSError as error:
        raise cannot("opened", folder, error) from None


def lay_out(root: Path, name: str) -> None:
    """Make a folder a workspace; files that are there stay.

    Raises:
        WorkspaceError: it cannot be written.
    """
    try:
        for folder in (*(kind.folder for kind in KINDS), CAPTURES):
            (root / folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot("made", root, error) from None
    _ignore(root)
    write_schemas(root)
    schema = f"{OWN}/schemas/{SETTINGS.name}.json"
    settings = WorkspaceSettings(name=name)
    write_file(root / SETTINGS_FILE, write_document(SETTINGS, settings, before=None, schema=schema))


def write_schemas(root: Path) -> None:
    """Put the schemas where editors find them; what cannot be written is done without."""
    try:
        folder = inside(root, root / OWN)
        _write_if_other(folder / ".gitignore", "*\n")
        for name, text in schemas().items():
            _write_if_other(folder / "schemas" / name, text)
    except (OSError, UsageError, WorkspaceError):
        return


def sweep(root: Path, *, now_ns: int) -> None:
    """Delete what saves that were killed left behind, which may be a copy of `.env`."""
    folders = [root / kind.folder for kind in KINDS]
    places = [root, root / CAPTURES, root / OWN, root / OWN / "schemas"]
    pattern = f".*{TEMPORARY}"
    with suppress(OSError):
        found = [path for folder in places for path in folder.glob(pattern)]
        found += [path for folder in folders for path in folder.rglob(pattern)]
        for path in found:
            old = now_ns - path.lstat().st_mtime_ns > _ABANDONED_NS
            if old and path.resolve().is_relative_to(root):
                path.unlink()


def _write_if_other(path: Path, text: str) -> None:
    data = text.encode()
    if not path.is_file() or path.read_bytes() != data:
        write_file(path, data)


def _ignore(root: Path) -> None:
    """Add to `.gitignore` what is missing there."""
    try:
        path = inside(root, root / ".gitignore")
        data = path.read_bytes() if path.exists() else b""
    except (OSError, UsageError):
        return
    lines = data.decode(errors="replace").splitlines()
    missing = "".join(f"{line}\n" for line in _IGNORED if line not in lines)
    if missing:
        end = b"" if data.endswith(b"\n") or not data else b"\n"
        write_file(path, data + end + missing.encode())
