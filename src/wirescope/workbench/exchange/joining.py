"""Several imports as one: files of a folder that belong together, such as `.http` and its like."""

from collections.abc import Sequence

from msgspec.structs import replace

from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading
from wirescope.workbench.workspace import Environment


def join_imports(parts: Sequence[tuple[str, Imported]]) -> Imported:
    """Join imports; two things of one name get a number, and environments of one name are joined.

    Args:
        parts: what was read, each with the path that it came from.
    """
    reading = Reading(parts[0][1].form if len({each.form for _, each in parts}) == 1 else "folder")
    environments: dict[str, Environment] = {}
    for path, part in parts:
        names = {name: reading.endpoint(name, each) for name, each in part.endpoints.items()}
        for name, message in part.messages.items():
            owner = names.get(message.endpoint or "")
            renamed = replace(message, endpoint=owner)
            if owner is not None and owner != message.endpoint:
                name = f"{owner}{name.removeprefix(message.endpoint or '')}"
            reading.message(name, renamed)
        for name, environment in part.environments.items():
            known = environments.get(name)
            if known is not None:
                secrets = dict.fromkeys((*known.secrets, *environment.secrets))
                environment = replace(
                    known,
                    variables={
                        key: value
                        for key, value in (known.variables | environment.variables).items()
                        if key not in secrets
                    },
                    secrets=tuple(secrets),
                )
            environments[name] = environment
        for note in part.notes:
            reading.note(f"{path} {note.place}".strip(), note.text)
    for name, environment in environments.items():
        reading.environment(name, environment)
    return reading.done()
