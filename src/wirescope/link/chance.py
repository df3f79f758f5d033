"""What is random about a link: which packets are lost, and how the delay wanders.

Every draw comes from a `random.Random` that is given, so that a seed says all of them.
"""

from collections.abc import Callable
from random import Random

from wirescope.link.settings import GilbertElliott, Jitter, RandomLoss
from wirescope.link.shapes import SPREAD, drawer, reach

NS_PER_MS = 1_000_000


def loser(loss: RandomLoss | GilbertElliott, chance: Random) -> Callable[[], bool]:
    """Give what says of one packet after the other whether it is lost."""
    draw = chance.random
    if isinstance(loss, RandomLoss):
        share = loss.share
        return lambda: draw() < share
    return _Bursts(loss, draw).next


class _Bursts:
    """The two states of Gilbert and Elliott; it begins in either by how often each is met."""

    def __init__(self, loss: GilbertElliott, draw: Callable[[], float]) -> None:
        self._loss, self._draw = loss, draw
        self._is_bad = draw() < loss.bad_share

    def next(self) -> bool:
        loss, draw = self._loss, self._draw
        share = loss.loss_bad if self._is_bad else loss.loss_good
        if draw() < (loss.leave if self._is_bad else loss.enter):
            self._is_bad = not self._is_bad
        return share == 1 or (share > 0 and draw() < share)


class Wander:
    """A delay that wanders so slowly that no packet overtakes another.

    It is drawn anew each time that the widest step takes, and goes in a straight line from draw to
    draw: from the longest delay to the shortest it falls as fast as time goes, never faster.

    Args:
        jitter: how far it wanders.
        chance: what it is drawn from.
    """

    def __init__(self, jitter: Jitter, chance: Random) -> None:
        least, most = reach(jitter.shape, keeps_order=True)
        self._period_ns = max(1, round((most - least) * jitter.ms * NS_PER_MS))
        self._draw = drawer(jitter.shape, chance)
        self._scale = jitter.ms * SPREAD * NS_PER_MS
        self._round = 0
        self._from, self._to = self._draw(), self._draw()

    def at(self, since_ns: int) -> int:
        """Give what is added to the delay, in nanoseconds; times do not go back between calls."""
        number, into_ns = divmod(since_ns, self._period_ns)
        if number != self._round:
            self._from = self._to if number == self._round + 1 else self._draw()
            self._to = self._draw()
            self._round = number
        drawn = self._from + (self._to - self._from) * into_ns / self._period_ns
        return round(drawn * self._scale)
