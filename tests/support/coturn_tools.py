"""coturn's client tools against a server: what they say of packets lost, and of a NAT.

`turnutils_uclient` goes with a certificate of its own where the server has TLS, and puts its files
where it is started.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.ice_child import PASSWORD, USER
from tests.support.parts import PARTS

LIMIT_S = 60.0


@dataclass(frozen=True)
class Run:
    """What `turnutils_uclient` said.

    Attributes:
        sent: messages.
        received: messages that came back.
        code: its exit code.
        said: all of it.
    """

    sent: int
    received: int
    code: int
    said: str

    @property
    def lost(self) -> int:
        """Messages that did not come back."""
        return self.sent - self.received


async def uclient(host: str, port: int, *arguments: str, count: int = 20, many: int = 1) -> Run:
    """Let `many` clients send `count` messages each; without RTCP, for which ports are reserved."""
    program = PARTS["turnutils_uclient"]()
    assert program is not None
    said, code = await _said(
        *(program, "-c", "-u", USER, "-w", PASSWORD, "-p", str(port)),
        *("-n", str(count), "-m", str(many), "-z", "5", *arguments, host),
    )
    totals = re.findall(r"tot_send_msgs=(\d+), tot_recv_msgs=(\d+)\s*$", said, re.MULTILINE)
    sent, received = totals[-1] if totals else ("0", "-1")
    return Run(int(sent), int(received), code, said)


async def stunclient(host: str, port: int, *arguments: str) -> str:
    """Ask for the own address; what was said."""
    program = PARTS["turnutils_stunclient"]()
    assert program is not None
    said, _ = await _said(program, *arguments, "-p", str(port), host)
    return said


async def _said(*command: str) -> tuple[str, int]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode(errors="replace"), process.returncode or 0


@asynccontextmanager
async def echoing_peer(hosts: Sequence[str] = ("127.0.0.1",)) -> AsyncIterator[int]:
    """Send back what comes; the port, which is the same on each host."""
    loop = asyncio.get_running_loop()
    transports = []
    port = 0
    try:
        for host in hosts:
            transport, _ = await loop.create_datagram_endpoint(_Echo, local_addr=(host, port))
            port = transport.get_extra_info("sockname")[1]
            transports.append(transport)
        yield port
    finally:
        for transport in transports:
            transport.close()


class _Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(data, addr)
