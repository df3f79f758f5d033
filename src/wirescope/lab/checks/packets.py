"""Packets as an observer on the path sees them: heads of IP, TCP and UDP, and what is behind.

Addresses become the names of hosts. What belongs together is put together here, datagrams and the
bytes of TCP's streams; what follows from it is in `observed`. See RFC 791, RFC 8200, RFC 9293, RFC
768 and, for what is told apart on one port, RFC 7983.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Literal, NamedTuple

from msgspec import Struct

from wirescope.errors import PacketError
from wirescope.transports.link import RecordedPacket
from wirescope.wire.stun import is_stun, parse_stun
from wirescope.wire.turn import is_channel_data, parse_channel_data

FIRST_TTL = 64
"""What systems send packets with, each router takes one off (RFC 1700, page 64)."""

_TCP, _UDP = 6, 17
_SYN, _ACK = 0x02, 0x10
_DTLS = range(20, 64)
_DATA = 0x0013  # the attribute of STUN that has a datagram in it (RFC 8656 section 18)

Kind = Literal["tcp", "udp", "other"]
Flow = tuple[Kind, tuple[str, int], tuple[str, int]]


class Packet(Struct, frozen=True, kw_only=True):
    """A packet that passed.

    Attributes:
        at_ns: when, on CLOCK_MONOTONIC.
        source: the host that sent it, by its name, or its address where that has none.
        target: who it is for.
        kind: its transport.
        source_port: 0 where its transport has none, as `target_port`.
        target_port: that it is for.
        routers: that it had passed before.
        length: its bytes, from the head of IP on.
        payload: what is behind the head of its transport.
        sequence: of TCP: the number of the first byte of the payload.
        flags: of TCP.
    """

    at_ns: int
    source: str
    target: str
    kind: Kind
    source_port: int
    target_port: int
    routers: int
    length: int
    payload: bytes
    sequence: int = 0
    flags: int = 0

    @property
    def flow(self) -> Flow:
        """What it belongs to, the same in both directions."""
        first, second = sorted(((self.source, self.source_port), (self.target, self.target_port)))
        return self.kind, first, second

    @property
    def opens(self) -> bool:
        """Whether it asks for a TCP connection."""
        return self.flags & (_SYN | _ACK) == _SYN

    def between(self, one: str, other: str) -> bool:
        """Whether it is from one of two hosts to the other."""
        return {self.source, self.target} == {one, other}


def read_packet(recorded: RecordedPacket, hosts: Mapping[str, str]) -> Packet:
    """Read a packet of a recording.

    Args:
        recorded: the packet, whole.
        hosts: their names by their addresses.
    """
    data = recorded.data
    if data[0] >> 4 == 4:
        head, protocol, ttl, addresses = (data[0] & 0xF) * 4, data[9], data[8], data[12:20]
    else:
        head, protocol, ttl, addresses = 40, data[6], data[7], data[8:40]
    half = len(addresses) // 2
    source, target = (str(ip_address(each)) for each in (addresses[:half], addresses[half:]))
    behind = _transport(protocol, data[head:])
    return Packet(
        at_ns=recorded.at_ns,
        source=hosts.get(source, source),
        target=hosts.get(target, target),
        kind=behind.kind,
        source_port=behind.source_port,
        target_port=behind.target_port,
        routers=FIRST_TTL - ttl,
        length=len(data),
        payload=behind.payload,
        sequence=behind.sequence,
        flags=behind.flags,
    )


class _Behind(NamedTuple):
    """What is behind the head of IP; see `Packet`."""

    kind: Kind
    source_port: int
    target_port: int
    payload: bytes
    sequence: int = 0
    flags: int = 0


def _transport(protocol: int, data: bytes) -> _Behind:
    if protocol == _UDP and len(data) >= 8:
        source, target = struct.unpack_from("!HH", data)
        return _Behind("udp", source, target, data[8:])
    if protocol == _TCP and len(data) >= 20:
        source, target, sequence = struct.unpack_from("!HHI", data)
        payload = data[(data[12] >> 4) * 4 :]
        return _Behind("tcp", source, target, payload, sequence, flags=data[13])
    return _Behind("other", 0, 0, data)


def streams(packets: Iterable[Packet]) -> list[bytes]:
    """Put the bytes of each direction of each TCP connection together, as far as they were seen."""
    starts: dict[tuple[Flow, str], int] = {}
    pieces: dict[tuple[Flow, str], dict[int, bytes]] = defaultdict(dict)
    for each in packets:
        if each.kind != "tcp":
            continue
        way = each.flow, each.source
        if each.flags & _SYN:
            starts[way] = each.sequence + 1
        elif each.payload and way in starts:
            pieces[way][(each.sequence - starts[way]) & 0xFFFFFFFF] = each.payload
    return [_joined(found) for found in pieces.values()]


def _joined(pieces: Mapping[int, bytes]) -> bytes:
    """Join pieces of a stream by where they begin; what was sent again counts once."""
    joined = bytearray()
    for at in sorted(pieces):
        if at > len(joined):  # something was not seen, so nobody can say what follows
            break
        joined += pieces[at][len(joined) - at :]
    return bytes(joined)


def unwrapped(payload: bytes) -> bytes:
    """Give the datagram that is inside a message to or from a TURN server; any other as it is."""
    try:
        if is_channel_data(payload):
            return parse_channel_data(payload).data
        if is_stun(payload):
            inside = [each.value for each in parse_stun(payload).attributes if each.type == _DATA]
            return inside[0] if inside else payload
    except PacketError:
        pass
    return payload


def is_secured(packet: Packet) -> bool:
    """Say whether a packet is a datagram of DTLS, to a peer or to a TURN server."""
    inside = unwrapped(packet.payload) if packet.kind == "udp" else b""
    return bool(inside) and inside[0] in _DTLS


def is_check(packet: Packet) -> bool:
    """Say whether a packet is a message of STUN, as connectivity checks are."""
    return packet.kind == "udp" and is_stun(unwrapped(packet.payload))
