"""Ethernet, IPv4 and TCP made up around the bytes of one connection (RFC 791, RFC 9293).

Everything is as a network without loss would have it: numbers that follow each other, windows that
are never full, checksums that are right. Addresses are those that RFC 5737 keeps for documents; the
server's port is 80, where every dissector expects HTTP.
"""

from collections.abc import Callable
from struct import pack

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

SEGMENT_BYTES = 1460
"""Bytes of payload a packet: what Ethernet's 1500 leave."""

_PORTS = (49152, 65536)  # RFC 6335 section 6: for clients
_SERVER = (bytes((198, 51, 100, 1)), 80)
_TCP = 6
_ZEROS = 1 << 18
_MOST_OWED = 1 << 30
# Maximum segment size, and a window scale of 14, the largest (RFC 7323 section 2.3).
_SYN_OPTIONS = pack(">BBHBBBB", 2, 4, SEGMENT_BYTES, 1, 3, 3, 14)
_MACS = (bytes.fromhex("020000000001"), bytes.fromhex("020000000002"))

Write = Callable[[bytes, int, str], None]


class Conversation:
    """One TCP connection between a client and a server.

    Args:
        number: 1, 2, 3 …, which makes its addresses unlike those of others.
        write: takes each packet, its time and a comment.
        at_server: whether "sent" is what the server sent.
        comment: for the first packet.

    Attributes:
        upgrade_began_ns: when the request was sent; 0 when that is not known.
    """

    def __init__(self, number: int, write: Write, *, at_server: bool, comment: str) -> None:
        first, end = _PORTS
        host, port = divmod(number - 1, end - first)
        client = (bytes((192, 0, 2, 1 + host % 254)), first + port)
        self.at_server = at_server
        self.upgrade_began_ns = 0
        self._ends = (client, _SERVER)
        self._write = write
        self._comment = comment
        self._next = [1000, 5000]  # the next sequence number of client and server
        self._connected = False
        self._pending = bytearray()
        self._owed = [0, 0]  # bytes of client and server that are not known
        self._identification = 0

    def connect(self, at_ns: int, *, took_ns: int = 0) -> None:
        """Shake hands, once: SYN, SYN and ACK, ACK."""
        if self._connected:
            return
        self._connected = True
        self._packet(0, SYN, at_ns=max(0, at_ns - took_ns))
        self._packet(1, SYN | ACK, at_ns=at_ns)
        self._packet(0, ACK, at_ns=at_ns)

    def knock(self, at_ns: int, *, refused: bool) -> None:
        """Ask for a connection that is refused, or never answered."""
        if self._connected:
            return
        self._packet(0, SYN, at_ns=at_ns)
        if refused:
            self._packet(1, RST | ACK, at_ns=at_ns)

    def owe(self, count: int, *, sent: bool) -> None:
        """Note that so many bytes of a payload are not known."""
        self._owed[self._sender(sent=sent)] += count

    def pay(self, at_ns: int, *, sent: bool) -> None:
        """Send zeros for what is not known, since something follows it: it must be found."""
        sender = self._sender(sent=sent)
        left, self._owed[sender] = min(self._owed[sender], _MOST_OWED), 0
        while left > 0:
            self.send(bytes(min(left, _ZEROS)), at_ns, sent=sent)
            left -= _ZEROS

    def send(self, data: bytes, at_ns: int, *, sent: bool, more: bool = False) -> None:
        """Send bytes in segments; with `more`, the last one waits until it is full."""
        self.connect(at_ns)
        sender = self._sender(sent=sent)
        self._pending += data
        while len(self._pending) >= SEGMENT_BYTES:
            self._segment(sender, at_ns)
        if self._pending and not more:
            self._segment(sender, at_ns)

    def end(self, at_ns: int, flag: int, *, sent: bool) -> None:
        """End it: with a RST, or with a FIN of each end."""
        if not self._connected:
            return
        sender = self._sender(sent=sent)
        if flag == RST:
            self._packet(sender, RST | ACK, at_ns=at_ns)
            return
        self._packet(sender, FIN | ACK, at_ns=at_ns)
        self._packet(1 - sender, FIN | ACK, at_ns=at_ns)
        self._packet(sender, ACK, at_ns=at_ns)

    def _sender(self, *, sent: bool) -> int:
        return 1 if sent == self.at_server else 0

    def _segment(self, sender: int, at_ns: int) -> None:
        data = bytes(self._pending[:SEGMENT_BYTES])
        del self._pending[:SEGMENT_BYTES]
        self._packet(sender, PSH | ACK, data, at_ns=at_ns)

    def _packet(self, sender: int, flags: int, data: bytes = b"", *, at_ns: int) -> None:
        (source, source_port), (target, target_port) = self._ends[sender], self._ends[1 - sender]
        options = _SYN_OPTIONS if flags & SYN else b""
        acknowledged = self._next[1 - sender] if flags & ACK else 0
        numbers = (self._next[sender] & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF)
        offset = (20 + len(options)) << 2
        head = pack(">HHIIBBHHH", source_port, target_port, *numbers, offset, flags, 65535, 0, 0)
        segment = _with_checksum(source, target, head + options, data)
        self._next[sender] += len(data) + (1 if flags & (SYN | FIN) else 0)
        self._identification = (self._identification + 1) & 0xFFFF
        packet = _ipv4(self._identification, source, target, len(segment)) + segment
        ethernet = _MACS[1 - sender] + _MACS[sender] + b"\x08\x00"
        comment, self._comment = self._comment, ""
        self._write(ethernet + packet, at_ns, comment)


def _ipv4(identification: int, source: bytes, target: bytes, length: int) -> bytes:
    # Version 4, five words, may not be fragmented, 64 hops.
    head = pack(">BBHHHBBH", 0x45, 0, 20 + length, identification, 0x4000, 64, _TCP, 0)
    head += source + target
    return head[:10] + _checksum(head).to_bytes(2, "big") + head[12:]


def _with_checksum(source: bytes, target: bytes, head: bytes, data: bytes) -> bytes:
    pseudo = source + target + pack(">BBH", 0, _TCP, len(head) + len(data))
    checksum = _checksum(pseudo + head + data).to_bytes(2, "big")
    return head[:16] + checksum + head[18:] + data


def _checksum(data: bytes) -> int:
    """Sum up sixteen bits at a time in one's complement (RFC 1071), all of them at once."""
    if len(data) % 2:
        data += b"\0"
    return ~(int.from_bytes(data, "big") % 0xFFFF) & 0xFFFF
