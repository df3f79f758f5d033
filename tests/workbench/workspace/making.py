"""Files of a workspace as somebody else writes them, and what is there by name."""

from pathlib import Path

from wirescope.workbench.workspace import Endpoint, Workspace

FEED = Endpoint(url="wss://feed.test/")


def names(workspace: Workspace) -> list[tuple[str, str, bool]]:
    """List kind, name and whether it is a folder."""
    return [(entry.kind, entry.name, entry.folder) for entry in workspace.tree().entries]


def put(workspace: Workspace, path: str, text: str | bytes) -> Path:
    """Write a file below the workspace's folder."""
    file = workspace.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file
