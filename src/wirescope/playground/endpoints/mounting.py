"""An endpoint of WHIP or WHEP on the server's port.

The mount does the protocol (RFC 9725, draft-ietf-wish-whep); here a request of the server becomes
one of its own, and a GET, which RFC 9725 section 4.2 answers with 405, is told what is here.
"""

from collections.abc import Callable
from functools import partial

from wirescope.playground.endpoints.endpoint import Answer, Arguments
from wirescope.playground.endpoints.lending import told_servers
from wirescope.playground.endpoints.serving import Serving
from wirescope.transports.webrtc.signaling import HttpRequest, Mount, MountOptions, OpenSession
from wirescope.transports.websocket import Refusal, Request, Resource, Response

MAX_SESSIONS = 50


def mounted(
    serving: Serving,
    path: str,
    open_session: OpenSession,
    *,
    kind: str,
    tell: Callable[[], str],
) -> Answer:
    """Mount an endpoint until the server ends.

    Args:
        serving: the server's.
        path: where it is.
        open_session: makes what stands behind a session; it is given the request's address.
        kind: `whip` or `whep`.
        tell: says in words, to whoever looks with a GET, how it stands.
    """
    options = MountOptions(
        origins=serving.origins,
        ice_servers=partial(told_servers, serving),
        max_sessions=MAX_SESSIONS,
    )
    mount = Mount(path, "whip" if kind == "whip" else "whep", open_session, options=options)
    serving.at_end(mount.close)

    async def handle(request: Request, body: bytes) -> Response:
        head = request.head
        asked = HttpRequest(head.method, request.path, head.headers, body, _address(request))
        made = await mount.handle(asked)
        return Response(made.status, made.body, made.headers)

    def answer(_: Arguments, request: Request) -> Refusal | Resource:
        if request.head.method == "GET" and request.path == path:
            text = f"This is an endpoint of {kind.upper()}; it takes OPTIONS, POST. {tell()}\n"
            fields = (("Allow", "OPTIONS, POST"), ("Content-Type", "text/plain; charset=utf-8"))
            return Refusal(405, text.encode(), fields)
        return Resource(handler=handle)

    return answer


def _address(request: Request) -> str:
    scheme = "https" if request.secure else "http"
    target = request.head.target
    return f"{scheme}://{request.head.get('Host') or ''}{target}" if target[:1] == "/" else target
