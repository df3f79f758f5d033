"""coturn of Debian, on 127.0.0.1, with the options that a test wants; and free ports for it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from tests.support.parts import PARTS

USER, PASSWORD, REALM = "ada", "lovelace", "wirescope.test"
READY_S = 10.0

_QUIET = ("-n", "--log-file", "stdout", "--no-cli", "--no-dtls", "--pidfile", "/dev/null")
_LONG_TERM = ("--lt-cred-mech", "--user", f"{USER}:{PASSWORD}")


@dataclass(frozen=True)
class Coturn:
    """A server that runs.

    Attributes:
        port: of UDP and TCP.
        tls_port: of TLS; 0 without a certificate.
        alternate: of its second address.
    """

    port: int
    tls_port: int
    alternate: int
    host: str = "127.0.0.1"

    @property
    def turn(self) -> str:
        """Its address as a TURN server."""
        return f"turn:{self._bracketed}:{self.port}"

    @property
    def stun(self) -> str:
        """Its address as a STUN server."""
        return f"stun:{self._bracketed}:{self.port}"

    @property
    def turns(self) -> str:
        """Its address over TLS."""
        return f"turns:localhost:{self.tls_port}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def free_ports(number: int, host: str = "127.0.0.1") -> list[int]:
    """Find ports that are free of UDP and TCP both."""
    found: list[int] = []
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while len(found) < number:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as stream:
            stream.bind((host, 0))
            port = stream.getsockname()[1]
            with closing(socket.socket(family, socket.SOCK_DGRAM)) as datagrams:
                try:
                    datagrams.bind((host, port))
                except OSError:
                    continue
            if port not in found:
                found.append(port)
    return found


@asynccontextmanager
async def coturn(
    *more: str,
    hosts: Sequence[str] = ("127.0.0.1",),
    realm: str | None = REALM,
    long_term: bool = True,
    loopback: bool = True,
    relay_to: str | None = None,
    certificate: tuple[Path, Path] | None = None,
    ports: tuple[int, int] | None = None,
    folder: Path | None = None,
) -> AsyncIterator[Coturn]:
    """Run a server while the context lasts.

    Args:
        more: further options of its own.
        hosts: the addresses that it listens on; two of them tell NATs apart (RFC 5780).
        realm: what it calls itself; None sets none.
        long_term: whether it takes the long-term credentials of `USER`.
        loopback: whether it relays to 127.0.0.1, which it refuses by itself.
        relay_to: the address that it relays from; None takes the first of `hosts`.
        certificate: files of its certificate and key, for TLS.
        ports: the range that relayed addresses come from.
        folder: where its database would be.
    """
    program = PARTS["turnserver"]()
    assert program is not None
    host = hosts[0]
    port, alternate, tls_port, alternate_tls = free_ports(4, host)
    options = [*_QUIET, "--listening-port", str(port), "--alt-listening-port", str(alternate)]
    options += ["--tls-listening-port", str(tls_port), "--alt-tls-listening-port"]
    options += [str(alternate_tls), "--relay-ip", relay_to or host]
    options += [text for each in hosts for text in ("--listening-ip", each)]
    options += ["--db", str((folder or Path("/nonexistent")) / "turndb")]
    if long_term:
        options += _LONG_TERM
    if realm is not None:
        options += ["--realm", realm]
    if loopback:
        options.append("--allow-loopback-peers")
    if ports is not None:
        options += ["--min-port", str(ports[0]), "--max-port", str(ports[1])]
    if certificate is None:
        options.append("--no-tls")
    else:
        options += ["--cert", str(certificate[0]), "--pkey", str(certificate[1])]
    process = await asyncio.create_subprocess_exec(
        *(program, *options, *more),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
    )
    server = Coturn(port, tls_port if certificate else 0, alternate, host)
    try:
        kinds = [each for each in ("udp", "tcp") if f"--no-{each}" not in more]
        await _ready(process, host, server, kinds)
        yield server
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(READY_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(
    process: asyncio.subprocess.Process, host: str, server: Coturn, kinds: Sequence[str]
) -> None:
    """Wait until it listens; a look at the kernel's tables takes no port away from it."""
    version = "6" if ":" in host else ""
    wanted = [(kind, server.port) for kind in kinds]
    wanted += [("tcp", server.tls_port)] if server.tls_port else []
    async with asyncio.timeout(READY_S):
        for kind, port in wanted:
            table = Path(f"/proc/net/{kind}{version}")
            while f":{port:04X} " not in table.read_text("ascii"):  # noqa: ASYNC240
                assert process.returncode is None, "coturn has ended"
                await asyncio.sleep(0.02)
