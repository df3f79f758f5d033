"""TURN servers with a fault that was put there, and what the doctor has to find first.

The servers are coturn with an option that people get wrong, or something that is no TURN server at
all. Each is visited as a user would: with an address and options of the command line. The same on
our own server is in `own_turn_faults`.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.support import faulty_turn
from tests.support.authority import Authority
from tests.support.local_coturn import PASSWORD, USER, coturn, free_ports
from tests.support.raw_server import RawServer
from wirescope.clock import SystemClock
from wirescope.transports.turn import TurnOptions, open_client, parse_server_url
from wirescope.wire.stun import Method
from wirescope.wire.turn import Credentials, make_credentials

GIVEN = Credentials(USER, PASSWORD)
SECRET = b"shared"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How the doctor is called.

    Attributes:
        url: the server's address.
        credentials: a user name and password.
        ca: the file of an authority to trust.
        timeout_s: how long is waited at most; None leaves it to the doctor.
        probe_peers: whether the server is the user's own.
    """

    url: str
    credentials: Credentials = GIVEN
    ca: Path | None = None
    timeout_s: float | None = None
    probe_peers: bool = False

    @property
    def options(self) -> list[str]:
        """The same as options of the command line."""
        options = ["-u", f"{self.credentials.username}:{self.credentials.password}"]
        options += ["--cacert", str(self.ca)] if self.ca else []
        options += ["--connect-timeout", str(self.timeout_s)] if self.timeout_s else []
        return [*options, *(["--probe-peers"] if self.probe_peers else [])]


Stage = Callable[[Path], AbstractAsyncContextManager[Visit]]


@dataclass(frozen=True)
class Fault:
    """A fault.

    Attributes:
        name: what it is.
        code: the finding that has to come first; empty of a server that is in order.
        words: what the verdict has to say, in lower case.
        fix: what the second line has to say, likewise.
        stage: puts it up; gets a folder for files.
        exit_code: the command's.
        or_exit_code: another that is as right, where the server decides by what is random.
    """

    name: str
    code: str
    words: tuple[str, ...]
    fix: tuple[str, ...]
    stage: Stage
    exit_code: int = 1
    or_exit_code: int | None = None


def _certificate(
    folder: Path, name: str, *, not_after: datetime | None = None
) -> tuple[tuple[Path, Path], Path]:
    """Write a certificate; its files, and its authority's."""
    authority = Authority(folder)
    return authority.server_files(name, not_after=not_after), authority.ca_file


@asynccontextmanager
async def in_order(_: Path) -> AsyncIterator[Visit]:
    """A server without a fault."""
    async with coturn(hosts=("127.0.0.1", "127.0.0.2")) as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def over_tls(folder: Path) -> AsyncIterator[Visit]:
    """A server without a fault, over TLS."""
    files, authority = _certificate(folder, "localhost")
    async with coturn(certificate=files) as server:
        yield Visit(url=server.turns, ca=authority)


@asynccontextmanager
async def without_a_name(_: Path) -> AsyncIterator[Visit]:
    """A name that does not resolve."""
    yield Visit(url="turn:turn.nothing.invalid")


@asynccontextmanager
async def nothing_there(_: Path) -> AsyncIterator[Visit]:
    """A port on which nothing listens."""
    (port,) = free_ports(1)
    yield Visit(url=f"turn:127.0.0.1:{port}")


