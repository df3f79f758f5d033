"""What of an endpoint a format has no place for: each field that is not at its default."""

from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import fields

from wirescope.workbench.exchange.model import Note
from wirescope.workbench.workspace import Endpoint


def untold(place: str, endpoint: Endpoint, carried: Collection[str]) -> list[Note]:
    """Name the fields that would be lost.

    Args:
        place: what the endpoint is called.
        endpoint: the endpoint.
        carried: fields that the format has, as `headers` or `tls.ca`; a whole group by its name.
    """
    lost = [
        name
        for name, value, usual in _leaves("", endpoint)
        if value != usual and name not in carried and name.partition(".")[0] not in carried
    ]
    return [Note(place, f"The format has no place for {', '.join(lost)}.")] if lost else []


def _leaves(prefix: str, record: Struct) -> Iterator[tuple[str, object, object]]:
    for each in fields(record):
        value = getattr(record, each.name)
        name = f"{prefix}{each.name}"
        if isinstance(value, Struct) and not prefix:
            usual = each.default
            if value != usual:
                yield from _leaves(f"{name}.", value)
        elif each.name != "url":
            yield name, value, each.default
