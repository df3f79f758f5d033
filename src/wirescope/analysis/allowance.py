"""What of payloads an analysis may keep, of all its connections together."""

ALLOWANCE_BYTES = 64 << 20
"""Bytes of payload that are kept at most."""

_SHORT = 1 << 20


class Allowance:
    """Bytes of payload that may still be kept, shared by the connections of an analysis."""

    __slots__ = ("left",)

    def __init__(self, left: int = ALLOWANCE_BYTES) -> None:
        self.left = left

    @property
    def is_short(self) -> bool:
        """Whether so little is left that each connection has to do with little."""
        return self.left < _SHORT
