"""What is answered when a request is not done: a status of HTTP, and why in a `Failure`.

That something cannot be done is an error of our tree, and its class says the status. Anything else
that is raised is a fault of this program: it is answered as well, and told to the event loop, which
writes it to stderr, since the page can do no more about it than whoever looks at the page.
"""

import asyncio
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wirescope.errors import (
    UnknownCaptureError,
    UnknownConnectionError,
    UnknownEventError,
    UnknownSessionError,
    UnknownVariableError,
    UsageError,
    WirescopeError,
)
from wirescope.web.requests import Failure, Item

_STATUSES: tuple[tuple[type[WirescopeError], int], ...] = (
    (UnknownCaptureError, HTTPStatus.NOT_FOUND),
    (UnknownSessionError, HTTPStatus.NOT_FOUND),
    (UnknownEventError, HTTPStatus.NOT_FOUND),
    (UnknownConnectionError, HTTPStatus.NOT_FOUND),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (WirescopeError, HTTPStatus.CONFLICT),
)
"""The first that fits counts."""


class RequestRefusedError(WirescopeError):
    """A request cannot be done as it was asked.

    Attributes:
        status: of HTTP.
        field: the field that caused it; empty for none.
        current: the item as it is now, of a conflict.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int = HTTPStatus.BAD_REQUEST,
        field: str = "",
        current: Item | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.field = field
        self.current = current


def json_response(value: object, status: int = HTTPStatus.OK) -> Response:
    """Answer with a record."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def refusal(error: WirescopeError) -> Response:
    """Answer a request that cannot be done."""
    failure = Failure(error=error.message, hint=error.hint)
    if isinstance(error, RequestRefusedError):
        failure = msgspec.structs.replace(failure, field=error.field, current=error.current)
        return json_response(failure, error.status)
    if isinstance(error, UnknownVariableError):
        failure = msgspec.structs.replace(failure, field=error.where)
    status = next(status for kind, status in _STATUSES if isinstance(error, kind))
    return json_response(failure, status)


async def on_unknown(request: Request, error: Exception) -> Response:
    """Answer a request for what is not there, or of a method that is not taken."""
    assert isinstance(error, HTTPException)
    words = f"There is nothing at {request.url.path}."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        words = f"{request.url.path} is not asked with {request.method}."
    hint = "GET /api/openapi.json says what can be asked for."
    response = json_response(Failure(error=words, hint=hint), error.status_code)
    response.headers.update(error.headers or {})
    return response


async def on_fault(_: Request, error: Exception) -> Response:
    """Answer a request that failed by a fault of this program."""
    words = f"Wirescope failed at this, which is a fault of its own ({type(error).__name__})."
    hint = "Where `wirescope up` runs stands what happened; report it, please."
    return json_response(Failure(error=words, hint=hint), HTTPStatus.INTERNAL_SERVER_ERROR)


def telling(app: ASGIApp) -> ASGIApp:
    """Have an application's faults told to the loop; that a browser went away is none."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except ClientDisconnect:
            raise
        except Exception as error:
            said = {"message": f"{scope['path']} failed.", "exception": error}
            asyncio.get_running_loop().call_exception_handler(said)
            raise

    return call
