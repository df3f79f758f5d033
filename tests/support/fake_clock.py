"""A clock that stands still until a test moves it."""


class FakeClock:
    """Both readings of `wirescope.clock.Clock`; they move apart only when told to."""

    def __init__(self, *, wall_ns: int = 1_700_000_000_000_000_000) -> None:
        self._monotonic_ns = 1_000_000_000
        self._wall_ns = wall_ns

    def monotonic_ns(self) -> int:
        return self._monotonic_ns

    def wall_ns(self) -> int:
        return self._wall_ns

    def advance(self, *, ns: int = 0, s: float = 0) -> None:
        """Let time pass on both."""
        passed = ns + round(s * 1_000_000_000)
        if passed < 0:
            raise ValueError("a monotonic clock never goes back")
        self._monotonic_ns += passed
        self._wall_ns += passed

    def move_wall(self, *, ns: int) -> None:
        """Set the wall clock forward or back, as an administrator or NTP does."""
        self._wall_ns += ns
