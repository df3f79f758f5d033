"""The values of Sec-WebSocket-Extensions and Sec-WebSocket-Protocol (RFC 6455).

They are read into ordered records; what an extension's parameters mean is the extension's matter.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from wirescope.errors import HandshakeError
from wirescope.wire.websocket.heads import elements, is_token, shown


class Extension(NamedTuple):
    """One element of Sec-WebSocket-Extensions; a parameter without a value has None."""

    name: str
    parameters: tuple[tuple[str, str | None], ...] = ()

    def __str__(self) -> str:
        written = (name if value is None else f"{name}={value}" for name, value in self.parameters)
        return "; ".join((self.name, *written))


def parse_subprotocols(values: Iterable[str]) -> list[str]:
    """Read the values of Sec-WebSocket-Protocol: the subprotocols in order of preference."""
    return [part for value in values for part in elements(value)]


_EMPTY = re.compile(r"[ \t]*(?:,|\Z)")
_EXTENSION_PART = re.compile(
    r"""[ \t]*(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*
        (?:=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[!#$%&'*+\-.^_`|~0-9A-Za-z]+))[ \t]*)?
        (?P<next>[;,]|\Z)""",
    re.VERBOSE,
)


def parse_extensions(values: Iterable[str]) -> list[Extension]:
    """Read the values of Sec-WebSocket-Extensions, in order (section 9.1).

    A quoted value is given without its quotes and backslashes.

    Raises:
        HandshakeError: a value does not follow the grammar.
    """
    return [extension for value in values for extension in _parse_extensions(value)]


def _parse_extensions(value: str) -> list[Extension]:
    found: list[Extension] = []
    position, begins = 0, True
    while position < len(value):
        # RFC 9110 section 5.6.1.2: empty elements of a list are passed over
        empty = _EMPTY.match(value, position) if begins else None
        if empty is not None:
            position = empty.end()
            continue
        part = _EXTENSION_PART.match(value, position)
        if part is None or (begins and "=" in part[0]):
            raise _bad_extensions(value, position)
        position = part.end()
        if begins:
            found.append(Extension(part["name"]))
        else:
            parameter = (part["name"], _parameter_value(part, value))
            found[-1] = Extension(found[-1].name, (*found[-1].parameters, parameter))
        begins = part["next"] != ";"
    if not begins:
        raise _bad_extensions(value, position)
    return found


def _parameter_value(part: re.Match[str], value: str) -> str | None:
    if part["quoted"] is None:
        return part["plain"]
    text = re.sub(r"\\(.)", r"\1", part["quoted"])
    # section 9.1: the value after unescaping MUST be a token
    if not is_token(text):
        raise _bad_extensions(value, part.start("quoted"))
    return text


def _bad_extensions(value: str, position: int) -> HandshakeError:
    return HandshakeError(
        f"Sec-WebSocket-Extensions cannot be read at character {position + 1}: {shown(value)}.",
        clause="RFC 6455 9.1",
        hint="Expected is: name; parameter; parameter=value, next-name",
    )
