"""Networks of a test's own: two ends with addresses of their own, and a router between them.

::

    one                  router                 two
    10.77.1.2  ───────  .1      .1  ───────  10.77.2.2
    fd77:1::2            (forwards)          fd77:2::2

Everything is in network namespaces that belong to a user namespace, so that no rights are needed
and nothing of the machine's own network is touched; it is gone when the context ends. What can be
done to it: addresses go and come, a cable is pulled, the router swallows packets, all of them or
those of UDP, and the links get a rate and a queue that drops what does not fit.
"""

import asyncio
import itertools
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Literal

Place = Literal["one", "two", "router"]

DEVICE = "eth0"
HOLD = ("sh", "-c", "echo; exec cat")
"""Holds a namespace until its standard input ends, as it does when this process does."""

SUBNETS: dict[Place, str] = {"one": "1", "two": "2"}
COMMAND_S = 10.0


@cache
def namespaces() -> str | None:
    """Find what makes namespaces; None where it is missing or not allowed."""
    unshare, ip = find("unshare"), find("ip")
    if not (unshare and ip and find("nsenter") and find("tc")):
        return None
    command = [unshare, "--user", "--map-root-user", "--net", ip, "link"]
    tried = subprocess.run(command, capture_output=True, check=False)
    return None if tried.returncode else unshare


def find(program: str) -> str | None:
    """Find a program, also where an ordinary PATH does not lead."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


class Network:
    """Two ends and a router; `network` makes it."""

    def __init__(self, pids: dict[Place, int]) -> None:
        self._pids = pids
        self._address = dict.fromkeys(SUBNETS, 2)

    def enter(self, place: Place, *command: str) -> list[str]:
        """Give the command that runs another one in a place."""
        return entering(self._pids[place], *command)

    def holder(self, place: Place) -> int:
        """Give the process that is in a place and holds it."""
        return self._pids[place]

    async def run(self, place: Place, *command: str) -> str:
        """Run a command in a place; what it said.

        Raises:
            OSError: it failed.
        """
        program, *arguments = command
        process = await asyncio.create_subprocess_exec(
            *self.enter(place, find(program) or program, *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(COMMAND_S):
            said, complained = await process.communicate()
        if process.returncode:
            raise OSError(f"{' '.join(command)}: {complained.decode().strip()}")
        return said.decode()

    async def _ip(self, place: Place, words: str) -> None:
        await self.run(place, "ip", *words.split())

    # How it is made

    async def make(self, families: Mapping[str, Sequence[int]]) -> None:
        """Connect the two ends by the router."""
        forward = "echo 1 > /proc/sys/net/ipv4/ip_forward"
        await self.run(
            "router", "sh", "-c", forward + "; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"
        )
        for end, subnet in SUBNETS.items():
            link = f"to-{end}"
            await self._ip(
                "router", f"link add {link} type veth peer name {DEVICE} netns {self._pids[end]}"
            )
            await self._ip("router", f"address add 10.77.{subnet}.1/24 dev {link}")
            await self._ip("router", f"address add fd77:{subnet}::1/64 dev {link} nodad")
            await self._ip("router", f"link set {link} up")
            await self._ip(end, "link set lo up")
            await self._ip(end, f"link set {DEVICE} up")
            for family in families.get(end, (4,)):
                await self._ip(end, f"address add {self._inet(end, family)} dev {DEVICE} nodad")
            await self._route(end)

    def _inet(self, end: Place, family: int) -> str:
        subnet, host = SUBNETS[end], self._address[end]
        return f"10.77.{subnet}.{host}/24" if family == 4 else f"fd77:{subnet}::{host}/64"

    async def _route(self, end: Place) -> None:
        subnet = SUBNETS[end]
        for gateway in (f"10.77.{subnet}.1", f"fd77:{subnet}::1"):
            try:
                await self._ip(end, f"route replace default via {gateway}")
            except OSError:  # it has no address of this family
                continue

    # What can be done to it

    async def take_address(self, end: Place) -> None:
        """Take an end's address away."""
        await self._ip(end, f"address delete {self._inet(end, 4)} dev {DEVICE}")

    async def give_address(self, end: Place) -> None:
        """Give an end another address."""
        self._address[end] += 1
        await self._ip(end, f"address add {self._inet(end, 4)} dev {DEVICE}")
        await self._route(end)

    async def pull(self, end: Place) -> None:
        """Pull an end's cable: its system knows of it."""
        await self._ip(end, f"link set {DEVICE} down")

    async def plug(self, end: Place) -> None:
        """Plug it in again."""
        await self._ip(end, f"link set {DEVICE} up")
        await self._route(end)

    async def swallow(self, what: Literal["everything", "udp"] = "everything") -> None:
        """Let the router drop what it should forward, without a word to anybody."""
        which = "ipproto udp " if what == "udp" else ""
        for family, end in itertools.product(("-4", "-6"), SUBNETS):
            rule = f"rule add iif to-{end} {which}blackhole priority 1"
            await self._ip("router", f"{family} {rule}")

    async def forward(self) -> None:
        """Let the router forward again."""
        for family, _ in itertools.product(("-4", "-6"), SUBNETS):
            await self._ip("router", f"{family} rule delete priority 1")

    async def limit(self, *, mbit_s: float, queue_ms: float) -> None:
        """Give both links a rate, and a queue of so many milliseconds that drops at its tail."""
        for end in SUBNETS:
            how = f"tbf rate {mbit_s}mbit burst 32kb latency {queue_ms}ms"
            await self.run("router", "tc", *f"qdisc replace dev to-{end} root {how}".split())

    async def dropped(self) -> int:
        """Count the packets that the queues have dropped."""
        said = await self.run("router", "tc", "-s", "qdisc", "show")
        words = said.replace(",", " ").split()
        return sum(int(words[at + 1]) for at, word in enumerate(words) if word == "(dropped")


