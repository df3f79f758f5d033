"""Which captures may be deleted by their age and size: first a plan that is shown, then the deed.

A capture with notes or bookmarks is never deleted, nor one that is being written. What has changed
between plan and deed stays.
"""

from collections.abc import Iterable

from msgspec import Struct

from wirescope.workbench.workspace.model import Retention

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
        freed: their bytes.
        total: bytes of all captures, before.
        left_over: bytes above the limit that stay, as nothing more may be deleted.
    """

    removals: tuple[Removal, ...]
    freed: int
    total: int
    left_over: int


def plan_retention(
    captures: Iterable[Stored], retention: Retention, *, now_ns: int
) -> RetentionPlan:
    """Say what would be deleted, and why."""
    oldest_first = sorted(captures, key=lambda each: (each.changed_ns, each.id))
    total = left = sum(each.size for each in oldest_first)
    removals = []
    for capture in oldest_first:
        reason = "" if capture.kept else _reason(capture, retention, left, now_ns)
        if reason:
            removals.append(Removal(capture=capture, reason=reason))
            left -= capture.size
    over = 0 if retention.bytes is None else max(0, left - retention.bytes)
    return RetentionPlan(removals=tuple(removals), freed=total - left, total=total, left_over=over)


def _reason(capture: Stored, retention: Retention, total: int, now_ns: int) -> str:
    age = (now_ns - capture.changed_ns) / _DAY_NS
    if retention.days is not None and age > retention.days:
        return f"It is {age:.0f} days old; captures are kept for {retention.days:g} days."
    if retention.bytes is not None and total > retention.bytes:
        return f"All captures together have {total:,} bytes; {retention.bytes:,} are kept."
    return ""
