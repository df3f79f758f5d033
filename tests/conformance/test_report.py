"""Reading what the testsuite wrote, and judging it."""

import json
from pathlib import Path

import pytest

from tests.conformance.autobahn import NAMED, patterns_of
from tests.conformance.report import CaseResult, Report, merged, read_report


def report(**behaviors: str) -> Report:
    """Make a report of cases such as `c6_4_1="OK"`."""
    results = tuple(
        CaseResult(name[1:].replace("_", "."), behavior, "OK")
        for name, behavior in behaviors.items()
    )
    return Report(tuple(result.case for result in results), results)


def test_a_report_is_read_in_the_order_of_the_cases(tmp_path: Path) -> None:
    cases = {
        "9.10": {"behavior": "OK", "behaviorClose": "OK"},
        "9.9": {"behavior": "OK", "behaviorClose": "UNCLEAN"},
    }
    (tmp_path / "index.json").write_text(json.dumps({"peer": cases}))
    read = read_report(tmp_path, ["9.9", "9.10"])
    assert [result.case for result in read.results] == ["9.9", "9.10"]
    assert [bad.case for bad in read.failed] == ["9.9"]


def test_a_run_without_a_report_is_unfinished(tmp_path: Path) -> None:
    read = read_report(tmp_path, ["1.1.1"])
    assert read.missing == ["1.1.1"]
    assert read.exit_code() == 2


def test_a_failure_in_either_verdict_counts() -> None:
    closed_badly = Report(("1.1.1",), (CaseResult("1.1.1", "OK", "WRONG CODE"),))
    assert closed_badly.exit_code() == report(c1_1_1="FAILED").exit_code() == 1


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ({"c6_4_1": "NON-STRICT", "c6_4_2": "NON-STRICT"}, 0),
        ({f"c6_4_{n}": "NON-STRICT" for n in (1, 2, 3)}, 1),
        ({"c3_2": "NON-STRICT"}, 1),
    ],
    ids=["two of 6.4", "three of 6.4", "elsewhere"],
)
def test_only_two_cases_of_6_4_may_be_non_strict(cases: dict[str, str], code: int) -> None:
    assert report(**cases).exit_code() == code
    assert report(**cases).exit_code(lenient=True) == 0


def test_groups_are_merged_into_one_report() -> None:
    both = merged([report(c1_1_1="OK"), report(c9_1_1="FAILED")])
    assert both.lines()[0] == "2 of 2 cases run"
    assert both.lines()[-1].split() == ["9.1.1", "FAILED,", "close", "OK"]


@pytest.mark.parametrize(
    ("group", "patterns"),
    [("1-3,10", ["1.*", "2.*", "3.*", "10.*"]), ("9", ["9.*"]), ("12.1.3", ["12.1.3"])],
)
def test_groups_are_written_in_short(group: str, patterns: list[str]) -> None:
    assert patterns_of(group) == patterns


def test_no_case_stands_in_two_groups() -> None:
    patterns = [pattern for group in NAMED["all"] for pattern in patterns_of(group)]
    assert len(patterns) == len(set(patterns)) == 9 + 12