def entering(pid: int, *command: str) -> list[str]:
    target = ("nsenter", "--target", str(pid), "--user", "--net", "--preserve-credentials")
    return [*target, *command]


@asynccontextmanager
async def held(*command: str) -> AsyncIterator[int]:
    """Hold a namespace; the id of the process that does."""
    process = await asyncio.create_subprocess_exec(
        *command, *HOLD, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(COMMAND_S):
            assert await process.stdout.readline() == b"\n"
        yield process.pid
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def turn_server(made: Network, program: str) -> AsyncIterator[tuple[str, str, str]]:
    """Start a TURN server on the router, for TCP alone; its address, a name and a password."""
    address = "10.77.1.1"
    options = (
        *("-n", "--log-file", "stdout", "--no-cli", "--no-tls", "--no-dtls", "--no-udp"),
        *("--listening-ip", address, "--relay-ip", address, "--realm", "wirescope.test"),
        *("--lt-cred-mech", "--user", "ada:pw", "--pidfile", "/dev/null"),
    )
    process = await asyncio.create_subprocess_exec(
        *made.enter("router", program, *options),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(COMMAND_S):
            while "3478" not in await made.run("router", "ss", "-Hltn"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield f"turn:{address}?transport=tcp", "ada", "pw"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def network(**families: Sequence[int]) -> AsyncIterator[Network]:
    """Make two ends and a router.

    Args:
        families: the versions of IP that an end has, as `one=(4, 6)`; by itself version 4.
    """
    async with AsyncExitStack() as stack:
        hold = stack.enter_async_context
        router = await hold(held("unshare", "--user", "--map-root-user", "--net"))
        one = await hold(held(*entering(router, "unshare", "--net")))
        two = await hold(held(*entering(router, "unshare", "--net")))
        made = Network({"router": router, "one": one, "two": two})
        await made.make(families)
        yield made
