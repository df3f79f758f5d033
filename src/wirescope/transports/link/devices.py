"""TUN devices: a host's packets as bytes, its addresses and its routes.

What a process reads from a device is a packet that the host's kernel sent, what it writes there is
one that the kernel receives. Offloads are off: packets are no longer than the MTU and their
checksums are right. Everything here acts on the network namespace that the calling process is in,
by ioctl and rtnetlink, so that no program of the system is needed. See netdevice(7), rtnetlink(7)
and Documentation/networking/tuntap.rst of the kernel.
"""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from wirescope.transports.link import netlink

QUEUE_PACKETS = 10_000
"""What the kernel keeps of a host until the relay reads it; a fifth of a second at 50,000 a second,
so that nothing is dropped where no link has asked for it."""

LEAST_MTU_6 = 1280
"""What IPv6 needs of a link (RFC 8200 section 5)."""

_TUN = "/dev/net/tun"
_TUNSETIFF, _TUNSETOFFLOAD = 0x400454CA, 0x400454D0
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_SIOCADDRT = 0x890B
_SIOCSIFADDR, _SIOCSIFNETMASK = 0x8916, 0x891C
_RTF_UP = 0x1
_SWITCHES = Path("/proc/sys/net")
_ONE_HOST = IPv4Address("255.255.255.255")  # the mask


def may_open_tun() -> bool:
    """Say whether there are TUN devices here, and for this user."""
    try:
        os.close(os.open(_TUN, os.O_RDWR | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def open_tun(name: str) -> int:
    """Make a device in this namespace; a descriptor that never blocks, and its end is the device's.

    Raises:
        OSError: there are none here, or not for this user; `filename` is the device's file.
    """
    device = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        request = struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI)
        fcntl.ioctl(device, _TUNSETIFF, request)
        fcntl.ioctl(device, _TUNSETOFFLOAD, 0)
    except OSError:
        os.close(device)
        raise
    return device


def prepare_host() -> bool:
    """Set what holds for all devices of a new namespace; whether it has IPv6."""
    # Nothing that was learnt from one connection may change the next one, any port can be listened
    # on, and no packet is sent that no program asked for; unless these cannot be written.
    for switch, value in (
        ("ipv4/tcp_no_metrics_save", 1),
        ("ipv4/ip_unprivileged_port_start", 0),
        ("ipv4/conf/all/rp_filter", 0),
        ("ipv4/conf/default/rp_filter", 0),
        ("ipv6/conf/all/disable_ipv6", 0),
        ("ipv6/conf/default/disable_ipv6", 0),
        ("ipv6/conf/default/addr_gen_mode", 1),
        ("ipv6/conf/default/accept_ra", 0),
    ):
        with contextlib.suppress(OSError):
            _set(switch, value)
    netlink.change_link("lo", on=netlink.IFF_UP)
    return _SWITCHES.joinpath("ipv6").is_dir()


def forward() -> None:
    """Pass on what is for other hosts.

    Raises:
        OSError: the kernel's settings cannot be written.
    """
    _set("ipv4/ip_forward", 1)
    if _SWITCHES.joinpath("ipv6").is_dir():
        _set("ipv6/conf/all/forwarding", 1)


def _set(switch: str, value: int) -> None:
    _SWITCHES.joinpath(switch).write_text(f"{value}\n")


def bring_up(name: str, *, mtu: int, address: IPv4Address | None, multicast: bool) -> None:
    """Give a device its MTU, its queue and, if it is to have one, an address; then switch it on.

    Args:
        name: the device.
        mtu: bytes of the longest packet.
        address: the host's, on its first device.
        multicast: whether it can be sent to groups. A device of a host that forwards would join
            those of all routers, and tell the link so.
    """
    if address is not None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, _SIOCSIFADDR, _with_address(name, address))
            fcntl.ioctl(control, _SIOCSIFNETMASK, _with_address(name, _ONE_HOST))
    values = {
        netlink.IFLA_MTU: netlink.number(mtu),
        netlink.IFLA_TXQLEN: netlink.number(QUEUE_PACKETS),
    }
    off = 0 if multicast else netlink.IFF_MULTICAST
    netlink.change_link(name, on=netlink.IFF_UP, off=off, values=values)


def _with_address(name: str, address: IPv4Address) -> bytes:
    return struct.pack("16s16s8x", name.encode(), _sockaddr(address))


def _sockaddr(address: IPv4Address) -> bytes:
    return struct.pack("HH4s8x", socket.AF_INET, 0, address.packed)


def add_address_6(name: str, address: IPv6Address) -> None:
    """Give a device an IPv6 address beside what it has."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sIi", address.packed, 128, socket.if_nametoindex(name))
        fcntl.ioctl(control, _SIOCSIFADDR, request)


_Sockaddr = ctypes.c_ubyte * 16


class _Route(ctypes.Structure):
    """`struct rtentry`, whose alignment is the machine's."""

    _fields_ = (
        ("pad1", ctypes.c_ulong),
        ("destination", _Sockaddr),
        ("gateway", _Sockaddr),
        ("mask", _Sockaddr),
        ("flags", ctypes.c_ushort),
        ("pad2", ctypes.c_short),
        ("pad3", ctypes.c_ulong),
        ("pad4", ctypes.c_void_p),
        ("metric", ctypes.c_short),
        ("device", ctypes.c_char_p),
        ("mtu", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("round_trip", ctypes.c_ushort),
    )


def add_route(name: str, to: IPv4Address | None) -> None:
    """Lead to one host, or to all that no other route leads to, by a device."""
    everywhere = IPv4Address(0)
    mask = everywhere if to is None else _ONE_HOST
    route = _Route(
        destination=_Sockaddr(*_sockaddr(everywhere if to is None else to)),
        gateway=_Sockaddr(*_sockaddr(everywhere)),  # none
        mask=_Sockaddr(*_sockaddr(mask)),
        flags=_RTF_UP,
        device=name.encode(),
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCADDRT, bytes(route))


def add_route_6(name: str, to: IPv6Address | None) -> None:
    """Lead to one host, or to all that no other route leads to, by a device, over IPv6."""
    destination, length = (bytes(16), 0) if to is None else (to.packed, 128)
    request = struct.pack(
        "16s16s16sIHHILIi",  # struct in6_rtmsg
        *(destination, bytes(16), bytes(16)),
        *(0, length, 0, 1, 0, _RTF_UP, socket.if_nametoindex(name)),
    )
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCADDRT, request)


def count_dropped(device_counts: int, name: str) -> tuple[int, int]:
    """Say how many packets of a host its kernel dropped: of those received, and of those sent.

    Args:
        device_counts: /proc/thread-self/net/dev, opened in the host's namespace.
        name: the device.
    """
    text = os.pread(device_counts, 65536, 0).decode()
    for line in text.splitlines():
        device, _, numbers = line.partition(":")
        if device.strip() == name:
            columns = numbers.split()  # eight of receiving, eight of sending
            return int(columns[3]), int(columns[11])
    return 0, 0


def open_device_counts() -> int:
    """Open what `count_dropped` reads, in this namespace; it stays this namespace's."""
    return os.open("/proc/thread-self/net/dev", os.O_RDONLY | os.O_CLOEXEC)
