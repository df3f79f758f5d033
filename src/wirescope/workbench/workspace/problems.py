"""What is wrong in the files of a workspace, with line and column, and how much of it is told."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


MOST_PROBLEMS = 100
"""Problems of each severity that are told of one file."""


class Problem(Struct, frozen=True, kw_only=True):
    """Something that a person should look at.

    Attributes:
        message: what it is and what was expected.
        line: 1-based line in the file; 0 where it concerns the file as a whole.
        column: 1-based column in characters; 0 where there is no line.
        severity: with an `error` the file cannot be used; a `warning` is advice.
        hint: what to do; empty when there is nothing to advise.
        path: the file, from the workspace's folder on, with `/`; empty where it is known already.
        stands_for: how many problems it tells of; above 1 for those that are not told one by one.
    """

    message: str
    line: int = 0
    column: int = 0
    severity: Severity = "error"
    hint: str = ""
    path: str = ""
    stands_for: int = 1

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.message}" if place else self.message


class Problems:
    """Problems up to so many of each severity; of what is beyond that it is told how much it is.

    Args:
        most: of each severity.
    """

    def __init__(self, most: int = MOST_PROBLEMS) -> None:
        self._most = most
        self._told: list[Problem] = []
        self._count: Counter[Severity] = Counter()
        self._untold: Counter[Severity] = Counter()

    def add(self, problem: Problem) -> None:
        """Take one more."""
        if self.is_full(problem.severity):
            self.leave_out(problem.severity, problem.stands_for)
        else:
            self._count[problem.severity] += 1
            self._told.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take several more."""
        for problem in problems:
            self.add(problem)

    def is_full(self, severity: Severity) -> bool:
        """Whether a further one of this severity would only be counted."""
        return self._count[severity] >= self._most

    def leave_out(self, severity: Severity, count: int = 1) -> None:
        """Count what needs no words, as it would not be told."""
        self._untold[severity] += count

    def told(self) -> tuple[Problem, ...]:
        """Return them as they came; at the end, one for each severity of which there are more."""
        return (*self._told, *map(self._more, sorted(self._untold)))

    def _more(self, severity: Severity) -> Problem:
        count = self._untold[severity]
        are, plural = ("is", "") if count == 1 else ("are", "s")
        return Problem(
            message=f"There {are} {count:,} more {severity}{plural}, not told one by one.",
            severity=severity,
            hint="Mend those that are told; the next ones take their place.",
            stands_for=count,
        )
