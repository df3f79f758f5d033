"""The whole workbench: a workspace on a desk, the built-in endpoints, the page's server."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from wirescope.playground import ENDPOINTS, serve_endpoints
from wirescope.web.bench import open_bench
from wirescope.web.handlers import all_handlers
from wirescope.web.server import LOOPBACK, PageServer, serve_page
from wirescope.workbench.desk import BuiltIn
from wirescope.workbench.workspace import Workspace


@asynccontextmanager
async def open_workbench(
    listening: socket.socket, workspace: Workspace, *, keys: Path | None = None
) -> AsyncIterator[PageServer]:
    """Serve the workbench until the context ends.

    Args:
        listening: the socket of the page's server, as `listen` opens it.
        workspace: what is worked in.
        keys: a folder to keep browsers' keys in.
    """
    url = f"http://{LOOPBACK}:{listening.getsockname()[1]}/"
    async with (
        serve_endpoints() as endpoints,
        open_bench(workspace, built_in=_built_in(endpoints.url), url=url) as bench,
        serve_page(listening, all_handlers(bench), bench.live, keys=keys) as server,
    ):
        yield server


def _built_in(url: str) -> list[BuiltIn]:
    base = url.rstrip("/")
    return [
        BuiltIn(
            name=endpoint.path.strip("/"),
            path=endpoint.path,
            url=f"{base}{endpoint.path}",
            summary=endpoint.summary,
        )
        for endpoint in ENDPOINTS
    ]
