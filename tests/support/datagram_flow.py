"""A flow of datagrams between two hosts of a network: programs that send it, and that measure it.

Each datagram begins with its number and the time at which it was sent, on the clock that all
processes of a machine share. `flow` runs this module as a program on two hosts of an emulated
network.
"""

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from array import array
from collections.abc import AsyncIterator, Iterator
from subprocess import PIPE

import msgspec

from wirescope.clock import SystemClock
from wirescope.transports.link import Network

HEAD = struct.Struct("=Qq")
PORT = 9
QUIET_S = 0.5
BURST_S = 0.001
END_S = 20.0


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a flow; times in nanoseconds, on CLOCK_MONOTONIC.

    Attributes:
        sent_ns: when each datagram was sent.
        numbers: those that came, as they came.
        delays_ns: how long each was under way.
        at_ns: when each came.
    """

    sent_ns: list[int]
    numbers: list[int]
    delays_ns: list[int]
    at_ns: list[int]

    @property
    def sent(self) -> int:
        """Datagrams that were sent."""
        return len(self.sent_ns)

    @property
    def took_s(self) -> float:
        """How long that took."""
        return (self.sent_ns[-1] - self.sent_ns[0]) / 1e9

    @property
    def rate(self) -> float:
        """Datagrams a second that came."""
        lasted_ns = self.at_ns[-1] - self.at_ns[0]
        return (len(self.at_ns) - 1) * 1e9 / lasted_ns

    def delay_ms(self, share: float) -> float:
        """Give the delay that this share of the datagrams had at most."""
        ordered = sorted(self.delays_ns)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1e6


def bound(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 25)
    with contextlib.suppress(OSError):  # above what a user may have
        made.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)  # SO_RCVBUFFORCE
    return made


def send(address: str, rate: float, seconds: float, size: int) -> None:
    """Send so many datagrams a second, those of a millisecond together; 0 as fast as it goes."""
    times = array("q")
    with bound(address) as sender:
        sender.connect((address, PORT))
        padding, now, pack = bytes(size - HEAD.size), SystemClock().monotonic_ns, HEAD.pack
        began = now()
        ends = began + int(seconds * 1e9)
        while (at := now()) < ends:
            due = int((at - began) / 1e9 * rate) + 1 if rate else len(times) + 64
            while len(times) < due:
                sent_ns = now()
                with contextlib.suppress(BlockingIOError):
                    sender.send(pack(len(times), sent_ns) + padding)
                times.append(sent_ns)
            if rate:
                next_ns = max(began + int(len(times) / rate * 1e9), at + int(BURST_S * 1e9))
                time.sleep(max(0, next_ns - now()) / 1e9)
    write(times)


def write(*columns: "array[int]") -> None:
    """Write columns of numbers to standard output."""
    for each in columns:
        sys.stdout.buffer.write(len(each).to_bytes(8, "little") + each.tobytes())
    sys.stdout.buffer.flush()


def read(data: bytes) -> Iterator[list[int]]:
    """Read the columns that `write` wrote."""
    while data:
        end = 8 + 8 * int.from_bytes(data[:8], "little")
        column = array("q")
        column.frombytes(data[8:end])
        yield column.tolist()
        data = data[end:]


def receive(address: str, quiet_s: float) -> None:
    """Receive until it has been quiet for a while."""
    numbers, delays, times = array("q"), array("q"), array("q")
    with bound(address) as receiver:
        receiver.bind((address, PORT))
        receiver.settimeout(END_S)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        buffer, unpack, now = bytearray(65536), HEAD.unpack_from, SystemClock().monotonic_ns
        with contextlib.suppress(TimeoutError):
            while True:
                receiver.recv_into(buffer)
                at_ns = now()
                number, sent_ns = unpack(buffer)
                numbers.append(number)
                delays.append(at_ns - sent_ns)
                times.append(at_ns)
                if len(times) == 1:
                    receiver.settimeout(quiet_s)
    write(numbers, delays, times)


@contextlib.asynccontextmanager
async def running(
    network: Network, host: str, *words: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one of these programs on a host."""
    command = network.command(host, [sys.executable, "-m", __name__, *words])
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    try:
        yield process
    finally:
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def flow(
    network: Network,
    source: str = "a",
    target: str = "b",
    *,
    rate: float,
    seconds: float,
    size: int = 200,
    quiet_s: float = QUIET_S,
    family: int = 4,
    realtime: bool = False,
) -> Received:
    """Send datagrams from one host to another; what came.

    Args:
        rate: datagrams a second; 0 for as many as go.
        quiet_s: after how long without one the receiver is done.
        realtime: let sender and receiver run before all other programs.
    """
    address = network.address(target, 6 if family == 6 else 4)
    first = "before-others" if realtime else "among-others"
    async with running(network, target, "receive", first, address, str(quiet_s)) as receiver:
        assert receiver.stdout is not None
        assert await receiver.stdout.readline() == b"ready\n"
        words = "send", first, address, str(rate), str(seconds), str(size)
        async with running(network, source, *words) as sender:
            said, _ = await sender.communicate()
        data = await receiver.stdout.read()
    (sent_ns,) = read(said)
    numbers, delays, times = read(data)
    return Received(sent_ns=sent_ns, numbers=numbers, delays_ns=delays, at_ns=times)


if __name__ == "__main__":
    what, priority, address, *others = sys.argv[1:]
    if priority == "before-others":
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    if what == "send":
        rate, seconds, size = others
        send(address, float(rate), float(seconds), int(size))
    else:
        receive(address, float(others[0]))
