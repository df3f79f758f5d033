"""One side of a rig: its client, its routers, what can be done to them.

::

    client        router of the side            public network
    10.N.0.2 ──── 10.N.0.1 │ 203.0.113.X ────── 203.0.113.0/24
    2001:db8:N::2            2001:db8::X        2001:db8::/64

Between two routers one behind the other there is 100.64.N.0/24. Every address is from the ranges
for documentation (RFC 5737, RFC 3849), for private use (RFC 1918) or for carriers (RFC 6598).
"""

from dataclasses import dataclass, field

from tests.support.nat.namespace import Namespace
from tests.support.nat.rules import FIREWALL, OUTAGE, translating
from tests.support.nat.sides import Side

VOID, VOID_6 = "203.0.113.254", "2001:db8::fd"
"""Where the public network leads what is for nobody, private addresses say: it vanishes. A network
that has no such way makes sending an error, at which coturn ends a client's connection of TCP."""
ROUTER_6 = "2001:db8::fe"
SPARE = "203.0.113.250"
"""An outer address that no side has, until one moves there."""

FIRST_HOST = 11
MOST_SIDES = 239
BRIDGE = "bridge"


@dataclass(slots=True)
class Site:
    """One side as it is built.

    Attributes:
        side: what it is.
        number: which of the rig's it is.
        clients: where its clients are.
        routers: its routers, the one next to the clients first.
        remotes: addresses that its clients may speak to.
        address: the outer one now.
    """

    side: Side
    number: int
    clients: list[Namespace]
    routers: list[Namespace]
    remotes: tuple[str, ...]
    address: str = ""
    _moved: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        self.address = outer_address(self.number)

    @property
    def client(self) -> Namespace:
        """Where its client is."""
        return self.clients[0]

    @property
    def own_address(self) -> str:
        """The address that the client itself has."""
        if self.side.family == 6:
            return f"2001:db8:{self.number + 1:x}::2"
        return self.client_address(0) if self.routers else self.address

    def client_address(self, at: int) -> str:
        """Give the inner address of a client."""
        return f"10.{self.number + 1}.{at}.2"

    # How it is made

    async def make(self, public: Namespace) -> None:
        """Connect its parts and the public network."""
        await self._make_outer_link(public)
        if self.side.family == 6:
            await self._make_six(public)
            return
        inner = self.routers[0] if self.routers else None
        if len(self.routers) == 2:
            await self._make_middle_link(*self.routers)
        for at, client in enumerate(self.clients if inner else ()):
            assert inner is not None
            await self._make_inner_link(inner, client, at)
        for router in self.routers:
            await router.forward()
        await self.translate()

    @property
    def _outermost(self) -> Namespace:
        return self.routers[-1] if self.routers else self.client

    @property
    def _outer_device(self) -> str:
        return "wan" if self.routers else "eth0"

    async def _make_outer_link(self, public: Namespace) -> None:
        device, there = self._outer_device, f"site{self.number}"
        outermost, mtu = self._outermost, self.side.mtu
        await public.ip(
            f"link add {there} type veth peer name {device} netns {outermost.pid}",
            f"link set {there} mtu {mtu} master {BRIDGE} up",
        )
        own, way = f"{self.address}/24", into_the_void(device, VOID)
        if self.side.family == 6:
            own, way = f"2001:db8::{self._host_6}/64 nodad", [f"route add default via {ROUTER_6}"]
        await outermost.ip(
            "link set lo up",
            f"address add dev {device} {own}",
            f"link set {device} mtu {mtu} up",
            *way,
        )

    @property
    def _host_6(self) -> str:
        return f"{self.number + 0x100:x}"

    async def _make_six(self, public: Namespace) -> None:
        router, client, net = self.routers[0], self.client, f"2001:db8:{self.number + 1:x}"
        await router.ip(
            f"link add lan type veth peer name eth0 netns {client.pid}",
            f"address add {net}::1/64 dev lan nodad",
            "link set lan up",
        )
        await client.ip(
            "link set lo up",
            f"address add {net}::2/64 dev eth0 nodad",
            "link set eth0 up",
            f"route add default via {net}::1",
        )
        await public.ip(f"route add {net}::/64 via 2001:db8::{self._host_6}")
        await router.forward()
        await router.rules(FIREWALL)

    async def _make_middle_link(self, inner: Namespace, outer: Namespace) -> None:
        net = f"100.64.{self.number + 1}"
        await outer.ip(
            f"link add lan type veth peer name wan netns {inner.pid}",
            f"address add {net}.1/24 dev lan",
            "link set lan up",
        )
        await inner.ip(
            "link set lo up",
            f"address add {net}.2/24 dev wan",
            "link set wan up",
            f"route add default via {net}.1",
        )

    async def _make_inner_link(self, router: Namespace, client: Namespace, at: int) -> None:
        net, device = f"10.{self.number + 1}.{at}", f"lan{at}"
        await router.ip(
            f"link add {device} type veth peer name eth0 netns {client.pid}",
            f"address add {net}.1/24 dev {device}",
            f"link set {device} up",
        )
        await client.ip(
            "link set lo up",
            f"address add {net}.2/24 dev eth0",
            "link set eth0 up",
            f"route add default via {net}.1",
        )

    async def translate(self) -> None:
        """Have its routers translate as the side says."""
        last = len(self.routers) - 1
        for at, (router, one) in enumerate(zip(self.routers, self.side.nats, strict=True)):
            rules = translating(
                one,
                address=self.address if at == last else f"100.64.{self.number + 1}.2",
                remotes=self.remotes,
                blocked=self.side.blocked,
                moved=self._moved and at == last,
            )
            await router.rules(rules)

    # What can be done to it

    async def rebind(self, *, address: str | None = None) -> None:
        """Have the outermost router forget its mappings and make others from now on.

        Args:
            address: its outer one from now on; None leaves it.
        """
        outermost = self._outermost
        self._moved = True
        if address is not None:
            await outermost.ip(
                f"address delete {self.address}/24 dev wan",
                f"address add {address}/24 dev wan",
                f"route replace default via {VOID}",
            )
            self.address = address
        for router in self.routers:
            await router.run("nft", "delete", "table", "ip", "nat")
        await self.translate()
        await outermost.forget()

    async def swallow(self) -> None:
        """Have the outermost router drop all that it should pass on, without a word to anybody."""
        await self._outermost.rules(OUTAGE)

    async def forward(self) -> None:
        """Have it pass packets on again."""
        await self._outermost.run("nft", "delete", "table", "inet", "outage")

    async def take_device(self, device: str = "eth0") -> None:
        """Take a device's cable from the client: its system knows of it."""
        await self.client.ip(f"link set {device} down")

    async def give_device(self, device: str = "eth1") -> None:
        """Give the client a further device, on a network of its own behind the same router."""
        at = len(self.clients)
        net = f"10.{self.number + 1}.{at}"
        await self.routers[0].ip(
            f"link add lan{at} type veth peer name {device} netns {self.client.pid}",
            f"address add {net}.1/24 dev lan{at}",
            f"link set lan{at} up",
        )
        await self.client.ip(
            f"address add {net}.2/24 dev {device}",
            f"link set {device} up",
            f"route add default via {net}.1 metric 100",
        )


def outer_address(number: int) -> str:
    """Give the outer address that a side has at first."""
    return f"203.0.113.{FIRST_HOST + number}"


def into_the_void(device: str, router: str) -> list[str]:
    """Give the commands that lead all that is for nobody to a router that is not there."""
    return [
        f"neighbour add {router} lladdr 02:00:00:00:00:fe dev {device} nud permanent",
        f"route add default via {router}",
    ]
