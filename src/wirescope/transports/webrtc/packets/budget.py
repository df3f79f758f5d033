"""How much of something may be done: so much at once, and so much a second after that.

Time is an argument.
"""

_NS = 1_000_000_000


class Budget:
    """A token bucket.

    Args:
        at_once: how much may be taken at once.
        per_s: how much comes back in a second.
    """

    def __init__(self, *, at_once: float, per_s: float) -> None:
        self._at_once = self._left = at_once
        self._per_s = per_s
        self._since_ns: int | None = None

    def take(self, amount: float, now_ns: int) -> bool:
        """Take an amount; whether there is as much, and nothing is taken if not."""
        if self._since_ns is not None:
            passed_ns = max(0, now_ns - self._since_ns)
            self._left = min(self._at_once, self._left + self._per_s * passed_ns / _NS)
        self._since_ns = now_ns
        if amount > self._left:
            return False
        self._left -= amount
        return True
