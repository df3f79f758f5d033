"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) as a server has them, without the server.

A `Mount` is one endpoint and the sessions that were made there. It takes requests as records and
gives answers as records; nothing of what a client sends makes it raise.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from wirescope.clock import Clock, SystemClock
from wirescope.errors import (
    ConnectError,
    ConnectionClosedError,
    DescriptionError,
    SignalingError,
    WirescopeError,
)
from wirescope.transports.webrtc.signaling.access import Access, MountOptions, unauthorized
from wirescope.transports.webrtc.signaling.answers import (
    RETRY_AFTER,
    Kind,
    exchange_of,
    looks_like_sdp,
    matches,
    new_tag,
    not_acceptable,
    plain,
    text_of,
    with_fields,
    wrong_direction,
    wrong_type,
)
from wirescope.transports.webrtc.signaling.fragment import CONTENT_TYPE, Fragment
from wirescope.transports.webrtc.signaling.records import (
    BODY_LIMIT,
    SDP,
    HttpRequest,
    HttpResponse,
)
from wirescope.transports.webrtc.signaling.session import OpenSession, Session

_ENDPOINT_METHODS = "OPTIONS, POST"
_REMEMBERED = 1000  # sessions that have ended and may still be deleted
_SESSION_METHODS = "DELETE, OPTIONS, PATCH"


