"""Requests to the kernel about network devices, in the namespace that the calling process is in.

Only what has no ioctl, or none that a user namespace may use. See netlink(7) and rtnetlink(7).
"""

import os
import socket
import struct
from collections.abc import Mapping

IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_TXQLEN = 1, 3, 4, 13
IFLA_LINKINFO, IFLA_NET_NS_FD = 18, 28
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2
VETH_INFO_PEER = 1

IFF_UP, IFF_NOARP, IFF_MULTICAST = 0x1, 0x80, 0x1000

_NEW_LINK = 16
_REQUEST, _ACKNOWLEDGE, _EXCLUSIVE, _CREATE = 0x1, 0x4, 0x200, 0x400
_KERNEL_S = 5.0
_NOTHING: Mapping[int, bytes] = {}


def number(value: int) -> bytes:
    """Write a number as the value of an attribute."""
    return struct.pack("=I", value)


def attributes(values: Mapping[int, bytes]) -> bytes:
    """Write attributes, each padded to four bytes."""
    written = []
    for kind, value in values.items():
        padding = bytes(-len(value) % 4)
        written.append(struct.pack("=HH", 4 + len(value), kind) + value + padding)
    return b"".join(written)


def link_message(index: int = 0, *, on: int = 0, off: int = 0) -> bytes:
    """Write the head of what is asked about a device: its flags."""
    return struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, on, on | off)


def change_link(
    name: str, *, on: int = 0, off: int = 0, values: Mapping[int, bytes] = _NOTHING
) -> None:
    """Change flags and attributes of a device.

    Raises:
        OSError: the kernel refused; `filename` is the device.
    """
    message = link_message(socket.if_nametoindex(name), on=on, off=off) + attributes(values)
    _ask(message, flags=0, about=name)


def make_link(name: str, values: Mapping[int, bytes]) -> None:
    """Make a device.

    Raises:
        OSError: the kernel refused; `filename` is the device.
    """
    named = {IFLA_IFNAME: name.encode() + b"\0", **values}
    _ask(link_message() + attributes(named), flags=_CREATE | _EXCLUSIVE, about=name)


def _ask(message: bytes, *, flags: int, about: str) -> None:
    flags |= _REQUEST | _ACKNOWLEDGE
    head = struct.pack("=IHHII", 16 + len(message), _NEW_LINK, flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(_KERNEL_S)
        kernel.send(head + message)
        error = -int(struct.unpack_from("=i", kernel.recv(4096), 16)[0])
    if error:
        raise OSError(error, os.strerror(error), about)
