"""Which captures may be deleted by their age and size: first a plan that is shown, then the deed.

What is in the trash counts as well, since it takes the same disk, and goes before any capture does.
A capture with notes or bookmarks is never deleted, nor one that is being written. What has changed
between plan and deed stays.
"""

from collections.abc import Iterable

from msgspec import Struct

from wirescope.workbench.workspace.model import Retention
from wirescope.workbench.workspace.trash import Trashed

_DAY_NS = 86_400 * 1_000_000_000


class Stored(Struct, frozen=True, kw_only=True):
    """A capture as its files are.

    Attributes:
        id: names it.
        size: bytes of its files, notes not counted.
        changed_ns: when it was last written, nanoseconds since 1970.
        kept: why it is never deleted; empty where it may be.
    """

    id: str
    size: int
    changed_ns: int
    kept: str = ""


class Removal(Struct, frozen=True, kw_only=True):
    """A capture that would be deleted.

    Attributes:
        capture: which.
        reason: why, in words.
    """

    capture: Stored
    reason: str


class RetentionPlan(Struct, frozen=True, kw_only=True):
    """What would be deleted.

    Attributes:
        removals: which captures, the oldest first.
        emptied: what would go from the trash, the first deleted first.
        freed: the bytes of both.
        total: bytes of all captures and of the trash, before.
        trash: bytes of the trash alone, before.
        left_over: bytes above the limit that stay, as nothing more may be deleted.
    """

    removals: tuple[Removal, ...]
    emptied: tuple[Trashed, ...]
    freed: int
    total: int
    trash: int
    left_over: int


def plan_retention(
    captures: Iterable[Stored], trash: Iterable[Trashed], retention: Retention, *, now_ns: int
) -> RetentionPlan:
    """Say what would be deleted, and why."""
    planning = _Planning(captures, trash, retention)
    planning.by_age(now_ns)
    planning.by_size()
    return planning.plan()


class _Planning:
    """What is there, and what of it would go."""

    def __init__(
        self, captures: Iterable[Stored], trash: Iterable[Trashed], retention: Retention
    ) -> None:
        self._captures = sorted(captures, key=lambda each: (each.changed_ns, each.id))
        self._trash = list(trash)[::-1]
        self._retention = retention
        self._in_trash = sum(each.size for each in self._trash)
        self._total = self._left = sum(each.size for each in self._captures) + self._in_trash
        self._removals: dict[str, Removal] = {}
        self._emptied: dict[str, Trashed] = {}

    def by_age(self, now_ns: int) -> None:
        days = self._retention.days
        if days is None:
            return
        oldest_ns = now_ns - days * _DAY_NS
        for thing in self._trash:
            if thing.deleted_ns < oldest_ns:
                self._empty(thing)
        for capture in self._captures:
            if capture.changed_ns < oldest_ns:
                age = (now_ns - capture.changed_ns) / _DAY_NS
                self._remove(
                    capture,
                    f"It is {_shown(age, days)} days old; captures are kept for {days:g} days.",
                )

    def by_size(self) -> None:
        most = self._retention.bytes
        if most is None:
            return
        for thing in self._trash:
            if self._left > most:
                self._empty(thing)
        for capture in self._captures:
            if self._left > most:
                self._remove(
                    capture,
                    f"All captures together have {self._left:,} bytes; {most:,} are kept.",
                )

    def plan(self) -> RetentionPlan:
        most = self._retention.bytes
        return RetentionPlan(
            removals=tuple(self._removals.values()),
            emptied=tuple(self._emptied.values()),
            freed=self._total - self._left,
            total=self._total,
            trash=self._in_trash,
            left_over=0 if most is None else max(0, self._left - most),
        )

    def _empty(self, thing: Trashed) -> None:
        if thing.id not in self._emptied:
            self._emptied[thing.id] = thing
            self._left -= thing.size

    def _remove(self, capture: Stored, reason: str) -> None:
        if not capture.kept and capture.id not in self._removals:
            self._removals[capture.id] = Removal(capture=capture, reason=reason)
            self._left -= capture.size


def _shown(age: float, limit: float) -> str:
    """Write an age in days so that what is a little above a limit is not shown as the limit."""
    return f"{age:.0f}" if age >= limit + 1 else f"more than {limit:g}"
