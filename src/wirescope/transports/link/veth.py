"""Virtual cables, for users who may not open the TUN device: veth(4) with a packet socket behind.

A pair of devices: one is the host's, the other is in the link's own namespace, where packet(7)
gives what the host sent, by way of memory that is shared with the kernel, and takes what it is to
get. There is no ARP: frames go to the address that the host's device was given.
"""

import array
import fcntl
import mmap
import os
import socket
import struct

from wirescope.transports.link import netlink
from wirescope.transports.link.namespaces import CLONE_NEWNET, enter
from wirescope.transports.link.ports import Port

RING_BYTES = 8 << 20
"""What the kernel keeps of a host until it is read; 4,096 packets of 1,500 bytes."""

_OWN, _HOSTS = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02"  # locally administered addresses
_HEADS = {4: _HOSTS + _OWN + b"\x08\0", 6: _HOSTS + _OWN + b"\x86\xdd"}

_SOL_PACKET = 263
_ALL_PROTOCOLS = 3
_RX_RING, _STATISTICS, _VERSION, _IGNORE_OUTGOING = 5, 6, 10, 23
_TPACKET_V2 = 1
_READY = 1  # TP_STATUS_USER
_ROOM = 128  # of a frame, for what the kernel writes before the packet

_SIOCETHTOOL = 0x8946
_OFFLOADS = (0x17, 0x1F, 0x24, 0x2C)  # of sending checksums, TSO, GSO, and GRO


class Ring:
    """What a host sent, in memory that the kernel writes and this reads (packet_mmap.rst).

    Args:
        device: the device's name, in this namespace.
        longest: bytes of the longest packet.
    """

    def __init__(self, device: str, *, longest: int) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self._socket.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V2)
        self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        frame = 1 << (longest + _ROOM - 1).bit_length()
        block = max(frame, mmap.PAGESIZE)
        blocks = RING_BYTES // block
        frames = blocks * (block // frame)
        asked = struct.pack("=IIII", block, blocks, frame, frames)
        self._socket.setsockopt(_SOL_PACKET, _RX_RING, asked)
        self._memory = mmap.mmap(self._socket.fileno(), blocks * block)
        self._words = memoryview(self._memory).cast("I")
        self._socket.bind((device, _ALL_PROTOCOLS))
        self._frame, self._end, self._at = frame, frames * frame, 0
        self._dropped = 0

    def fileno(self) -> int:
        """Give the descriptor to wait with."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """Give the next packet; BlockingIOError where there is none."""
        at, words = self._at, self._words
        word = at >> 2
        if not words[word] & _READY:
            raise BlockingIOError
        begin = at + (words[word + 3] >> 16 if _LITTLE else words[word + 3] & 0xFFFF)
        packet = self._memory[begin : begin + words[word + 2]]
        words[word] = 0
        at += self._frame
        self._at = at if at < self._end else 0
        return packet

    def dropped(self) -> int:
        """Say how many packets found no room, so far."""
        # what is asked for begins anew each time
        found = self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8)
        self._dropped += struct.unpack("=II", found)[1]
        return self._dropped


_LITTLE = struct.pack("=H", 1) == b"\x01\0"


def lay_cable(name: str, behind: str, *, host: int, link: int, longest: int) -> Port:
    """Make a cable between a host and the link; this process is in the host's namespace.

    Args:
        name: the device of the host.
        behind: the one of the link.
        host: holds the host's namespace.
        link: holds the link's namespace.
        longest: bytes of the longest packet.

    Raises:
        OSError: there can be none.
    """
    peer = netlink.link_message() + netlink.attributes(
        {
            netlink.IFLA_IFNAME: behind.encode() + b"\0",
            netlink.IFLA_ADDRESS: _OWN,
            netlink.IFLA_MTU: netlink.number(longest),
            netlink.IFLA_NET_NS_FD: netlink.number(link),
        }
    )
    kind = {
        netlink.IFLA_INFO_KIND: b"veth\0",
        netlink.IFLA_INFO_DATA: netlink.attributes({netlink.VETH_INFO_PEER: peer}),
    }
    netlink.make_link(
        name, {netlink.IFLA_ADDRESS: _HOSTS, netlink.IFLA_LINKINFO: netlink.attributes(kind)}
    )
    netlink.change_link(name, on=netlink.IFF_NOARP)
    _switch_offloads_off(name)
    enter(link, CLONE_NEWNET)
    try:
        netlink.change_link(behind, on=netlink.IFF_UP | netlink.IFF_NOARP)
        ring = Ring(behind, longest=longest)
        sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sender.bind((behind, 0))
    finally:
        enter(host, CLONE_NEWNET)

    def write(packet: bytes) -> None:
        os.write(descriptor, _HEADS[packet[0] >> 4] + packet)

    descriptor = sender.detach()
    return Port(ring.fileno(), ring.read, write, ring.dropped)


def _switch_offloads_off(name: str) -> None:
    """Have the kernel give each packet its checksum, and none longer than the MTU."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for offload in _OFFLOADS:
            value = array.array("I", (offload, 0))  # struct ethtool_value
            request = struct.pack("16sP16x", name.encode(), value.buffer_info()[0])
            fcntl.ioctl(control, _SIOCETHTOOL, request)
