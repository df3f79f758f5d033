"""From where an address can be reached: this machine alone, a network, everywhere."""

from enum import IntEnum

from wirescope.analysis.paths.addresses import Reach, reach_of


class Scope(IntEnum):
    """From where an address can be reached; the wider, the higher."""

    RESERVED = 0
    LOOPBACK = 1
    LINK_LOCAL = 2
    PRIVATE = 3
    PUBLIC = 4

    @property
    def words(self) -> str:
        """Say it as an adjective."""
        return self.name.lower().replace("_", "-")


_SCOPES = {
    Reach.RESERVED: Scope.RESERVED,
    Reach.LOOPBACK: Scope.LOOPBACK,
    Reach.LINK_LOCAL: Scope.LINK_LOCAL,
    Reach.PRIVATE: Scope.PRIVATE,
    Reach.CGNAT: Scope.PRIVATE,
    Reach.UNIQUE_LOCAL: Scope.PRIVATE,
    Reach.PUBLIC: Scope.PUBLIC,
}


def scope_of(host: str) -> Scope:
    """Say from where an address can be reached, as `reach_of` does, ordered.

    Addresses of carriers' NATs (RFC 6598) count as private; an IPv4 address that is written as an
    IPv6 one counts as what it is.

    >>> scope_of("::ffff:127.0.0.1").words, scope_of("fe80::1").words, scope_of("100.64.0.1").words
    ('loopback', 'link-local', 'private')

    Raises:
        ValueError: it is no address.
    """
    scope = _SCOPES.get(reach_of(host))
    if scope is None:
        raise ValueError(f"{host!r} is no address")
    return scope
