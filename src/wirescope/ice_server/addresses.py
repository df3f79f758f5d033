"""Which peer addresses are relayed to (RFC 8656 sections 21.1.4 and 21.2.1).

A relay sees the network that it stands in, which its clients shall not: so an address that is not
one of the public internet is refused, unless the operator allows its network. IPv6 addresses that
stand for an IPv4 address are judged by that one; such forms have led around these rules elsewhere.
"""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address

MAPPED = "IPv4-mapped"

# the registries of special-purpose addresses (RFC 6890) and multicast
_IPV4 = [
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
]
_IPV6 = [
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "private"),  # RFC 8215: translated within a network, nobody knows how
        ("100::/64", "discard"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
]
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def canonical(address: IpAddress) -> IpAddress:
    """Give the address that one stands for: of IPv6 forms that hold an IPv4 address, that one.

    >>> canonical(ip_address("64:ff9b::a00:1")), canonical(ip_address("2002:7f00:1::"))
    (IPv4Address('10.0.0.1'), IPv4Address('127.0.0.1'))
    """
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    # ::, ::1 and their like are addresses of their own
    if address in _NAT64 or (address in _COMPATIBLE and number > 0xFFFF):
        return IPv4Address(number & 0xFFFFFFFF)
    if number >> 32 & 0xFFFFFFFF in _ISATAP:  # RFC 5214 section 6.1
        return IPv4Address(number & 0xFFFFFFFF)
    return address


def special_kind(address: IpAddress) -> str:
    """Say what kind of special address one is, or stands for; empty of a public one.

    >>> special_kind(ip_address("169.254.169.254")), special_kind(ip_address("9.9.9.9"))
    ('link-local', '')
    """
    found = canonical(address)
    if isinstance(found, IPv4Address):
        # RFC 4291 section 2.5.5: neither form is ever seen on a wire
        if address.version == 6 and (address.ipv4_mapped is not None or address in _COMPATIBLE):
            return MAPPED
        outer = _kind_of(address) if address.version == 6 and not _carries(address) else ""
        return next((kind for network, kind in _IPV4 if found in network), outer)
    return _kind_of(found)


def _carries(address: IPv6Address) -> bool:
    """Whether this form is one of the internet's, for which the IPv4 address in it answers."""
    return address in _NAT64 or address.sixtofour is not None or address.teredo is not None


def _kind_of(address: IPv6Address) -> str:
    for network, kind in _IPV6:
        if address in network:
            return kind
    return "" if address in _GLOBAL_UNICAST else "reserved"


class PeerRules:
    """Judges the addresses of peers.

    Args:
        allowed: networks that are relayed to although they are special or the server's own.
        own_hosts: addresses of the server.
        listening: where it takes clients, which is never relayed to.
        relay_hosts: the addresses that are allocated.
        is_local: says of any address whether the server's machine has it. What is relayed there
            comes from the machine itself, and would get behind rules that trust it.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[str] = (),
        own_hosts: Iterable[str] = (),
        listening: Iterable[tuple[str, int]] = (),
        relay_hosts: Iterable[str] = (),
        is_local: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._is_local = is_local
        self._confined = {
            address.version for address in map(ip_address, relay_hosts) if address.is_loopback
        }
        self._allowed = [ip_network(network) for network in allowed]
        self._own = {canonical(ip_address(host)) for host in own_hosts}
        self._listening = {(canonical(ip_address(host)), port) for host, port in listening}

    def forbidden_ports(self, host: str) -> frozenset[int]:
        """Give the ports of a host that are refused whatever is said of the host itself."""
        found = canonical(ip_address(host))
        return frozenset(port for address, port in self._listening if address == found)

    def refusal(self, host: str, port: int) -> str:
        """Say why an address is not relayed to, in a few words; empty where it is."""
        address = ip_address(host)
        found = canonical(address)
        if (found, port) in self._listening:
            return "the server itself"
        kind = special_kind(address)
        if kind == MAPPED:
            return f"{kind} address"
        if any(found in network for network in self._allowed):
            return ""
        if found in self._own:
            return "the server's own address"
        if kind:
            return f"{kind} address"
        if any(map(self._is_local, {host, str(found)})):
            return "an address of the server's machine"
        if address.version in self._confined and not self._allowed:
            return "out of reach of a relayed address on loopback"
        return ""
