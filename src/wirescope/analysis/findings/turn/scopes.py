"""From where an address can be reached: this machine alone, a network, everywhere."""

from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_SHARED = ip_network("100.64.0.0/10")


class Scope(IntEnum):
    """From where an address can be reached; the wider, the higher."""

    LOOPBACK = 0
    LINK_LOCAL = 1
    PRIVATE = 2
    PUBLIC = 3

    @property
    def words(self) -> str:
        """Say it as an adjective."""
        return self.name.lower().replace("_", "-")


def scope_of(host: str) -> Scope:
    """Say from where an address can be reached.

    Addresses of carriers' NATs (RFC 6598) and of documentation count as private; an IPv4 address
    that is written as an IPv6 one counts as what it is.

    >>> scope_of("::ffff:127.0.0.1").words, scope_of("fe80::1").words, scope_of("100.64.0.1").words
    ('loopback', 'link-local', 'private')
    """
    address: IPv4Address | IPv6Address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback or address.is_unspecified:
        return Scope.LOOPBACK
    if address.is_link_local:
        return Scope.LINK_LOCAL
    if address.is_private or address in _SHARED:
        return Scope.PRIVATE
    return Scope.PUBLIC
