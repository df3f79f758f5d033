"""A server for tests of what any has to do: coturn where there is one, and always our own.

::

    @pytest.mark.parametrize("serving", EITHER)
    async def test_something(serving):
        async with serving() as server: ...
"""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.local_coturn import PASSWORD, REALM, USER, Coturn, coturn
from wirescope.ice_server import IceServerOptions, serve_ice


@dataclass(frozen=True)
class Served(Coturn):
    """A server that runs.

    Attributes:
        realm: what it calls itself.
        software: what it says that it is, without the version; empty if it does not.
    """

    realm: str = ""
    software: str = ""


@asynccontextmanager
async def by_coturn(
    *,
    hosts: Sequence[str] = ("127.0.0.1",),
    certificate: tuple[Path, Path] | None = None,
    secret: bytes | None = None,
) -> AsyncIterator[Served]:
    """Run coturn while the context lasts.

    Args:
        hosts: where it listens; a second address tells NATs apart.
        certificate: files of its certificate and key, for TLS.
        secret: for credentials that hold for a time, in place of `USER`.
    """
    more = ("--use-auth-secret", "--static-auth-secret", secret.decode()) if secret else ()
    async with coturn(*more, hosts=hosts, certificate=certificate, long_term=not secret) as it:
        yield Served(it.port, it.tls_port, it.alternate, it.host, REALM, "Coturn")


@asynccontextmanager
async def by_our_own(
    *,
    hosts: Sequence[str] = ("127.0.0.1",),
    certificate: tuple[Path, Path] | None = None,
    secret: bytes | None = None,
) -> AsyncIterator[Served]:
    """Run our own server while the context lasts; as `by_coturn`."""
    tls: ssl.SSLContext | None = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
    asked = IceServerOptions(
        hosts=tuple(hosts[:1]),
        second_hosts=tuple(hosts[1:]),
        port=0,
        tls_port=0,
        second_port=0,
        users={} if secret else {USER: PASSWORD},
        secret=secret,
        allowed_peers=("127.0.0.0/8", "::1/128"),
    )
    async with serve_ice(asked, tls=tls) as server:
        used = server.options
        yield Served(used.port, used.tls_port, used.second_port, hosts[0], used.realm)


EITHER = (
    pytest.param(by_our_own, id="wirescope"),
    pytest.param(
        by_coturn, id="coturn", marks=(pytest.mark.requires("turnserver"), pytest.mark.slow)
    ),
)
"""Parameters of a test: what runs a server."""
