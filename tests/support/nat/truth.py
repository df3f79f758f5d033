"""What a side does, found out with plain sockets: the truth that everything else is held against.

RFC 5780 section 4 asks the same of STUN servers. Here both ends are ours, so that nothing has to be
waited for: what must not come is followed by something that must, on the same way.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.namespaces import COMMAND_S
from tests.support.nat.namespace import Namespace
from tests.support.nat.rig import SERVERS, Rig
from tests.support.nat.sides import Behaviour

PROGRAM = Path(__file__).with_name("prober.py")
PORTS = (7001, 7002)

Address = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the translators of a side, all together, do to a client's datagrams.

    Attributes:
        mapping: as RFC 4787 section 4.1 has it.
        filtering: as its section 5 has it.
        hairpin: a client reaches itself by its outer address (section 6).
        keeps_port: the outer port is the client's own (section 4.2.1).
        outer: the outer addresses that the servers have seen, without ports.
    """

    mapping: Behaviour
    filtering: Behaviour
    hairpin: bool
    keeps_port: bool
    outer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One datagram that came in."""

    text: str
    at: str
    source: Address


class Prober:
    """Sockets in a namespace; `prober` makes it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._heard: list[Heard] = []

    async def _next(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        async with asyncio.timeout(COMMAND_S):
            said: dict[str, Any] = json.loads(await self._process.stdout.readline())
        if "got" in said:
            self._heard.append(
                Heard(said["got"], said["at"], (said["source"][0], said["source"][1]))
            )
        return said

    async def do(self, what: str, **how: Any) -> Any:
        """Let it do something; its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **how}).encode() + b"\n")
        while "answer" not in (said := await self._next()):
            pass
        return said["answer"]

    async def open(self, name: str, address: str, port: int = 0) -> Address:
        """Open a socket of UDP; its address."""
        own, given = await self.do("open", name=name, at=(address, port))
        return own, given

    async def send(self, name: str, to: Address, text: str) -> None:
        """Send from a socket."""
        await self.do("send", name=name, to=to, text=text)

    async def hear(self, text: str) -> Heard:
        """Wait for a datagram.

        Raises:
            TimeoutError: it does not come.
        """
        while True:
            for each in self._heard:
                if each.text == text:
                    return each
            await self._next()

    def has_heard(self, text: str) -> bool:
        """Whether a datagram has come."""
        return any(each.text == text for each in self._heard)


@asynccontextmanager
async def prober(where: Namespace) -> AsyncIterator[Prober]:
    """Have sockets in a namespace."""
    process = await asyncio.create_subprocess_exec(
        *where.enter(sys.executable, "-I", str(PROGRAM)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield Prober(process)
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def servers(rig: Rig) -> AsyncIterator[Prober]:
    """Open four sockets on the public network, two addresses with two ports each: `a1` to `b2`."""
    async with prober(rig.public) as public:
        for letter, address in zip("ab", SERVERS, strict=True):
            for digit, port in enumerate(PORTS, 1):
                await public.open(f"{letter}{digit}", address, port)
        yield public


async def truth(rig: Rig, name: str, public: Prober) -> Truth:
    """Find out what a side of IPv4 that lets UDP through does.

    Args:
        rig: has the side.
        name: of the side.
        public: what `servers` gave.
    """
    site = rig.sites[name]
    async with prober(site.client) as client:
        seen, port = await _mapped(client, public, site.own_address, name)
        return Truth(
            mapping=_mapping(seen),
            filtering=await _filtering(client, public, site.own_address, name),
            hairpin=await _hairpins(client, public, site.own_address, name),
            keeps_port=port == seen["a1"][1],
            outer=tuple(sorted({address for address, _ in seen.values()})),
        )


def at(server: str) -> Address:
    """Give the address of one of the four sockets on the public network."""
    return SERVERS["ab".index(server[0])], PORTS[int(server[1]) - 1]


async def _mapped(
    client: Prober, public: Prober, address: str, name: str
) -> tuple[dict[str, Address], int]:
    """Give what each server sees of one socket, and the socket's own port."""
    _, port = await client.open("mapping", address)
    seen = {}
    for server in ("a1", "a2", "b1", "b2"):
        text = f"{name} to {server}"
        await client.send("mapping", at(server), text)
        seen[server] = (await public.hear(text)).source
    return seen, port


def _mapping(seen: dict[str, Address]) -> Behaviour:
    if len(set(seen.values())) == 1:
        return Behaviour.ENDPOINT_INDEPENDENT
    if seen["a1"] == seen["a2"] and seen["b1"] == seen["b2"]:
        return Behaviour.ADDRESS_DEPENDENT
    assert len(set(seen.values())) == len(seen), seen
    return Behaviour.ADDRESS_AND_PORT_DEPENDENT


async def _filtering(client: Prober, public: Prober, address: str, name: str) -> Behaviour:
    """Have those speak to a mapping to whom it has not spoken, and then the one to whom it has."""
    await client.open("filtering", address)
    await client.send("filtering", at("a1"), f"{name} filters")
    mapped = (await public.hear(f"{name} filters")).source
    for server in ("b1", "a2", "a1"):
        await public.send(server, mapped, f"from {server}")
    await client.hear("from a1")
    if client.has_heard("from b1"):
        assert client.has_heard("from a2")
        return Behaviour.ENDPOINT_INDEPENDENT
    if client.has_heard("from a2"):
        return Behaviour.ADDRESS_DEPENDENT
    return Behaviour.ADDRESS_AND_PORT_DEPENDENT


async def _hairpins(client: Prober, public: Prober, address: str, name: str) -> bool:
    """Have a socket speak to the outer address of another one, and a server to that after it."""
    for socket in ("near", "far"):
        await client.open(socket, address)
    await client.send("far", at("a1"), f"{name} is far")
    outer = (await public.hear(f"{name} is far")).source
    await client.send("near", outer, "by the hairpin")
    await client.send("near", at("a1"), f"{name} has spoken")
    await public.hear(f"{name} has spoken")
    await public.send("a1", outer, "after the hairpin")
    await client.hear("after the hairpin")
    if not client.has_heard("by the hairpin"):
        return False
    # RFC 4787 REQ-9: it has to look as if it came from outside.
    assert (await client.hear("by the hairpin")).source[0] == outer[0]
    return True
