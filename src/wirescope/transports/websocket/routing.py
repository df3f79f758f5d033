"""What a server decides on: the request as a route sees it, and the answers that it can give."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from wirescope.transports.websocket.bodies import BODY_LIMIT
from wirescope.transports.websocket.connection import WebSocketConnection
from wirescope.transports.websocket.settings import Settings
from wirescope.wire.websocket import DeflateParameters, RequestHead

Handler = Callable[[WebSocketConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for.

    Attributes:
        head: the request's head as it came.
        secure: whether it came over TLS.
    """

    head: RequestHead
    secure: bool

    @property
    def path(self) -> str:
        """The path of the request target, without its query."""
        path = self.head.target.partition("?")[0]
        # RFC 9112 section 3.2.2: a target may be a whole URL, too
        scheme, separator, rest = path.partition("://")
        return f"/{rest.partition('/')[2]}" if separator and scheme.isalpha() else path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of repeated ones the last counts."""
        query = self.head.target.partition("?")[2]
        return dict(parse_qsl(query, keep_blank_values=True))

    @property
    def wants_websocket(self) -> bool:
        """Whether it is an opening handshake at all, or plain HTTP."""
        upgrades = [value.lower() for value in self.head.get_list("Upgrade")]
        return "websocket" in upgrades


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The answer 101, and what happens then.

    Attributes:
        handler: gets the established connection, which is closed when it returns.
        subprotocol: the one to choose, "" for none; None chooses from the server's own.
        compression: the preferred parameters of permessage-deflate, None to decline it.
        headers: header fields to add.
        settings: the connection's behaviour; None takes the server's own.
    """

    handler: Handler
    subprotocol: str | None = None
    compression: DeflateParameters | Literal["default"] | None = "default"
    headers: tuple[tuple[str, str], ...] = ()
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Any other answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """What a resource answers."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Plain HTTP of any method: the request's body is read, then the handler answers.

    Attributes:
        handler: gets the request and its body.
        body_limit: bytes that the body may have; more are refused with 413.
        body_time_s: seconds for the body to come.
        answer_time_s: seconds for the handler; then the answer is 503.
    """

    handler: Callable[[Request, bytes], Awaitable[Response]]
    body_limit: int = BODY_LIMIT
    body_time_s: float = 10
    answer_time_s: float = 30


Route = Callable[[Request], Acceptance | Refusal | Resource]
