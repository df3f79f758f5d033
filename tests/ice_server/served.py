"""A server on free ports of loopback, and clients of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.authority import Authority
from tests.support.turn_client import Clients
from wirescope.ice_server import IceServer, IceServerOptions, serve_ice


def options(**more: Any) -> IceServerOptions:
    """Give options with free ports and a user, ada."""
    given: dict[str, Any] = {"port": 0, "tls_port": 0, "second_port": 0, "users": {"ada": "pw"}}
    return IceServerOptions(**(given | more))


@asynccontextmanager
async def serving(**more: Any) -> AsyncIterator[tuple[IceServer, Clients]]:
    """Run a server with such options, and `tls`, while the context lasts."""
    tls = more.pop("tls", None)
    async with serve_ice(options(**more), tls=tls) as server, Clients.of(server) as clients:
        yield server, clients


async def until(true: Any) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 a counter of the server has no event
            await asyncio.sleep(0.01)


def authority_context(authority: Authority) -> ssl.SSLContext:
    """Trust an authority."""
    return ssl.create_default_context(cafile=str(authority.ca_file))