@asynccontextmanager
async def silent_udp(_: Path) -> AsyncIterator[Visit]:
    """UDP that is swallowed, as by a firewall."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        yield Visit(url=f"turn:127.0.0.1:{port}?transport=udp", timeout_s=2)


@asynccontextmanager
async def only_tcp(_: Path) -> AsyncIterator[Visit]:
    """A server that listens to TCP alone."""
    async with coturn("--no-udp") as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def only_udp(_: Path) -> AsyncIterator[Visit]:
    """A server that listens to UDP alone."""
    async with coturn("--no-tcp") as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def untrusted(folder: Path) -> AsyncIterator[Visit]:
    """A certificate of an authority that nobody knows."""
    files, _ = _certificate(folder, "localhost")
    async with coturn(certificate=files) as server:
        yield Visit(url=server.turns)


@asynccontextmanager
async def expired(folder: Path) -> AsyncIterator[Visit]:
    """A certificate that has expired."""
    files, authority = _certificate(
        folder,
        "localhost",
        not_after=datetime(2025, 1, 1),  # noqa: DTZ001
    )
    async with coturn(certificate=files) as server:
        yield Visit(url=server.turns, ca=authority)


@asynccontextmanager
async def other_name(folder: Path) -> AsyncIterator[Visit]:
    """A certificate for another name."""
    files, authority = _certificate(folder, "turn.example.test")
    async with coturn(certificate=files) as server:
        yield Visit(url=server.turns, ca=authority)


@asynccontextmanager
async def no_tls(_: Path) -> AsyncIterator[Visit]:
    """A `turns:` address that leads to plain TCP, where coturn is silent or hangs up."""
    async with coturn() as server:
        yield Visit(url=f"turns:localhost:{server.port}", timeout_s=2)


@asynccontextmanager
async def a_web_server(_: Path) -> AsyncIterator[Visit]:
    """A web server in its place."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with RawServer(talk) as server:
        yield Visit(url=f"turn:127.0.0.1:{server.port}?transport=tcp")


@asynccontextmanager
async def wrong_password(_: Path) -> AsyncIterator[Visit]:
    """Another password than the server's."""
    async with coturn() as server:
        yield Visit(url=server.turn, credentials=Credentials(USER, "byron"))


def credentials_of_an_hour_ago() -> Credentials:
    """Make credentials that were right until an hour ago."""
    an_hour_ago_s = SystemClock().wall_ns() // 1_000_000_000 - 3600
    return make_credentials(SECRET, expires_at_s=an_hour_ago_s, user="ada")


@asynccontextmanager
async def expired_credentials(_: Path) -> AsyncIterator[Visit]:
    """Credentials whose time is over."""
    given = credentials_of_an_hour_ago()
    options = ("--use-auth-secret", "--static-auth-secret", SECRET.decode())
    async with coturn(*options, long_term=False) as server:
        yield Visit(url=server.turn, credentials=given)


@asynccontextmanager
async def no_udp_relay(_: Path) -> AsyncIterator[Visit]:
    """A server that does not relay over UDP."""
    async with coturn("--no-udp-relay") as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def holding(url: str) -> AsyncIterator[None]:
    """Hold an allocation meanwhile."""
    goal, _ = parse_server_url(url)
    options = TurnOptions(credentials=GIVEN)
    async with open_client(goal, "udp", options=options) as client:
        await client.allocate()
        yield


@asynccontextmanager
async def quota_used(_: Path) -> AsyncIterator[Visit]:
    """A user whose quota is used up."""
    async with coturn("--user-quota", "1") as server, holding(server.turn):
        yield Visit(url=server.turn)


@asynccontextmanager
async def no_ports(_: Path) -> AsyncIterator[Visit]:
    """A server whose last port is taken."""
    (port,) = free_ports(1)
    async with coturn(ports=(port, port)) as server, holding(server.turn):
        yield Visit(url=server.turn)


@asynccontextmanager
async def sent_elsewhere(_: Path) -> AsyncIterator[Visit]:
    """A server that sends clients to another one."""
    async with coturn("--alternate-server", "192.0.2.7:3478") as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def for_everyone(_: Path) -> AsyncIterator[Visit]:
    """A server that wants no credentials."""
    async with coturn("--no-auth", long_term=False) as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def loses(_: Path) -> AsyncIterator[Visit]:
    """A limit on bandwidth that no call can live with."""
    async with coturn("--max-bps", "2000") as server:
        yield Visit(url=server.turn)


@asynccontextmanager
async def relays_inside(_: Path) -> AsyncIterator[Visit]:
    """A server that relays to addresses inside, as coturn does unless it is told otherwise."""
    async with coturn() as server:
        yield Visit(url=server.turn, probe_peers=True)


@asynccontextmanager
async def loopback_refused(_: Path) -> AsyncIterator[Visit]:
    """A server on this machine that rightly refuses to relay to this machine."""
    async with coturn(loopback=False) as server:
        yield Visit(url=server.turn)


