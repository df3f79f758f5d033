"""Which captures changed or went, numbered, so that each that looks can be told what it missed."""

from itertools import takewhile
from typing import Literal, NamedTuple

_KEPT = 20_000
"""Captures of which the latest is known; retention may delete thousands at once."""


_What = Literal["changed", "deleted"]


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
        self._latest: dict[str, tuple[int, _What]] = {}  # the latest of all last

    def changed(self, capture: str) -> None:
        """Say that a capture is new or has changed."""
        self._say(capture, "changed")

    def deleted(self, capture: str) -> None:
        """Say that a capture is gone."""
        self._say(capture, "deleted")

    def _say(self, capture: str, what: _What) -> None:
        self.number += 1
        self._latest.pop(capture, None)
        self._latest[capture] = self.number, what
        if len(self._latest) > _KEPT:
            del self._latest[next(iter(self._latest))]

    def since(self, number: int) -> News:
        """Return what was said after the news of this number."""
        newest_first = reversed(self._latest.items())
        latest = list(takewhile(lambda item: item[1][0] > number, newest_first))[::-1]
        return News(
            [capture for capture, (_, what) in latest if what == "changed"],
            [capture for capture, (_, what) in latest if what == "deleted"],
        )
