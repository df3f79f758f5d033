"""Counts of what the Autobahn testsuite found, and whether they are good enough.

A case has two verdicts, of which both count: `behavior` for what the peer did, `behaviorClose` for
how it closed. NON-STRICT means that an error was noticed later than it could have been; the
testsuite lets that pass, this project only in 6.4 (where in a stream invalid UTF-8 is noticed).
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PASSED = {"OK", "INFORMATIONAL", "NON-STRICT"}
MAY_BE_NON_STRICT = "6.4."
NON_STRICT_LIMIT = 2


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: its id as in `6.4.1`, and the two verdicts."""

    case: str
    behavior: str
    behavior_close: str

    @property
    def passed(self) -> bool:
        """Whether neither verdict is a failure."""
        return self.behavior in PASSED and self.behavior_close in PASSED


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a run, with the cases that were asked for."""

    asked: tuple[str, ...]
    results: tuple[CaseResult, ...]

    @property
    def missing(self) -> list[str]:
        """Cases that were asked for and not run: a peer that goes away ends a run early."""
        return sorted(set(self.asked) - {result.case for result in self.results}, key=case_key)

    @property
    def failed(self) -> list[CaseResult]:
        """Cases with a failure in either verdict."""
        return [result for result in self.results if not result.passed]

    @property
    def non_strict(self) -> list[str]:
        """Cases in which an error was noticed late."""
        return [
            result.case
            for result in self.results
            if "NON-STRICT" in (result.behavior, result.behavior_close)
        ]

    @property
    def late_beyond_the_limit(self) -> list[str]:
        """Non-strict cases that this project does not let pass."""
        allowed = [case for case in self.non_strict if case.startswith(MAY_BE_NON_STRICT)]
        return [case for case in self.non_strict if case not in allowed[:NON_STRICT_LIMIT]]

    def exit_code(self, *, lenient: bool = False) -> int:
        """0 all passed, 1 some did not, 2 some were not run."""
        if self.missing:
            return 2
        return 1 if self.failed or (self.late_beyond_the_limit and not lenient) else 0

    def lines(self) -> list[str]:
        """Say it in a few lines."""
        lines = [
            f"{len(self.results)} of {len(self.asked)} cases run",
            f"  behavior       {_counts(result.behavior for result in self.results)}",
            f"  behaviorClose  {_counts(result.behavior_close for result in self.results)}",
        ]
        if self.non_strict:
            lines.append(f"  non-strict     {' '.join(self.non_strict)}")
        if self.missing:
            lines.append(f"  not run        {' '.join(self.missing)}")
        lines.extend(
            f"  {bad.case:<14} {bad.behavior}, close {bad.behavior_close}" for bad in self.failed
        )
        return lines


def read_report(folder: Path, asked: Sequence[str]) -> Report:
    """Read the index that `wstest` wrote into a folder; without one, nothing was run."""
    index = folder / "index.json"
    agents = json.loads(index.read_text("utf-8")) if index.exists() else {}
    results = [
        CaseResult(case, verdict["behavior"], verdict["behaviorClose"])
        for cases in agents.values()
        for case, verdict in cases.items()
    ]
    return Report(tuple(asked), tuple(sorted(results, key=lambda result: case_key(result.case))))


def merged(reports: Iterable[Report]) -> Report:
    """Make one report of several groups'."""
    all_of_them = list(reports)
    return Report(
        tuple(case for report in all_of_them for case in report.asked),
        tuple(result for report in all_of_them for result in report.results),
    )


def case_key(case: str) -> tuple[int, ...]:
    """Order cases as numbers: 9.10 after 9.9."""
    return tuple(int(part) for part in case.split("."))


def _counts(verdicts: Iterable[str]) -> str:
    counted = sorted(Counter(verdicts).items())
    return ", ".join(f"{number} {verdict}" for verdict, number in counted) or "none"
