"""Which devices, addresses and routes each host of a network has: worked out before there are any.

Hosts stand in a row, with a link between each and the next. A host has one address of each version
of IP, whatever its links, and reaches every other one by it::

    a ───────── s ───────── b
    10.77.0.1   10.77.0.2   10.77.0.3
    fd77::1     fd77::2     fd77::3

Devices are called as those of a cable are, since WebRTC stacks go by the name and would take a
tunnel for a VPN.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from wirescope.errors import UsageError

MOST_HOSTS = 8

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_FIRST, _FIRST_6 = IPv4Address("10.77.0.1"), IPv6Address("fd77::1")


@dataclass(frozen=True, slots=True)
class Device:
    """One end of a link.

    Attributes:
        name: what the host calls it.
        link: the number of the link, from 0.
        routes: numbers of the hosts that it leads to; None stands for all others.
    """

    name: str
    link: int
    routes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """One end of a network, or what is between.

    Attributes:
        name: what it was called.
        number: its place in the row, from 0.
        devices: the ends of links that it has; the first has its addresses.
    """

    name: str
    number: int
    devices: tuple[Device, ...]

    @property
    def address(self) -> IPv4Address:
        """Its IPv4 address."""
        return address_of(self.number)

    @property
    def address_6(self) -> IPv6Address:
        """Its IPv6 address."""
        return address_6_of(self.number)

    @property
    def forwards(self) -> bool:
        """Whether it passes packets on."""
        return len(self.devices) > 1


def address_of(number: int) -> IPv4Address:
    """Give the IPv4 address of the host with a number."""
    return _FIRST + number


def address_6_of(number: int) -> IPv6Address:
    """Give the IPv6 address of the host with a number."""
    return _FIRST_6 + number


def lay_out(names: tuple[str, ...], links: int) -> tuple[Host, ...]:
    """Place hosts in a row.

    >>> for host in lay_out(("a", "s", "b"), 2):
    ...     print(host.name, host.address, *(device.routes for device in host.devices))
    a 10.77.0.1 (None,)
    s 10.77.0.2 (None,) (2,)
    b 10.77.0.3 (None,)

    Raises:
        UsageError: there are too few, too many, two of one name, or not a link between each two.
    """
    if not 2 <= len(names) <= MOST_HOSTS or len(set(names)) < len(names):
        raise UsageError(f"A network has 2 to {MOST_HOSTS} hosts, each with a name of its own.")
    if wrong := [name for name in names if not _NAME.fullmatch(name)]:
        raise UsageError(f"A host's name is a word of small letters and digits, not {wrong[0]!r}.")
    if links != len(names) - 1:
        raise UsageError(f"{len(names)} hosts in a row have {len(names) - 1} links, not {links}.")
    return tuple(Host(name, at, _devices(at, len(names))) for at, name in enumerate(names))


def _devices(number: int, hosts: int) -> tuple[Device, ...]:
    before, after = number - 1, number
    if number == 0:
        return (Device("eth0", after, (None,)),)
    first = Device("eth0", before, (None,))
    beyond = tuple(range(number + 1, hosts))
    return (first, Device("eth1", after, beyond)) if beyond else (first,)
