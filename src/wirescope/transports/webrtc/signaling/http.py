"""Requests of HTTP that carry signaling, on httpx: bounded, with a deadline, each written down.

TLS is verified unless the caller gives a context that does not. Nothing is taken from the
environment. What goes wrong becomes an error that says what to do.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import httpx

from wirescope.clock import Clock, SystemClock
from wirescope.errors import InvalidURLError, UsageError
from wirescope.transports.webrtc.description import Exchange
from wirescope.transports.webrtc.signaling.addresses import Origin, origin_of, shown
from wirescope.transports.webrtc.signaling.explaining import (
    explain_failure,
    failed,
    redirected,
)
from wirescope.transports.webrtc.signaling.records import BODY_LIMIT, Fields, head_text
from wirescope.transports.webrtc.signaling.way import OpenSocket, SocketTransport

Note = Callable[[Exchange], None]

_CREDENTIALS = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """How requests are made.

    Attributes:
        token: a bearer token, or other credentials of `scheme`; empty sends none.
        scheme: what the token is (RFC 9110 section 11.1).
        headers: further fields; credentials among them go to the first origin only.
        tls: whom to trust; None trusts whom the machine trusts.
        server_name: the name to ask for and to check instead of the address's host.
        open_socket: leads to a host and port, as by a proxy; None goes directly.
        timeout_s: seconds for each exchange, redirects included.
        max_redirects: how many are followed.
    """

    token: str = field(default="", repr=False)
    scheme: Literal["Bearer", "Basic"] = "Bearer"
    headers: Fields = ()
    tls: ssl.SSLContext | None = None
    server_name: str | None = None
    open_socket: OpenSocket | None = None
    timeout_s: float = 15
    max_redirects: int = 5

    def __post_init__(self) -> None:
        if not self.timeout_s > 0 or self.max_redirects < 0:
            raise UsageError("The time-out must be above 0, and redirects at least 0.")
        if re.search(r"[^\x21-\x7e]", self.token):
            raise UsageError(
                "The bearer token has a blank or a character that HTTP cannot carry.",
                hint="Give the token alone, without the word Bearer.",
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: the HTTP status code.
        url: where it came from, after redirects.
        headers: names and values in the order of the wire.
        body: as text.
    """

    status: int
    url: str
    headers: Fields
    body: str

    def get(self, name: str) -> str | None:
        """Give the first value of a field; None without one."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> list[str]:
        """Give each value of a field."""
        return [value for field, value in self.headers if field.lower() == name.lower()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request.

    Attributes:
        method: as `POST`.
        url: the whole address.
        body: what it carries; None nothing.
        headers: its own fields.
        token: a bearer token, shown to the first origin and to those that `HttpClient.trust` names;
            empty sends none.
    """

    method: str
    url: str
    body: str | None = None
    headers: Fields = ()
    token: str = field(default="", repr=False)


class HttpClient:
    """Makes requests; `http_client` makes it."""

    def __init__(
        self, client: httpx.AsyncClient, options: HttpOptions, note: Note, clock: Clock
    ) -> None:
        self._client = client
        self._options = options
        self._note = note
        self._clock = clock
        self._home: Origin | None = None  # what was asked first
        self._trusted: set[Origin] = set()

    def trust(self, namer: str, url: str) -> None:
        """Let a session's address have the token, if the one that named it had it (RFC 9725).

        An origin that a redirect led to has none, and so gives none to others.
        """
        origin = origin_of(url)
        if origin_of(namer) in self._trusted and origin[0] == "https":
            self._trusted.add(origin)

    async def ask(self, question: Question) -> Answer:
        """Make a request and read the answer; follows 307 and 308 (RFC 9725 section 4.5).

        Raises:
            ConnectError: no answer came, or it leads nowhere.
            InvalidURLError: the address is none of HTTP.
        """
        if self._home is None:
            self._home = origin_of(question.url)
            self._trusted.add(self._home)
        try:
            async with asyncio.timeout(self._options.timeout_s):
                for _ in range(self._options.max_redirects + 1):
                    answer = await self._exchange(question)
                    if answer.status not in (301, 302, 303, 307, 308):
                        return answer
                    location = answer.get("Location") or ""
                    to = redirected(answer.status, question.url, location)
                    question = replace(question, url=to)
        except TimeoutError:
            raise failed(
                "timeout",
                f"{shown(question.url)} did not answer within {self._options.timeout_s:g} s.",
                "See whether the server is up and overloaded, or a firewall drops the packets.",
            ) from None
        raise failed(
            "redirects",
            f"There are more than {self._options.max_redirects} redirects; the last leads to"
            f" {shown(question.url)}.",
            "Use the last address itself.",
        )

    async def _exchange(self, question: Question) -> Answer:
        began_ns = self._clock.monotonic_ns()
        request = self._request(question)
        answer = Answer(0, question.url, (), "")
        try:
            answer = await self._send(request, question.url)
        except (httpx.HTTPError, httpx.StreamError, OSError, ValueError) as error:
            raise explain_failure(error, question.url) from None
        finally:
            self._note(
                Exchange(
                    question.method,
                    question.url,
                    answer.status,
                    head_text(_fields(request.headers)),
                    question.body or "",
                    head_text(answer.headers),
                    answer.body,
                    self._clock.monotonic_ns() - began_ns,
                )
            )
        return answer

    def _request(self, question: Question) -> httpx.Request:
        origin = origin_of(question.url)
        own = [
            (name, value)
            for name, value in self._options.headers
            if origin == self._home or name.strip().lower() not in _CREDENTIALS
        ]
        headers = [*question.headers, *own]
        if question.token and origin in self._trusted:
            headers.append(("Authorization", f"{self._options.scheme} {question.token}"))
        try:
            name = self._options.server_name
            return self._client.build_request(
                question.method,
                question.url,
                content=question.body,
                headers=headers,
                extensions={"sni_hostname": name} if name else {},
            )
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise InvalidURLError(f"{shown(question.url)} cannot be asked: {error}.") from None

    async def _send(self, request: httpx.Request, url: str) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_raw():  # compressed it may be of any length
                body += piece
                if len(body) > BODY_LIMIT:
                    del body[BODY_LIMIT:]
                    break
        finally:
            await response.aclose()
        text = body.decode("utf-8", "replace")
        return Answer(response.status_code, url, _fields(response.headers), text)


def _fields(headers: httpx.Headers) -> Fields:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)


@asynccontextmanager
async def http_client(
    options: HttpOptions, note: Note, *, clock: Clock | None = None
) -> AsyncIterator[HttpClient]:
    """Make a client; its connections are closed with the context.

    Args:
        options: how requests are made.
        note: is told each exchange.
        clock: measures them.
    """
    tls = options.tls or ssl.create_default_context()
    way = options.open_socket
    async with httpx.AsyncClient(
        verify=tls,
        transport=None if way is None else SocketTransport(tls, way),
        trust_env=False,
        timeout=options.timeout_s,
        follow_redirects=False,
        headers={"User-Agent": "wirescope", "Accept-Encoding": "identity"},
    ) as client:
        yield HttpClient(client, options, note, clock or SystemClock())
