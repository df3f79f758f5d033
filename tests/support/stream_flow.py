"""Bytes by the kernel's TCP between two hosts of a network, and what TCP says of it.

`upload` runs this module as a program on both.
"""

import asyncio
import socket
import struct
import sys
from dataclasses import dataclass
from subprocess import PIPE

from wirescope.transports.link import Network

PORT = 443
END_S = 25.0
_AGAIN = 100  # where `tcpi_total_retrans` is in `struct tcp_info`


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of it.

    Attributes:
        length: bytes that arrived.
        again: segments that were sent again.
        congestion: the congestion control that the kernel chose.
    """

    length: int
    again: int
    congestion: str


def send(address: str, length: int) -> None:
    """Send so many bytes, and say what TCP had to do once they have arrived."""
    with socket.create_connection((address, PORT), timeout=END_S) as stream:
        stream.sendall(bytes(length))
        stream.shutdown(socket.SHUT_WR)
        while stream.recv(1):
            pass
        info = stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _AGAIN + 4)
        chosen = stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    again = struct.unpack_from("=I", info, _AGAIN)[0]
    sys.stdout.write(f"{again} {chosen.partition(bytes(1))[0].decode()}\n")


def take(address: str) -> None:
    """Take one connection, and say how many bytes came."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, PORT), family=family) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.settimeout(END_S)
        stream, _ = server.accept()
        length = 0
        with stream:
            while data := stream.recv(1 << 16):
                length += len(data)
    sys.stdout.write(f"{length}\n")


async def _started(network: Network, host: str, *words: str) -> asyncio.subprocess.Process:
    command = network.command(host, [sys.executable, "-m", __name__, *words])
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE)


async def upload(
    network: Network, length: int, *, source: str = "a", target: str = "b"
) -> Uploaded:
    """Send bytes from one host to another."""
    address = network.address(target)
    server = await _started(network, target, address)
    assert server.stdout is not None
    assert await server.stdout.readline() == b"ready\n"
    client = await _started(network, source, address, str(length))
    said, _ = await client.communicate()
    came, _ = await server.communicate()
    again, congestion = said.decode().split()
    return Uploaded(int(came), int(again), congestion)


if __name__ == "__main__":
    where, *how_much = sys.argv[1:]
    if how_much:
        send(where, int(how_much[0]))
    else:
        take(where)
