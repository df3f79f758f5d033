"""What of an endpoint a format has no place for: each field that is not at its default.

Beside the fields there are ways in which a part of a list may stand that not all formats know.
"""

from collections.abc import Callable, Collection, Iterator

from msgspec import Struct
from msgspec.structs import fields

from wirescope.workbench.exchange.model import Note
from wirescope.workbench.workspace import Endpoint

DISABLED_PARAMETERS = "disabled parameters"
DISABLED_HEADERS = "disabled headers"
BARE_PARAMETERS = "parameters without a value"
TAKEN_OUT = "headers that are taken out"

WAYS: dict[str, Callable[[Endpoint], bool]] = {
    DISABLED_PARAMETERS: lambda endpoint: not all(each.enabled for each in endpoint.query),
    DISABLED_HEADERS: lambda endpoint: not all(each.enabled for each in endpoint.headers),
    "disabled cookies": lambda endpoint: not all(each.enabled for each in endpoint.cookies),
    BARE_PARAMETERS: lambda endpoint: any(each.value is None for each in endpoint.query),
    TAKEN_OUT: lambda endpoint: any(each.value is None for each in endpoint.headers),
}
"""By what they are called: whether an endpoint has something that stands so."""


def untold(place: str, endpoint: Endpoint, carried: Collection[str]) -> list[Note]:
    """Name the fields that would be lost.

    Args:
        place: what the endpoint is called.
        endpoint: the endpoint.
        carried: fields that the format has, as `headers` or `tls.ca`; a whole group by its name;
            and of `WAYS` those that it has.
    """
    lost = [
        name
        for name, value, usual in _leaves("", endpoint)
        if value != usual and name not in carried and name.partition(".")[0] not in carried
    ]
    lost += [way for way, stands in WAYS.items() if way not in carried and stands(endpoint)]
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
