"""The whole workbench: a workspace on a desk, the built-in endpoints, the page's server."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from wirescope.ice_server import IceServer
from wirescope.playground import ENDPOINTS, relay_access, serve_endpoints, serve_relay
from wirescope.transports import webrtc
from wirescope.transports.websocket import Server
from wirescope.web.bench import open_bench
from wirescope.web.handlers import all_handlers
from wirescope.web.server import LOOPBACK, PageServer, serve_page
from wirescope.workbench.desk import BuiltIn, RelayRoutes
from wirescope.workbench.workspace import Workspace


@asynccontextmanager
async def open_workbench(
    listening: socket.socket,
    workspace: Workspace,
    *,
    keys: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[PageServer]:
    """Serve the workbench until the context ends.

    Args:
        listening: the socket of the page's server, as `listen` opens it.
        workspace: what is worked in.
        keys: a folder to keep browsers' keys in.
        tell: told in a sentence what is not as one would expect, as that there is no TURN server.
    """
    url = f"http://{LOOPBACK}:{listening.getsockname()[1]}/"
    routes = RelayRoutes()
    async with (
        serve_relay(None, on_event=routes.tell, tell=tell) as relay,
        _endpoints(listening.getsockname()[1] + 1, relay) as endpoints,
        open_bench(
            workspace,
            built_in=_built_in(endpoints.url),
            url=url,
            own_ice_servers=partial(_own_ice_servers, relay),
            relay_routes=routes,
        ) as bench,
        serve_page(listening, all_handlers(bench), bench.live, keys=keys) as server,
    ):
        try:
            yield server
        finally:
            bench.desk.end_viewers()  # or the server would wait for streams that do not end


@asynccontextmanager
async def _endpoints(port: int, relay: IceServer | None) -> AsyncIterator[Server]:
    """Serve the built-in endpoints beside the page, so that they are there again after a restart.

    Where that port is taken, any other will do.
    """
    async with AsyncExitStack() as stack:
        try:
            server = await stack.enter_async_context(serve_endpoints(port=port, relay=relay))
        except OSError:
            server = await stack.enter_async_context(serve_endpoints(relay=relay))
        yield server


def _own_ice_servers(relay: IceServer | None, user: str) -> tuple[webrtc.IceServer, ...]:
    return tuple(webrtc.IceServer(*each) for each in relay_access(relay, user))


def _built_in(url: str) -> list[BuiltIn]:
    return [
        BuiltIn(
            name=endpoint.path.strip("/"),
            path=endpoint.path,
            url=endpoint.address(url),
            summary=endpoint.summary,
        )
        for endpoint in ENDPOINTS
    ]
