"""Starts the foreign servers on free ports, plain or with TLS, and watches them from outside."""

import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import trustme

from tests.support import forking
from tests.support.node_packages import with_packages
from tests.support.parts import PARTS

SERVERS = Path(__file__).with_name("servers")


@dataclass(frozen=True, slots=True)
class ForeignServer:
    """A server of a library that is not ours.

    Attributes:
        name: the library.
        script: the file in `servers/`.
        fragments: whether the library can send a message in fragments.
        ping: the payload of the ping that it sends; None where the library makes it up.
    """

    name: str
    script: str
    fragments: bool = True
    ping: str | None = "are you there"


FOREIGN = (
    ForeignServer("websockets", "with_websockets.py"),
    ForeignServer("aiohttp", "with_aiohttp.py", fragments=False),
    ForeignServer("uvicorn", "with_uvicorn.py", fragments=False, ping=None),
    ForeignServer("ws", "with_ws.js"),
)


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files of an authority made for this run, and of a server that it vouches for."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Make an authority and a certificate for 127.0.0.1 and localhost."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    made = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    authority.cert_pem.write_to_path(str(made.authority))
    issued.private_key_pem.write_to_path(str(made.key))
    made.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    return made


def command_of(server: ForeignServer, require: Callable[[str], str]) -> list[str]:
    """Give the command that runs a server; `require` finds node or says that it is missing."""
    if not server.script.endswith(".js"):
        return [sys.executable, str(SERVERS / server.script)]
    folder = with_packages(SERVERS, "interop", require("npm"))
    return [require("node"), str(folder / server.script)]


def found(part: str) -> str:
    """Find a part of the machine outside of a test."""
    path = PARTS[part]()
    if path is None:
        raise SystemExit(f"{part} is not on this machine")
    return path


@contextmanager
def serving(
    server: ForeignServer,
    certificates: Certificates | None,
    *,
    require: Callable[[str], str] = found,
) -> Iterator[str]:
    """Run a server and give its address; with certificates it speaks TLS."""
    files = [] if certificates is None else [certificates.certificate, certificates.key]
    process = subprocess.Popen(
        [*command_of(server, require), *map(str, files)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline() or 0)
            assert port, f"{server.name} did not start"
            yield f"{'ws' if certificates is None else 'wss'}://127.0.0.1:{port}/"
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(frozen=True, slots=True)
class Observation:
    """What `wirescope connect --format ndjson` printed, and how it ended."""

    exit_code: int
    records: list[dict[str, Any]]
    talk: str

    def of(self, kind: str, /, **fields: object) -> list[dict[str, Any]]:
        """Give the records of a type whose fields have these values."""
        return [
            record
            for record in self.records
            if record["type"] == kind
            and all(record.get(name) == value for name, value in fields.items())
        ]


def answered_pings(seen: Observation) -> list[bytes]:
    """Give the payloads of the pings that were answered with the same, in order."""
    payloads = {
        opcode: [
            b64decode(frame["base64"]) if "base64" in frame else frame["text"].encode()
            for frame in seen.of("websocket.frame", opcode=opcode, direction=direction)
        ]
        for opcode, direction in (("ping", "received"), ("pong", "sent"))
    }
    pairs = zip(payloads["ping"], payloads["pong"], strict=False)
    return [ping for ping, pong in pairs if ping == pong]


def observe(url: str, *arguments: str, authority: Path | None = None) -> Observation:
    """Watch a connection from another process, as a user in a script does."""
    trust = [] if authority is None else ["--cacert", str(authority)]
    done = forking.run(
        ["connect", url, "--format", "ndjson", *trust, *arguments],
        environment=os.environ,
        timeout_s=30,
    )
    records = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
    return Observation(done.returncode, records, done.stderr.decode("utf-8", "replace"))
