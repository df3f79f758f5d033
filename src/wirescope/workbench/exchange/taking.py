"""What is taken out of a workspace to be written for another tool."""

from collections.abc import Mapping
from typing import Any

from wirescope.errors import UsageError, WorkspaceError
from wirescope.workbench.exchange.model import Exported, Note
from wirescope.workbench.exchange.reading import file_name, join_name
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    Endpoint,
    Environment,
    Kind,
    SavedMessage,
    Workspace,
)
from wirescope.workbench.workspace.names import check_name


def take_out(workspace: Workspace, chosen: tuple[str, ...] = ()) -> tuple[Exported, list[Note]]:
    """Read what is to be exported: endpoints by name or folder, their messages, environments.

    Args:
        workspace: where from.
        chosen: names of endpoints or of folders of them; none takes all.

    Returns:
        What was read, and notes on the files that cannot be.

    Raises:
        UsageError: there is no endpoint and no folder of that name.
    """
    notes: list[Note] = []
    names = _names_of(workspace, ENDPOINT)
    for each in chosen:
        if not any(name == each or name.startswith(f"{each.rstrip('/')}/") for name in names):
            raise UsageError(
                f"There is no endpoint {each!r} in the workspace.",
                hint=f"There are {', '.join(names[:20])}." if names else "It has no endpoints.",
            )
    wanted = [
        name
        for name in names
        if not chosen or any(name == each or name.startswith(f"{each.rstrip('/')}/")
                             for each in chosen)
    ]  # fmt: skip
    endpoints: Mapping[str, Endpoint] = _read(workspace, ENDPOINT, wanted, notes)
    messages: Mapping[str, SavedMessage] = _read(
        workspace, MESSAGE, _names_of(workspace, MESSAGE), notes
    )
    environments: Mapping[str, Environment] = _read(
        workspace, ENVIRONMENT, _names_of(workspace, ENVIRONMENT), notes
    )
    belonging = {name: each for name, each in messages.items() if each.endpoint in endpoints}
    if free := sum(each.endpoint is None for each in messages.values()):
        notes.append(Note("", f"Messages that belong to no endpoint, left out: {free}."))
    return Exported(workspace.name, endpoints, belonging, environments), notes


def path_of(name: str) -> str:
    """Give the path that something would have that has none yet, and is called anything.

    >>> path_of("rooms/lobby"), path_of("../x"), path_of("wss: a")
    ('rooms/lobby', 'unnamed/x', 'wss a')
    """
    try:
        return check_name(name)
    except UsageError:
        return join_name(*name.split("/")) or file_name(name)


def _read(workspace: Workspace, kind: Kind[Any], names: list[str], notes: list[Note]) -> Any:
    found = {}
    for name in names:
        try:
            found[name] = workspace.read(kind, name).value
        except WorkspaceError as error:
            notes.append(Note(f"{kind.name} {name}", f"It is left out: {error.message}"))
    return found


def _names_of(workspace: Workspace, kind: Kind[Any]) -> list[str]:
    entries = workspace.tree().entries
    return [each.name for each in entries if each.kind == kind.name and not each.folder]
