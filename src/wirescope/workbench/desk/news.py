"""Which captures changed or went, numbered, so that each that looks can be told what it missed."""

from collections import deque
from typing import Literal, NamedTuple

_KEPT = 1000


class News(NamedTuple):
    """What happened to captures.

    Attributes:
        changed: ids of those that are new, or whose recording has ended.
        deleted: ids of those that are gone.
    """

    changed: list[str]
    deleted: list[str]


class Paper:
    """What happened to captures, the last of it.

    Attributes:
        number: of the latest news.
    """

    def __init__(self) -> None:
        self.number = 0
        self._news: deque[tuple[int, Literal["changed", "deleted"], str]] = deque(maxlen=_KEPT)

    def changed(self, capture: str) -> None:
        """Say that a capture is new or has changed."""
        self.number += 1
        self._news.append((self.number, "changed", capture))

    def deleted(self, capture: str) -> None:
        """Say that a capture is gone."""
        self.number += 1
        self._news.append((self.number, "deleted", capture))

    def since(self, number: int) -> News:
        """Return what was said after the news of this number."""
        latest = {capture: what for each, what, capture in self._news if each > number}
        return News(
            [capture for capture, what in latest.items() if what == "changed"],
            [capture for capture, what in latest.items() if what == "deleted"],
        )
