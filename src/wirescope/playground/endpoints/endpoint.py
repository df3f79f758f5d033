"""What an endpoint is: a path, a sentence, parameters with bounds, an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from wirescope.errors import UsageError
from wirescope.playground.endpoints.serving import Serving
from wirescope.transports.websocket import Acceptance, Refusal, Request, Resource

Scheme = Literal["ws", "webrtc+ws", "whip+http", "whep+http"]
"""How an endpoint is spoken to, in plain text."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint's query.

    Attributes:
        name: as in the query.
        default: what it is without being given; its type is the parameter's.
        meaning: what it does, with its unit.
        least: of a number.
        most: of a number, or the characters of a text.
        choices: of a text, if only some are possible.
    """

    name: str
    default: int | str
    meaning: str
    least: int = 0
    most: int = 1_000_000
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write it for a list: name, default, meaning, range."""
        if self.choices:
            bounds = f" ({', '.join(self.choices)})"
        elif isinstance(self.default, int):
            bounds = f" ({self.least} to {self.most})"
        else:
            bounds = ""
        return f"{self.name}={self.default}  {self.meaning}{bounds}"

    def read(self, text: str) -> int | str:
        """Read a value; UsageError says what would be right."""
        if isinstance(self.default, int):
            digits = text.removeprefix("-")
            if digits.isascii() and digits.isdigit() and len(digits) < 20:
                number = int(text)
                if self.least <= number <= self.most:
                    return number
            raise UsageError(f"{self.name} takes a number from {self.least} to {self.most}.")
        if self.choices and text not in self.choices:
            raise UsageError(f"{self.name} takes one of {', '.join(self.choices)}.")
        if len(text) > self.most:
            raise UsageError(f"{self.name} takes at most {self.most} characters.")
        return text


class Arguments:
    """The values of an endpoint's parameters in one request.

    Raises:
        UsageError: a parameter is unknown or out of its bounds.
    """

    def __init__(self, endpoint: "Endpoint", query: dict[str, str]) -> None:
        known = {parameter.name: parameter for parameter in endpoint.parameters}
        for name in query:
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                raise UsageError(f"{endpoint.path} has no parameter {name}; {takes}.")
        self._values = {
            name: parameter.read(query[name]) if name in query else parameter.default
            for name, parameter in known.items()
        }

    def number(self, name: str) -> int:
        """Return a number."""
        value = self._values[name]
        assert isinstance(value, int)
        return value

    def text(self, name: str) -> str:
        """Return a text."""
        value = self._values[name]
        assert isinstance(value, str)
        return value


Answer = Callable[[Arguments, Request], Acceptance | Refusal | Resource]
"""What a request gets; raises UsageError for arguments that do not fit together."""

Begin = Callable[[Serving], Answer]
"""Makes ready what answers, for as long as a server runs."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A test endpoint.

    Attributes:
        path: where it is.
        summary: one sentence, what it does.
        parameters: of its query.
        begin: makes what answers requests there.
        scheme: of its address.
    """

    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    begin: Begin
    scheme: Scheme = "ws"

    @property
    def is_http(self) -> bool:
        """Whether it is spoken to over plain HTTP: what is below its path belongs to it."""
        return self.scheme.endswith("http")

    def address(self, server: str) -> str:
        """Write its address, given that of the server, as `ws://127.0.0.1:8765`."""
        protocol, _, host = server.rstrip("/").partition("://")
        scheme = self.scheme + ("s" if protocol == "wss" else "")
        return f"{scheme}://{host}{self.path}"


def at_once(answer: Answer) -> Begin:
    """Make an endpoint ready that needs nothing of the server."""
    return lambda _: answer