COTURN = (
    Fault("in order", "", ("healthy", "udp and tcp"), ("nothing has to be done",), in_order, 0),
    Fault("in order over TLS", "", ("healthy", "over tls"), ("nothing",), over_tls, 0),
    Fault("the name does not resolve", "TURN101", ("does not resolve",), ("spelling",),
          without_a_name, 6),
    Fault("UDP is swallowed", "TURN102", ("did not answer", "udp"), ("firewall",), silent_udp, 28),
    Fault("nothing listens", "TURN103", ("nothing listens",), ("port",), nothing_there, 7),
    Fault("an authority that nobody knows", "TURN104", ("not trusted",), ("--cacert",),
          untrusted, 60),
    Fault("a certificate that expired", "TURN105", ("expired on 2025-01-01",), ("renew",),
          expired, 60),
    Fault("a certificate for another name", "TURN106", ("turn.example.test",), ("names",),
          other_name, 60),
    Fault("no TLS there", "TURN107", ("tls",), ("5349",), no_tls, 28, 35),
    Fault("a web server", "TURN108", ("not stun",), ("another service",), a_web_server, 7),
    Fault("only TCP", "TURN109", ("tcp only",), ("udp",), only_tcp, 0),
    Fault("only UDP", "TURN110", ("udp only",), ("tcp",), only_udp, 0),
    Fault("a wrong password", "TURN111", ("refused the user name or the password",),
          ("compare user name and password",), wrong_password),
    Fault("credentials that expired", "TURN112", ("the credentials held until",), ("fresh",),
          expired_credentials),
    Fault("no relaying over UDP", "TURN119", ("442",), ("udp-relay",), no_udp_relay),
    Fault("a quota that is used up", "TURN120", ("486",), ("quota",), quota_used),
    Fault("no port left", "TURN121", ("508",), ("ports",), no_ports),
    Fault("sent elsewhere", "TURN122", ("192.0.2.7:3478", "300"), ("wirescope doctor turn:",),
          sent_elsewhere, 0),
    Fault("no credentials wanted", "TURN124", ("without asking for credentials",), ("no-auth",),
          for_everyone, 0),
    Fault("datagrams get lost", "TURN126", ("lost",), ("max-bps",), loses),
    Fault("a server of this machine that relays to none of it", "",
          ("refuses to relay to loopback",), ("nothing",), loopback_refused, 0),
    Fault("it relays inside", "TURN127", ("169.254.169.254",), ("denied-peer-ip",),
          relays_inside),
)  # fmt: skip
"""Faults of coturn, and three that are none."""


def _faulty(fault: faulty_turn.Fault | None = None, *, elsewhere: bool = False) -> Stage:
    @asynccontextmanager
    async def stage(_: Path) -> AsyncIterator[Visit]:
        async with faulty_turn.faulty_turn(fault, elsewhere=elsewhere) as server:
            yield Visit(url=f"turn:127.0.0.1:{server.port}?transport=udp", timeout_s=2)

    return stage


FAULTY = (
    Fault("no realm", "TURN114", ("without naming its realm",), ("set the realm",),
          _faulty(faulty_turn.names_no_realm)),
    Fault("every nonce is stale", "TURN115", ("438",), ("nonce",),
          _faulty(faulty_turn.finds_every_nonce_stale)),
    Fault("allocations are forbidden", "TURN116", ("403",), ("rules",),
          _faulty(faulty_turn.refuses(403))),
    Fault("an allocation that does not match", "TURN117", ("437",), ("one server",),
          _faulty(faulty_turn.refuses(437))),
    Fault("other credentials", "TURN118", ("441",), ("plain user name",),
          _faulty(faulty_turn.refuses(441, Method.REFRESH))),
    Fault("a fault of the server", "TURN123", ("500",), ("try again",),
          _faulty(faulty_turn.refuses(500))),
    Fault("nothing comes back", "TURN126", ("nothing comes back",), ("range of relayed ports",),
          _faulty()),
    Fault("answers from another address", "TURN129", ("answers from 127.0.0.1",), ("bind",),
          _faulty(elsewhere=True), 28),
    Fault("STUN alone", "TURN131", ("did not answer the allocate",), ("stun-only",),
          _faulty(faulty_turn.knows_only_stun)),
    Fault("password algorithms that were taken out", "TURN131", ("promises password-algorithms",),
          ("somebody answers",), _faulty(faulty_turn.loses_its_password_algorithms)),
    Fault("another signature", "TURN131", ("not signed",), ("password",),
          _faulty(faulty_turn.signs_with_another_password)),
)  # fmt: skip
"""Faults of a server that was made for them."""
