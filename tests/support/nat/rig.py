"""A public network of a test's own, and sides with routers that translate, built from records.

::

    client ──── router of the side ────── public network ────── servers
                (see `site`)              203.0.113.0/24        .1 and .2
                                          2001:db8::/64         ::1 and ::2

Everything is in network namespaces that belong to a user namespace, so that no rights are needed
and nothing of the machine's own network is touched; it is gone when the context ends. The
translators are the kernel's own, told by `nft` what to do (`rules`). Not here: servers (`servers`).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.support.namespaces import entering, held
from tests.support.nat.namespace import Namespace
from tests.support.nat.sides import Side
from tests.support.nat.site import (
    BRIDGE,
    MOST_SIDES,
    ROUTER_6,
    SPARE,
    VOID,
    VOID_6,
    Site,
    into_the_void,
    outer_address,
)

SERVERS = ("203.0.113.1", "203.0.113.2")
SERVERS_6 = ("2001:db8::1", "2001:db8::2")


@dataclass(frozen=True, slots=True)
class Rig:
    """A public network and the sides that are on it; `rig` makes it.

    Attributes:
        public: where servers are, and what passes packets on between the sides.
        sites: the sides by their names.
    """

    public: Namespace
    sites: Mapping[str, Site]

    def enter(self, place: str, *command: str) -> list[str]:
        """Give the command that runs another one at a side's client, or in `public`."""
        return self._at(place).enter(*command)

    def holder(self, place: str) -> int:
        """Give the process that is there and holds the namespace."""
        return self._at(place).pid

    def _at(self, place: str) -> Namespace:
        return self.public if place == "public" else self.sites[place].client


@asynccontextmanager
async def rig(sides: Mapping[str, Side]) -> AsyncIterator[Rig]:
    """Build sides around a public network; it is gone when the context ends.

    Raises:
        ValueError: there are more sides than outer addresses.
    """
    if len(sides) > MOST_SIDES:
        raise ValueError(f"There are addresses for {MOST_SIDES} sides, not for {len(sides)}.")
    remotes = (*SERVERS, *(outer_address(number) for number in range(len(sides))), SPARE)
    async with AsyncExitStack() as stack:
        pid = await stack.enter_async_context(held("unshare", "--user", "--map-root-user", "--net"))
        public = Namespace(pid)

        async def namespace() -> Namespace:
            made = held(*entering(pid, "unshare", "--net"))
            return Namespace(await stack.enter_async_context(made))

        await _make_public(public)
        sites = {}
        for number, (name, side) in enumerate(sides.items()):
            routers = len(side.nats) or (1 if side.family == 6 else 0)
            site = Site(
                side,
                number,
                [await namespace() for _ in range(side.clients)],
                [await namespace() for _ in range(routers)],
                remotes,
            )
            await site.make(public)
            sites[name] = site
        yield Rig(public, sites)


async def _make_public(public: Namespace) -> None:
    four = [f"address add {address}/24 dev {BRIDGE}" for address in SERVERS]
    six = [f"address add {address}/64 dev {BRIDGE} nodad" for address in (*SERVERS_6, ROUTER_6)]
    await public.ip(
        "link set lo up",
        f"link add {BRIDGE} type bridge",
        *four,
        *six,
        f"link set {BRIDGE} up",
        *into_the_void(BRIDGE, VOID),
        *into_the_void(BRIDGE, VOID_6),
    )
    await public.forward()
