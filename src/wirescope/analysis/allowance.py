"""What an analysis may keep, of all its connections together: payloads, requests, counters.

Whoever keeps something says what it takes and what it gives back, as an estimate that is easy to
make. When nothing is left, connections that go on growing do with less: their percentiles get
coarser, their content is read no further.
"""

ALLOWANCE_BYTES = 64 << 20
"""Bytes that are kept at most."""

MESSAGE_BYTES = 400
"""Of the record around a payload."""

ENTRY_BYTES = 100
"""Of a number or a key in a table."""

_SHORT = 1 << 20


class Allowance:
    """Bytes that may still be kept, shared by the connections of an analysis.

    Samples of payloads, which the first connections would fill all of it with, get half.
    """

    __slots__ = ("_reserved", "left")

    def __init__(self, left: int = ALLOWANCE_BYTES) -> None:
        self.left = left
        self._reserved = left // 2

    @property
    def left_for_samples(self) -> int:
        """Bytes that samples may still take."""
        return self.left - self._reserved

    @property
    def is_short(self) -> bool:
        """Whether so little is left that each connection has to do with little."""
        return self.left_for_samples < _SHORT

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.left < 0
