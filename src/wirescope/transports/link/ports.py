"""A host's device from the side of the link: what the host sends is read, what it gets written."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial


@dataclass(slots=True)
class Port:
    """One end of a link.

    Attributes:
        descriptor: can be read when the host has sent something.
        read: gives the next packet; BlockingIOError where there is none.
        write: hands a packet to the host; OSError where it is not taken.
        missed: how many packets were dropped before they could be read, so far.
    """

    descriptor: int
    read: Callable[[], bytes]
    write: Callable[[bytes], object]
    missed: Callable[[], int]


def tun_port(device: int, *, longest: int) -> Port:
    """Give the port of a TUN device, whose drops the host counts by itself."""
    return Port(device, partial(os.read, device, longest), partial(os.write, device), lambda: 0)