class _Resource:
    """A session and what HTTP knows of it."""

    def __init__(self, session: Session, ufrag: str) -> None:
        self.session = session
        self.ufrag = ufrag  # of the client's current candidates
        self.tag = new_tag()
        self.turn = asyncio.Lock()  # RFC 9725 section 4.3.1: requests may overlap


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, and the session that it concerns, which may end with it."""

    response: HttpResponse
    session: Session | None = None
    ends: bool = False


class Mount:
    """An endpoint at a path, and its sessions below it.

    Args:
        path: the endpoint's, as `/whip/sink`; a session's is `/whip/sink/…`.
        kind: which of the two protocols.
        open_session: makes what stands behind a resource; is given the address that was asked, or
            its path where that is all that is known.
        options: how it behaves.
        clock: measures exchanges.
    """

    def __init__(
        self,
        path: str,
        kind: Kind,
        open_session: OpenSession,
        *,
        options: MountOptions | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.path = path.rstrip("/")
        self.kind = kind
        self.options = options or MountOptions()
        self._access = Access(self.options)
        self._open = open_session
        self._clock = clock or SystemClock()
        self._resources: dict[str, _Resource] = {}
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)
        self._opening = 0
        self._closed = False

    @property
    def sessions(self) -> int:
        """How many sessions there are; one that has ended is forgotten here."""
        for key, resource in list(self._resources.items()):
            if resource.session.is_over:
                del self._resources[key]
                self._ended.append(key)
        return len(self._resources)

    def covers(self, path: str) -> bool:
        """Whether a path is the endpoint's or a session's."""
        return path.rstrip("/") == self.path or path.startswith(f"{self.path}/")

    async def close(self) -> None:
        """End all sessions, and take no more."""
        self._closed = True
        while self._resources:
            await self._end(self._resources.popitem()[1].session)

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        began_ns = self._clock.monotonic_ns()
        key = request.path.removeprefix(self.path).strip("/")
        resource = self._resources.get(key) if key and self.sessions else None
        answer = await self._answer(request, key, resource)
        response, session = answer.response, answer.session
        if request.get("Origin") is not None:
            response = with_fields(response, *self._access.cross_origin(request))
        if session is not None:
            duration_ns = self._clock.monotonic_ns() - began_ns
            session.note(exchange_of(request, response, duration_ns))
            if answer.ends:
                await self._end(session)
        return response

    async def _answer(self, request: HttpRequest, key: str, resource: _Resource | None) -> _Answer:
        allowed = _SESSION_METHODS if key else _ENDPOINT_METHODS
        session = None if resource is None else resource.session
        if not self.covers(request.path):
            return _Answer(plain(404, f"There is no {request.path} here."))
        if request.method == "OPTIONS":  # a page's browser asks without credentials
            return _Answer(self._access.options(request, allowed))
        if not self._access.allows(request):
            return _Answer(unauthorized(request), session)
        if request.method == "DELETE" and key in self._ended:
            # Players close the connection first and delete the session then.
            self._ended.remove(key)
            return _Answer(HttpResponse(200))
        if key and resource is None:
            return _Answer(plain(404, "There is no such session, or there is none any more."))
        if request.method not in allowed.split(", "):
            what = "session" if key else "endpoint"
            text = f"This is the {what} of {self.kind.upper()}; it takes {allowed}."
            return _Answer(with_fields(plain(405, text), ("Allow", allowed)), session)
        if len(request.body) > BODY_LIMIT:
            return _Answer(plain(413, f"The body has more than {BODY_LIMIT:,} bytes."), session)
        if resource is None:
            return await self._post(request)
        async with resource.turn:
            if self._resources.get(key) is not resource or resource.session.is_over:
                return _Answer(plain(404, "The session has ended."), session)  # meanwhile
            if request.method == "PATCH":
                return _Answer(await self._patch(request, resource), session)
            del self._resources[key]
            return _Answer(HttpResponse(200), session, ends=True)

    # A session begins

    async def _post(self, request: HttpRequest) -> _Answer:
        wrong = wrong_type(request, SDP, ("Accept-Post", SDP)) or not_acceptable(request, SDP)
        if wrong is not None:
            return _Answer(wrong)
        offer = text_of(request.body)
        if offer is None or not looks_like_sdp(offer):
            text = "The body is no session description; it begins with v=0 and has an m= line."
            return _Answer(plain(400, text))
        if (problem := wrong_direction(self.kind, offer)) is not None:
            return _Answer(plain(422, problem))
        if self._closed or self.sessions + self._opening >= self.options.max_sessions:
            text = "There is no room for another session."
            return _Answer(with_fields(plain(503, text), RETRY_AFTER))
        self._opening += 1
        try:
            return await self._create(request, offer)
        finally:
            self._opening -= 1

    async def _create(self, request: HttpRequest, offer: str) -> _Answer:
        opened: list[Session] = []

        async def begin() -> HttpResponse:
            ufrag = Fragment.of(offer).ufrag
            session = await self._open(request.url or request.path)
            opened.append(session)
            answer = await session.answer(offer)
            if self._closed:
                raise SignalingError("The server goes down.", status=503)
            resource = _Resource(session, ufrag)
            key = secrets.token_urlsafe(16)  # RFC 9725 section 5: it must not be guessed
            self._resources[key] = resource
            fields = (
                ("Content-Type", SDP),
                ("Location", f"{self.path}/{key}"),
                ("ETag", resource.tag),
                ("Accept-Patch", CONTENT_TYPE),
                *self.options.links(request),
            )
            return HttpResponse(201, fields, answer.encode())

        try:
            response = await self._guarded(begin, malformed=422, over=503)
        except BaseException:  # nobody waits any more
            if opened:
                await self._end(opened[0])
            raise
        session = opened[0] if opened else None
        return _Answer(response, session, ends=response.status != 201)

    # A session goes on

    async def _patch(self, request: HttpRequest, resource: _Resource) -> HttpResponse:
        wrong = wrong_type(request, CONTENT_TYPE, ("Accept-Patch", CONTENT_TYPE))
        if wrong is not None:
            return wrong
        condition = request.get("If-Match")
        if condition is None:  # RFC 6585 section 3
            return plain(428, "Send the entity-tag of the ICE session in If-Match.")
        if not matches(condition, resource.tag):
            return plain(412, "ICE was restarted since; the entity-tag is an older one's.")
        try:
            fragment = Fragment.parse(text_of(request.body) or "")
        except DescriptionError as error:
            return plain(400, error.message)
        if fragment.ufrag in ("", resource.ufrag):
            return await self._guarded(lambda: _trickle(resource, fragment), malformed=400)
        if not fragment.password:
            return plain(400, "There is an ice-ufrag of a new ICE session, without its ice-pwd.")
        unwanted = not_acceptable(request, CONTENT_TYPE)
        if unwanted is not None:
            return unwanted
        return await self._guarded(lambda: _restart(resource, fragment), malformed=422)

    async def _guarded(
        self, work: Callable[[], Awaitable[HttpResponse]], *, malformed: int, over: int = 404
    ) -> HttpResponse:
        """Turn what a session raises into an answer.

        `malformed` is the status for what cannot be used, `over` for a connection that has ended.
        """
        try:
            async with asyncio.timeout(self.options.answer_timeout_s):
                return await work()
        except TimeoutError:
            return with_fields(plain(503, "No answer came about in time."), RETRY_AFTER)
        except DescriptionError as error:
            return plain(malformed, str(error))
        except SignalingError as error:
            status = error.status if 400 <= error.status < 600 else 500
            more = (RETRY_AFTER,) if status in (409, 429, 503) else ()
            return with_fields(plain(status, str(error)), *more)
        except (ConnectError, ConnectionClosedError) as error:
            return plain(over, str(error))
        except WirescopeError as error:
            return plain(500, str(error))
        except Exception as error:  # noqa: BLE001 one request's fault must not go unanswered
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"A session of {self.path} has failed", "exception": error}
            )
            return plain(500, "The server failed while it handled the request.")

    async def _end(self, session: Session) -> None:
        async def close() -> HttpResponse:
            await session.close()
            return HttpResponse(200)

        await self._guarded(close, malformed=500)


async def _trickle(resource: _Resource, fragment: Fragment) -> HttpResponse:
    await resource.session.add_candidates(fragment.candidates)
    return HttpResponse(204)  # RFC 9725 section 4.3.2: without an ETag


async def _restart(resource: _Resource, fragment: Fragment) -> HttpResponse:
    own = await resource.session.restart(fragment)
    resource.ufrag, resource.tag = fragment.ufrag, new_tag()
    fields = (("Content-Type", CONTENT_TYPE), ("ETag", resource.tag))
    return HttpResponse(200, fields, own.text().encode())
