"""The same faults on Wirescope's own TURN server, as far as it can have them.

It relays for nobody without credentials, and UDP alone, and sends nobody elsewhere, so that those
faults of coturn cannot be made on it.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.authority import Authority
from tests.support.turn_faults import (
    GIVEN,
    SECRET,
    Fault,
    Stage,
    Visit,
    credentials_of_an_hour_ago,
    holding,
)
from wirescope.ice_server import IceServer, IceServerOptions, serve_ice
from wirescope.wire.turn import Credentials

WRONG = Credentials(GIVEN.username, "byron")


def _served(
    tls: ssl.SSLContext | None = None, **options: Any
) -> AbstractAsyncContextManager[IceServer]:
    """Run the server on free ports."""
    users = {GIVEN.username: GIVEN.password}
    asked = IceServerOptions(port=0, tls_port=0, second_port=0, users=users, **options)
    return serve_ice(asked, tls=tls)


def _over(server: IceServer) -> str:
    return f"turn:127.0.0.1:{server.options.port}"


def _plain(*, credentials: Credentials = GIVEN, probe_peers: bool = False, **options: Any) -> Stage:
    """Stage a server that is reached in the clear."""

    @asynccontextmanager
    async def stage(_: Path) -> AsyncIterator[Visit]:
        async with _served(**options) as server:
            yield Visit(url=_over(server), credentials=credentials, probe_peers=probe_peers)

    return stage


def _full(**options: Any) -> Stage:
    """Stage a server on which somebody holds an allocation."""

    @asynccontextmanager
    async def stage(_: Path) -> AsyncIterator[Visit]:
        async with _served(**options) as server, holding(_over(server)):
            yield Visit(url=_over(server))

    return stage


def _secure(name: str, *, trusted: bool, not_after: datetime | None = None) -> Stage:
    """Stage a server over TLS, with a certificate for a name."""

    @asynccontextmanager
    async def stage(folder: Path) -> AsyncIterator[Visit]:
        authority = Authority(folder)
        async with _served(authority.server(name, not_after=not_after)) as server:
            url = f"turns:localhost:{server.options.tls_port}"
            yield Visit(url=url, ca=authority.ca_file if trusted else None)

    return stage


@asynccontextmanager
async def no_tls(_: Path) -> AsyncIterator[Visit]:
    """A `turns:` address that leads to the port of plain TCP."""
    async with _served() as server:
        yield Visit(url=f"turns:localhost:{server.options.port}", timeout_s=2)


@asynccontextmanager
async def expired_credentials(_: Path) -> AsyncIterator[Visit]:
    """Credentials whose time is over."""
    async with _served(secret=SECRET) as server:
        yield Visit(url=_over(server), credentials=credentials_of_an_hour_ago())


EXPIRED = datetime(2025, 1, 1)  # noqa: DTZ001

OWN = (
    Fault("in order", "", ("healthy", "udp and tcp"), ("nothing has to be done",),
          _plain(second_hosts=("127.0.0.2",), probe_peers=True), 0),
    Fault("in order over TLS", "", ("healthy", "over tls"), ("nothing",),
          _secure("localhost", trusted=True), 0),
    Fault("an authority that nobody knows", "TURN104", ("not trusted",), ("--cacert",),
          _secure("localhost", trusted=False), 60),
    Fault("a certificate that expired", "TURN105", ("expired on 2025-01-01",), ("renew",),
          _secure("localhost", trusted=True, not_after=EXPIRED), 60),
    Fault("a certificate for another name", "TURN106", ("turn.example.test",), ("names",),
          _secure("turn.example.test", trusted=True), 60),
    Fault("no TLS there", "TURN107", ("tls",), ("5349",), no_tls, 35),
    Fault("only TCP", "TURN109", ("tcp only",), ("udp",), _plain(udp=False), 0),
    Fault("only UDP", "TURN110", ("udp only",), ("tcp",), _plain(tcp=False), 0),
    Fault("a wrong password", "TURN111", ("refused the user name or the password",),
          ("compare user name and password",), _plain(credentials=WRONG)),
    Fault("credentials that expired", "TURN112", ("the credentials held until",), ("fresh",),
          expired_credentials),
    Fault("a quota that is used up", "TURN120", ("486",), ("quota",),
          _full(max_allocations_per_user=1)),
    Fault("no allocation left", "TURN121", ("508",), ("ports",), _full(max_allocations=1)),
    Fault("one allocation a user", "TURN120", ("a second one was not",), ("quota",),
          _plain(max_allocations_per_user=1), 0),
    Fault("it relays inside", "TURN127", ("10.0.0.1",), ("denied-peer-ip",),
          _plain(allowed_peers=("10.0.0.0/8",), probe_peers=True)),
)  # fmt: skip
"""Faults of Wirescope's own server, and two that are none."""
