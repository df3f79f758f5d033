"""What kind of address a candidate has: how far it reaches, and over what it leads.

The reach is read from the address alone (RFC 6890 and the registries that it began). That an
address belongs to a VPN is known only where the statistics of the engine say so; that it is this
machine's end of a bridge to containers or virtual machines is told by the networks that these
programs take when nobody says otherwise.
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


class Reach(StrEnum):
    """From how far away an address can be reached."""

    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    PRIVATE = "private"
    CGNAT = "cgnat"
    UNIQUE_LOCAL = "unique-local"
    MDNS = "mdns"
    RESERVED = "reserved"
    PUBLIC = "public"
    UNKNOWN = "unknown"


REACH_WORDS = {
    Reach.LOOPBACK: "of this machine alone (loopback)",
    Reach.LINK_LOCAL: "of one link alone (link-local)",
    Reach.PRIVATE: "private (RFC 1918)",
    Reach.CGNAT: "behind a provider's NAT (RFC 6598)",
    Reach.UNIQUE_LOCAL: "private (unique local, RFC 4193)",
    Reach.MDNS: "hidden behind a name of mDNS",
    Reach.RESERVED: "reserved",
    Reach.PUBLIC: "public",
    Reach.UNKNOWN: "not told",
}

_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_CGNAT = ip_network("100.64.0.0/10")
_UNIQUE_LOCAL = ip_network("fc00::/7")
# Addresses of documentation (RFC 5737, RFC 3849) are not among the reserved ones: no network of the
# internet has them, so that they are met in laboratories alone, which take them for their internet.
# There they reach as far as public ones, and nothing can be told from them on any other network.
_RESERVED = tuple(
    map(ip_network, ("0.0.0.0/8", "198.18.0.0/15", "224.0.0.0/3", "::/128", "100::/64", "ff00::/8"))
)

_BRIDGES = frozenset(
    (
        *(f"172.{second}.0.1" for second in range(17, 32)),  # Docker
        "10.88.0.1",  # Podman
        "10.0.3.1",  # LXC
        "192.168.122.1",  # libvirt
        "192.168.56.1",  # VirtualBox
    )
)


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an IP address, an IPv4 one in IPv6's form as what it is; None of a name."""
    try:
        read = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return mapped or read


def family_of(text: str) -> int:
    """Give an address's version of IP, 4 or 6; 0 of a name, which may stand for either.

    >>> family_of("192.0.2.1"), family_of("2001:db8::1"), family_of("c2ad.local")
    (4, 6, 0)
    """
    read = read_address(text)
    return 0 if read is None else read.version


def reach_of(text: str) -> Reach:
    """Tell from how far away an address can be reached.

    >>> reach_of("192.168.1.4"), reach_of("100.64.0.9"), reach_of("fe80::1"), reach_of("8.8.8.8")
    (<Reach.PRIVATE: 'private'>, <Reach.CGNAT: 'cgnat'>, <Reach.LINK_LOCAL: 'link-local'>, \
<Reach.PUBLIC: 'public'>)
    """
    read = read_address(text)
    if read is None:
        return Reach.MDNS if text.lower().endswith(".local") else Reach.UNKNOWN
    if read.is_loopback:
        return Reach.LOOPBACK
    if read.is_link_local:
        return Reach.LINK_LOCAL
    if any(read in network for network in _PRIVATE):
        return Reach.PRIVATE
    if read in _CGNAT:
        return Reach.CGNAT
    if read in _UNIQUE_LOCAL:
        return Reach.UNIQUE_LOCAL
    if any(read in network for network in _RESERVED):
        return Reach.RESERVED
    return Reach.PUBLIC


def is_bridge(text: str) -> bool:
    """Whether an address of this machine looks like its end of a bridge to containers.

    >>> is_bridge("172.17.0.1"), is_bridge("172.17.0.2")
    (True, False)
    """
    return text in _BRIDGES
