"""What a new workspace has: its folders, its settings, what git is to leave out, the schemas."""

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

_IGNORED = ("captures/", ".env", f".*{TEMPORARY}")


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
    _ignore(root / ".gitignore")
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


def _write_if_other(path: Path, text: str) -> None:
    data = text.encode()
    if not path.is_file() or path.read_bytes() != data:
        write_file(path, data)


def _ignore(path: Path) -> None:
    """Add to `.gitignore` what is missing there."""
    try:
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError):
        return
    missing = [line for line in _IGNORED if line not in lines]
    if missing:
        write_file(path, ("\n".join([*lines, *missing]) + "\n").encode())
