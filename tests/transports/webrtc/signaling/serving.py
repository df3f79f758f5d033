"""Servers of HTTP for tests: a mount on a real port, and one that answers what a test tells it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse, Mount
from wirescope.transports.websocket import (
    Acceptance,
    Refusal,
    Request,
    Resource,
    Response,
    ServerOptions,
    serve,
)


def plain_request(request: Request, body: bytes, url: str) -> HttpRequest:
    """Make the handlers' record of a server's request."""
    head = request.head
    return HttpRequest(head.method, request.path, head.headers, body, url + head.target)


@asynccontextmanager
async def on_a_port(
    *mounts: Mount,
    ssl: SSLContext | None = None,
    shared: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> AsyncIterator[str]:
    """Serve mounts; gives the address of the server, as `http://127.0.0.1:8080`."""

    async def handler(request: Request, body: bytes) -> Response:
        mount = next(each for each in mounts if each.covers(request.path))
        answer = await mount.handle(plain_request(request, body, address))
        return Response(answer.status, answer.body, answer.headers)

    def route(request: Request) -> Acceptance | Refusal | Resource:
        if any(each.covers(request.path) for each in mounts):
            return Resource(handler=handler)
        return Refusal(404)

    async with serve(route, ssl=ssl, options=ServerOptions(shared=shared)) as server:
        address = server.url.replace("ws", "http", 1)
        yield address


@dataclass
class Told:
    """A server that answers what it is told, and what it was asked.

    Attributes:
        answer: makes the answer to a request.
        asked: the requests.
        url: where it is.
    """

    answer: Callable[[HttpRequest], HttpResponse]
    asked: list[HttpRequest] = field(default_factory=list)
    url: str = ""


@asynccontextmanager
async def told(
    answer: Callable[[HttpRequest], HttpResponse], *, ssl: SSLContext | None = None
) -> AsyncIterator[Told]:
    """Serve what a test says."""
    server_of_test = Told(answer)

    async def handler(request: Request, body: bytes) -> Response:
        asked = plain_request(request, body, server_of_test.url)
        server_of_test.asked.append(asked)
        made = server_of_test.answer(asked)
        return Response(made.status, made.body, made.headers)

    async with serve(lambda _: Resource(handler=handler), ssl=ssl) as server:
        server_of_test.url = server.url.replace("ws", "http", 1)
        yield server_of_test
