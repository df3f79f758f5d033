"""TURN servers in processes of their own: this project's, and coturn.

As a program (`python -m tests.support.ice_child`) it reads its options as JSON from its first
argument, runs the server until its standard input ends, and says then what it has counted and what
processor time it took.
"""

import asyncio
import json
import os
import resource
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wirescope.ice_server import IceServerOptions, serve_ice
from wirescope.wire.stun import MessageClass, Method, build_stun, make_message

READY_S = 20.0
USER, PASSWORD = "ada", "pw"
LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass
class FarServer:
    """A running server.

    Attributes:
        port: for UDP and TCP.
        tls_port: for TLS.
        counters: of this project's server, once it has ended.
        cpu_s: processor time that it took, likewise.
    """

    port: int
    tls_port: int
    pid: int
    counters: dict[str, int] = field(default_factory=dict)
    cpu_s: float = 0.0

    def now(self) -> "Usage":
        """What it has taken so far, as Linux tells."""
        folder = Path("/proc") / str(self.pid)
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])  # proc(5): utime and stime
        return Usage(
            ticks / os.sysconf("SC_CLK_TCK"),
            int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
            len(list((folder / "fd").iterdir())),
        )


@dataclass(frozen=True)
class Usage:
    """What a process has taken.

    Attributes:
        cpu_s: processor time.
        memory_bytes: what of its memory is in the machine's.
        descriptors: open files and sockets.
    """

    cpu_s: float
    memory_bytes: int
    descriptors: int


@asynccontextmanager
async def our_server(
    *, certificate: tuple[str, str] | None = None, core: int | None = None, **options: Any
) -> AsyncIterator[FarServer]:
    """Run this project's server in a process of its own, perhaps on one core alone."""
    given = {"port": 0, "tls_port": 0, "users": {USER: PASSWORD}} | options
    asked = json.dumps({"options": given, "certificate": certificate, "core": core})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.ice_child", asked),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            said = json.loads(await process.stdout.readline())
        server = FarServer(said["port"], said["tls_port"], process.pid)
        yield server
        process.stdin.close()
        async with asyncio.timeout(READY_S):
            ended = json.loads(await process.stdout.readline())
        server.counters, server.cpu_s = ended["counters"], ended["cpu_s"]
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def coturn(program: str, *, core: int | None = None) -> AsyncIterator[FarServer]:
    """Run coturn on loopback, relaying to loopback."""
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        *(
            "-n",
            "--log-file",
            "stdout",
            "--no-cli",
            "--no-tls",
            "--no-dtls",
        ),
        *("--listening-ip", "127.0.0.1", "--listening-port", str(port), "--relay-ip", "127.0.0.1"),
        *("--realm", "wirescope", "--lt-cred-mech", "--user", f"{USER}:{PASSWORD}"),
        *("--allow-loopback-peers", "--pidfile", "/dev/null"),
    )
    process = await asyncio.create_subprocess_exec(
        program, *options, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        await answered(port)
        yield FarServer(port, 0, process.pid)
    finally:
        process.terminate()
        await process.wait()


async def answered(port: int) -> None:
    """Wait until a server answers a Binding request."""
    request = build_stun(make_message(MessageClass.REQUEST, Method.BINDING, bytes(12)))
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(READY_S):
        while True:
            with socket.socket(type=socket.SOCK_DGRAM) as client:
                client.connect(("127.0.0.1", port))
                client.settimeout(0)
                client.send(request)
                try:
                    async with asyncio.timeout(0.2):
                        await loop.sock_recv(client, 2000)
                except (OSError, TimeoutError):
                    await asyncio.sleep(0.05)
                else:
                    return


async def _serve(asked: dict[str, Any]) -> None:
    options = IceServerOptions(**_tuples(asked["options"]))
    tls = None
    if asked["certificate"]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*asked["certificate"])
    async with serve_ice(options, tls=tls) as server:
        said = {"port": server.options.port, "tls_port": server.options.tls_port}
        print(json.dumps(said), flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.buffer.read)
        used = resource.getrusage(resource.RUSAGE_SELF)
        ended = {"counters": asdict(server.counters), "cpu_s": used.ru_utime + used.ru_stime}
        print(json.dumps(ended), flush=True)  # noqa: T201


def _tuples(options: dict[str, Any]) -> dict[str, Any]:
    """Give lists, which JSON makes of tuples, their type back, and the secret, which is hex."""
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    if "secret" in given:
        given["secret"] = bytes.fromhex(given["secret"])
    return given


def main() -> None:
    """Run the server that was asked for."""
    asked = json.loads(sys.argv[1])
    if asked["core"] is not None:
        os.sched_setaffinity(0, {asked["core"]})
    try:
        import uvloop
    except ImportError:
        asyncio.run(_serve(asked))
    else:
        uvloop.run(_serve(asked))


if __name__ == "__main__":
    main()
