"""coturn on the rig's public network: STUN with two addresses, TURN over UDP, TCP and TLS.

The ports are 3478 for STUN and TURN over UDP and TCP, and 443 for TLS, where coturn takes TCP in
the clear as well. Relayed addresses are the first server's, of IPv4 whoever asks for one.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.authority import Authority
from tests.support.namespaces import COMMAND_S
from tests.support.nat.rig import SERVERS, SERVERS_6, Rig
from tests.support.nat.rules import STUN_PORT

TLS_PORT = 443
USER, PASSWORD = "ada", "pw"

Server = tuple[str, str, str]
"""A URL, a user name and a password, as `IceServer` takes them."""


@dataclass(frozen=True, slots=True)
class Coturn:
    """A running coturn.

    Attributes:
        ca_file: vouches for its certificate.
        process: what runs it.
    """

    ca_file: Path
    process: asyncio.subprocess.Process


def url(kind: str, family: int = 4) -> Server:
    """Give the server for a kind: `stun`, `udp`, `tcp`, `tcp-443` or `tls`."""
    host = SERVERS[0] if family == 4 else f"[{SERVERS_6[0]}]"
    return {
        "stun": (f"stun:{host}:{STUN_PORT}", "", ""),
        "udp": (f"turn:{host}:{STUN_PORT}?transport=udp", USER, PASSWORD),
        "tcp": (f"turn:{host}:{STUN_PORT}?transport=tcp", USER, PASSWORD),
        "tcp-443": (f"turn:{host}:{TLS_PORT}?transport=tcp", USER, PASSWORD),
        "tls": (f"turns:{host}:{TLS_PORT}?transport=tcp", USER, PASSWORD),
    }[kind]


@asynccontextmanager
async def coturn(rig: Rig, program: str, folder: Path) -> AsyncIterator[Coturn]:
    """Start coturn on the public network, and wait until it listens.

    Args:
        rig: has the network.
        program: coturn's.
        folder: for its certificate.
    """
    authority = Authority(folder)
    issued = authority.issue(SERVERS[0], SERVERS_6[0])
    certificate, key = folder / "turn.pem", folder / "turn.key"
    issued.cert_chain_pems[0].write_to_path(str(certificate))
    issued.private_key_pem.write_to_path(str(key))
    addresses = [word for each in (*SERVERS, *SERVERS_6) for word in ("--listening-ip", each)]
    options = (
        *("-n", "--log-file", "stdout", "--no-cli", "--no-dtls", "--pidfile", "/dev/null"),
        *(*addresses, "--relay-ip", SERVERS[0], "--listening-port", str(STUN_PORT)),
        *("--tls-listening-port", str(TLS_PORT), "--cert", str(certificate), "--pkey", str(key)),
        *("--realm", "wirescope.test", "--lt-cred-mech", "--user", f"{USER}:{PASSWORD}"),
    )
    process = await asyncio.create_subprocess_exec(
        *rig.public.enter(program, *options),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _until(rig, lambda said: f":{STUN_PORT} " in said and f":{TLS_PORT} " in said)
        yield Coturn(authority.ca_file, process)
    finally:
        process.terminate()
        await process.wait()


async def _until(rig: Rig, listens: Callable[[str], bool]) -> None:
    async with asyncio.timeout(COMMAND_S):
        while not listens(await rig.public.run("ss", "-Hltun")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
