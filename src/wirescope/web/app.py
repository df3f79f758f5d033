"""The application behind the gate: the page's files, `/api`, the live socket.

Every route but these few comes from the table of operations. What an operation does is a handler,
a coroutine that takes a `Call` and returns what the table says it gives; handlers hold no logic of
their own, they ask the desk and the workspace.
"""

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from wirescope.errors import WirescopeError
from wirescope.web.failures import (
    RequestRefusedError,
    json_response,
    on_fault,
    on_unknown,
    refusal,
)
from wirescope.web.openapi import describe
from wirescope.web.operations import OPERATIONS, Operation
from wirescope.web.requests import Done

PAGE = Path(__file__).parent / "_page"
"""The page as `hatch_build.py` built it."""

MAX_BODY = 4 << 20
"""Bytes of JSON that a request may have."""

MAX_FILE = 1 << 30
"""Bytes of a file that a request may carry."""

BODY_TIMEOUT_S = 30.0
"""So long may nothing come of a body that was begun."""


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked: parameters of the path, the body, and for files where the body lies.

    Attributes:
        path: parameters by name.
        body: of the type that the operation takes.
    """

    path: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class File:
    """A file as an answer: pieces of it, its media type, the name to save it under.

    Without a name it is shown by the page and not saved. Once it is answered, or whoever asked has
    gone, `done` is called, even where no piece was ever taken.
    """

    pieces: AsyncIterator[bytes]
    media_type: str
    name: str = ""
    done: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A file of sound or pictures on the disk as an answer, in ranges as a player asks for them."""

    path: Path
    media_type: str


Handler = Callable[[Call], Awaitable[Any]]
"""Does what an operation says; raises WirescopeError with what happened and what to do."""

Live = Callable[[WebSocket], Awaitable[None]]
"""Serves one live socket to its end."""


def make_app(handlers: Mapping[str, Handler], live: Live) -> Starlette:
    """Join the table of operations with what does them; KeyError when one has no handler."""
    routes: list[BaseRoute] = [
        Route("/", _index, methods=["GET"], name="index"),
        Route("/api/openapi.json", _openapi, methods=["GET"], name="openapi"),
        WebSocketRoute("/api/live", live, name="live"),
        *(_route(operation, handlers[operation.name]) for operation in OPERATIONS),
        Mount("/page", _PageFiles(directory=PAGE), name="page"),
    ]
    return Starlette(
        routes=routes, exception_handlers={HTTPException: on_unknown, Exception: on_fault}
    )


class _PageFiles(StaticFiles):
    """The page's files, compressed when they were built; those in `assets` never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        is_asset = path.startswith("assets/")
        accepted = Headers(scope=scope).get("accept-encoding", "")
        packed = is_asset and "gzip" in accepted and self.lookup_path(f"{path}.gz")[1] is not None
        response = await super().get_response(f"{path}.gz" if packed else path, scope)
        if is_asset:
            response.headers["cache-control"] = "private, max-age=31536000, immutable"
            response.headers["vary"] = "Accept-Encoding"
        if packed:
            response.headers["content-encoding"] = "gzip"
            response.headers["content-type"] = _media_type(path)
        return response


def _media_type(path: str) -> str:
    guessed = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


async def _index(request: Request) -> Response:
    text = (PAGE / "index.html").read_text("utf-8")
    meta = f'<meta name="csp-nonce" nonce="{request.state.nonce}" />'
    return HTMLResponse(text.replace("</head>", f"{meta}</head>", 1))


async def _openapi(_: Request) -> Response:
    return json_response(describe())


def _route(operation: Operation, handler: Handler) -> Route:
    decode = _decoder(operation.takes)

    async def serve(request: Request) -> Response:
        try:
            body = await decode(request)
            given = await handler(Call(request.path_params, body))
            return _answer(given, head=request.method == "HEAD")
        except WirescopeError as error:
            return refusal(error)

    return Route(operation.path, serve, methods=[operation.method], name=operation.name)


def _decoder(takes: Any) -> Callable[[Request], Awaitable[Any]]:
    async def nothing(_: Request) -> None:
        return None

    async def file(request: Request) -> AsyncIterator[bytes]:
        return _bounded(request.stream(), MAX_FILE)

    if takes is None:
        return nothing
    if takes is bytes:
        return file
    read = msgspec.json.Decoder(takes).decode

    async def json(request: Request) -> Any:
        # A form of another site cannot say this media type without being asked for permission.
        media_type = request.headers.get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != "application/json":
            raise RequestRefusedError("The body must be application/json.", status=415)
        data = b"".join([piece async for piece in _bounded(request.stream(), MAX_BODY)])
        try:
            return read(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise RequestRefusedError(f"The request cannot be read: {error}.", status=422) from None
        except RecursionError:
            raise RequestRefusedError("The request is nested too deep.", status=422) from None

    return json


async def _bounded(pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    length = 0
    while True:
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                piece = await anext(pieces, None)
        except TimeoutError:
            words = f"Nothing came of the body for {BODY_TIMEOUT_S:g} s."
            raise RequestRefusedError(words, hint="Send it again.", status=408) from None
        if piece is None:
            return
        length += len(piece)
        if length > limit:
            raise RequestRefusedError(
                f"What was sent has more than {limit >> 20:,} MiB, which is all that the page may"
                " send at once.",
                hint="Send a longer message as a file; `wirescope import` reads larger files.",
                status=413,
            )
        yield piece


def _answer(given: Any, *, head: bool) -> Response:
    if isinstance(given, DiskFile):
        return FileResponse(given.path, media_type=given.media_type)  # RFC 9110 section 14
    if isinstance(given, File):
        # The media type of a captured payload is never one that a browser would show as a page.
        headers = {"content-disposition": _attachment(given.name)} if given.name else {}
        if head:  # a live stream would be made without end for nobody (RFC 9110 section 9.3.2)
            given.done()
            answer = Response(media_type=given.media_type, headers=headers)
            del answer.headers["content-length"]  # which is not known
            return answer
        return _Pieces(given, headers)
    return json_response(Done() if given is None else given)


class _Pieces(StreamingResponse):
    """A file piece by piece, which knows when it is over."""

    def __init__(self, file: File, headers: Mapping[str, str]) -> None:
        super().__init__(file.pieces, media_type=file.media_type, headers=headers)
        self._done = file.done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._done()


def _attachment(name: str) -> str:
    # RFC 6266 section 5; the name in UTF-8 by RFC 8187
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
