"""What was sent to a viewer lately, kept since the viewer asks for what it misses.

How often it gets a packet again, and how many in a second, is bounded here. Time is an argument.
"""

import msgspec

from wirescope.wire.rtp import RtpPacket

KEPT = 1024
"""Packets that are kept to be sent again, a power of two: about a second of a good picture."""

AGAIN_AFTER_NS = 10_000_000
"""A packet that was sent again less than this ago is on its way."""

AGAIN_TIMES = 10

AGAIN_AT_MOST = 600
"""Packets that are sent again in a second, so that a viewer cannot ask for more than it is due."""

ASKED_AT_MOST = 4 * AGAIN_AT_MOST
"""Numbers that are looked up in a second; whoever misses more has no use for old packets."""

_NS = 1_000_000_000


class Named(msgspec.Struct, frozen=True, gc=False):
    """A publisher's packet with its header extensions under a viewer's identifiers.

    Attributes:
        packet: the packet.
        sequence_at: where the number of the whole transport stands in it; 0 where it has none.
    """

    packet: RtpPacket
    sequence_at: int = 0


class Kept(msgspec.Struct, gc=False):
    """A packet that may be asked for again: there are so many that nobody shall look for cycles.

    Attributes:
        named: the publisher's packet.
        number: its sequence number to the viewer, unwrapped.
        timestamp: its timestamp to the viewer.
        payload: what it carries instead of the publisher's payload; None where it carries that.
        at_ns: when it was last sent.
        transport_number: its number in the row of the whole transport when it first went out.
        times: how often it was sent again.
    """

    named: Named
    number: int
    timestamp: int
    payload: bytes | None
    at_ns: int
    transport_number: int | None = None
    times: int = 0


class History:
    """The packets of one stream to a viewer.

    Attributes:
        missed: how many were asked for that are not kept any more.
    """

    def __init__(self) -> None:
        self.missed = 0
        self._kept: list[Kept | None] = [None] * KEPT
        self._since_ns = self._asked = self._again = 0

    def keep(self, kept: Kept) -> None:
        """Keep a packet, in place of the one that was sent so many before it."""
        self._kept[kept.number & (KEPT - 1)] = kept

    def clear(self) -> None:
        """Keep none any more."""
        self._kept = [None] * KEPT

    def find(self, number: int) -> Kept | None:
        """Give the packet of an unwrapped number, or the one that is in its place."""
        return self._kept[number & (KEPT - 1)]

    def asked(self, numbers: list[int], now_ns: int) -> list[Kept]:
        """Give the packets to send again of those that were asked for, 16 bits; that is noted."""
        if now_ns - self._since_ns >= _NS:
            self._since_ns, self._asked, self._again = now_ns, 0, 0
        due = []
        for number in numbers[: max(0, ASKED_AT_MOST - self._asked)]:
            self._asked += 1
            kept = self._kept[number & (KEPT - 1)]
            if kept is None or kept.number & 0xFFFF != number:
                self.missed += 1
            elif (
                now_ns - kept.at_ns >= (AGAIN_AFTER_NS if kept.times else 0)
                and kept.times < AGAIN_TIMES
                and self._again < AGAIN_AT_MOST
            ):
                kept.at_ns = now_ns
                kept.times += 1
                self._again += 1
                due.append(kept)
        return due
