"""Several imports as one, and an import as it stands in a folder of the workspace.

Files of a folder belong together, such as `.http` files and their like.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace as replaced

from msgspec.structs import replace

from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading, moved, within
from wirescope.workbench.workspace import Environment
from wirescope.workbench.workspace.names import check_name


def join_imports(parts: Sequence[tuple[str, Imported]]) -> Imported:
    """Join imports; two things of one name get a number, and environments of one name are joined.

    Args:
        parts: what was read, each with the path that it came from.
    """
    reading = Reading(parts[0][1].form if len({each.form for _, each in parts}) == 1 else "folder")
    environments: dict[str, Environment] = {}
    for path, part in parts:
        _add(reading, part)
        for name, environment in part.environments.items():
            known = environments.get(name)
            environments[name] = environment if known is None else _joined(known, environment)
        for note in part.notes:
            reading.note(f"{path} {note.place}".strip(), note.text)
    for name, environment in environments.items():
        reading.environment(name, environment)
    return reading.done()


def into_folder(imported: Imported, folder: str) -> Imported:
    """Put endpoints and messages into a folder; environments have none.

    Args:
        imported: what was read; it stays as it is.
        folder: the folder, with `/` between the parts; an empty one changes nothing.

    Raises:
        UsageError: it cannot be the name of a folder.
    """
    if not folder:
        return imported
    usual = check_name(folder)
    return renamed(imported, lambda name: within(usual, name))


def renamed(imported: Imported, called: Callable[[str], str]) -> Imported:
    """Give endpoints and messages other names; those that become the same get a number."""
    reading = Reading(imported.form)
    _add(reading, imported, called)
    return replaced(imported, endpoints=reading.endpoints, messages=reading.messages)


def _add(
    reading: Reading, part: Imported, called: Callable[[str], str] = lambda name: name
) -> None:
    """Add endpoints, and their messages below the names that the endpoints get."""
    names = {name: reading.endpoint(called(name), each) for name, each in part.endpoints.items()}
    for name, message in part.messages.items():
        owner = names.get(message.endpoint or "")
        followed = name if owner is None else moved(name, message.endpoint or "", owner)
        wanted = called(name) if followed == name else followed
        reading.message(wanted, replace(message, endpoint=owner))


def _joined(known: Environment, further: Environment) -> Environment:
    secrets = dict.fromkeys((*known.secrets, *further.secrets))
    variables = {
        key: value
        for key, value in (known.variables | further.variables).items()
        if key not in secrets
    }
    return replace(known, variables=variables, secrets=tuple(secrets))
