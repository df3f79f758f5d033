"""The playout buffer of a program that receives sound as messages, as voice agents have one.

It has a fixed size. A packet is played so long after it was due as the buffer is large; when the
quickest packets were due is learned from the first ones, while there is nothing but silence. What
comes after its time to be played is left out, and whoever plays puts silence in its place. It never
grows: a conversation that was late once would stay late. Nothing here plays, or reads a clock.
"""

from typing import Final

LEARNS_FROM: Final = 50
"""Packets, a second of them, that may move the time at which the others are due."""

MOST_AHEAD: Final = 250
"""Packets that wait at most, five seconds of them; one that is further ahead is left out."""


class PlayoutBuffer:
    """Holds packets of equal length until they are to be played.

    Args:
        size_ns: how long the quickest packet waits.
        packet_ns: how much sound is in a packet.

    Attributes:
        late: packets that came after their time, and were left out.
    """

    def __init__(self, *, size_ns: int, packet_ns: int) -> None:
        self.late = 0
        self._size_ns = size_ns
        self._packet_ns = packet_ns
        self._first_due_ns: int | None = None
        self._next = 0
        self._waiting: dict[int, bytes] = {}

    def take(self, number: int, packet: bytes, now_ns: int) -> None:
        """Take a packet that has come.

        Args:
            number: its place, from 0.
            packet: what it holds.
            now_ns: when it came.
        """
        due_ns = now_ns - number * self._packet_ns
        if self._first_due_ns is None:
            self._first_due_ns = due_ns
        elif number < LEARNS_FROM:
            self._first_due_ns = min(self._first_due_ns, due_ns)
        if number < self._next:
            self.late += 1
        elif number < self._next + MOST_AHEAD:
            self._waiting[number] = packet

    def due_ns(self) -> int | None:
        """Tell when the next packet is to be played; None before the first one has come."""
        if self._first_due_ns is None:
            return None
        return self._first_due_ns + self._size_ns + self._next * self._packet_ns

    def play(self) -> bytes | None:
        """Give the next packet to be played; None where it has not come."""
        packet = self._waiting.pop(self._next, None)
        self._next += 1
        return packet
