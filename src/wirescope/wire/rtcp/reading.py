"""RTCP packets out of datagrams, whatever comes (RFC 3550 section 6.1, RFC 5506).

A datagram is read packet by packet; nothing is raised. A packet whose body breaks its format comes
out as `OtherPacket`, a datagram that cannot be cut any further leaves a rest, and each time a
breach says why. What is read beyond doubt but must not be sent so is for `check_compound`.
"""

from collections.abc import Callable

import msgspec

from wirescope.errors import PacketError
from wirescope.wire.rtcp.bodies import BODIES, FEEDBACK
from wirescope.wire.rtcp.packets import OtherPacket, RtcpPacket
from wirescope.wire.rtp import Breach

_HEADER = "RFC 3550 6.4.1"


class Compound(msgspec.Struct, frozen=True):
    """What a datagram holds.

    Attributes:
        data: the datagram.
        packets: in wire order.
        spans: of each packet, where it begins and ends in the datagram.
        breaches: what is illegal about the bytes.
    """

    data: bytes
    packets: tuple[RtcpPacket, ...]
    spans: tuple[tuple[int, int], ...]
    breaches: tuple[Breach, ...]

    @property
    def rest(self) -> bytes:
        """What follows the last packet and cannot be read."""
        return self.data[self.spans[-1][1] if self.spans else 0 :]


def is_rtcp(datagram: bytes) -> bool:
    """Tell RTCP from RTP where both come on one port (RFC 5761 section 4)."""
    return len(datagram) >= 2 and datagram[0] >> 6 == 2 and 192 <= datagram[1] <= 223


def parse_compound(data: bytes) -> Compound:
    """Read the packets of a datagram."""
    packets: list[RtcpPacket] = []
    spans: list[tuple[int, int]] = []
    breaches: list[Breach] = []
    position, end = 0, len(data)
    if not data:
        breaches.append(Breach("RFC 3550 6.1", "The datagram is empty.", 0))
    while position < end:
        problem = _cannot_begin(data, position)
        if problem is not None:
            breaches.append(problem)
            break
        after = position + 4 + 4 * int.from_bytes(data[position + 2 : position + 4], "big")
        packets.append(_read(data, position, after, breaches))
        spans.append((position, after))
        position = after
    return Compound(data, tuple(packets), tuple(spans), tuple(breaches))


def _cannot_begin(data: bytes, position: int) -> Breach | None:
    left = len(data) - position
    if left < 4:
        return Breach(_HEADER, f"{left} bytes are left; an RTCP header takes 4.", position)
    version = data[position] >> 6
    if version != 2:
        message = f"The RTCP packet is of version {version}; only version 2 is in use."
        return Breach(_HEADER, message, position)
    length = 4 + 4 * int.from_bytes(data[position + 2 : position + 4], "big")
    if length > left:
        message = f"The RTCP packet says that it has {length} bytes; {left} are left."
        return Breach(_HEADER, message, position + 2)
    return None


def _read(data: bytes, position: int, after: int, breaches: list[Breach]) -> RtcpPacket:
    first, packet_type = data[position], data[position + 1]
    count = first & 0x1F
    body = data[position + 4 : after]
    if first & 0x20:
        padding = body[-1] if body else 0
        if not 0 < padding <= len(body):
            message = f"The packet ends in {padding} bytes of padding, which cannot be."
            breaches.append(Breach(_HEADER, message, after - 1))
        else:
            body = body[:-padding]
            # the statuses and times of transport-wide feedback end anywhere
            if padding & 3 and (packet_type, count) != (205, 15):
                message = f"The packet ends in {padding} bytes of padding, no multiple of four."
                breaches.append(Breach(_HEADER, message, after - 1))
    read = _reader(packet_type, count, body)
    if read is None:
        return OtherPacket(packet_type, count, body)
    try:
        packet, read_to = read(count, body)
    except PacketError as error:
        breaches.append(Breach(error.clause, error.message, position + 4 + error.offset))
        return OtherPacket(packet_type, count, body)
    if read_to < len(body):
        message = f"{len(body) - read_to} bytes follow what the packet has to say."
        breaches.append(Breach(_HEADER, message, position + 4 + read_to))
    return packet


def _reader(
    packet_type: int, count: int, body: bytes
) -> Callable[[int, bytes], tuple[RtcpPacket, int]] | None:
    if packet_type == 206 and count == 15 and body[8:12] != b"REMB":
        return None
    return FEEDBACK.get((packet_type, count)) or BODIES.get(packet_type)
