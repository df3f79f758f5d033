"""Files stay together; what needs quiet comes first, on two workers, what runs alone on one."""

import re
from pathlib import Path

import pytest

from tests.support.scheduling import marks_in

pytest_plugins = ["pytester"]

MODULE = """
import pytest

@pytest.mark.alone
@pytest.mark.parametrize("number", [1, 2])
def test_alone(number, worker_id):
    print("RAN", "alone", worker_id)

@pytest.mark.quiet
@pytest.mark.parametrize("number", [1, 2])
def test_quiet(number, worker_id):
    print("RAN", f"quiet_of_{__name__}", worker_id)

@pytest.mark.parametrize("number", [1, 2])
def test_one(number, worker_id):
    print("RAN", __name__, worker_id)
"""

CONFTEST = """
from tests.support.scheduling import QuietThenFiles

def pytest_configure(config):
    config.addinivalue_line("markers", "alone: x")
    config.addinivalue_line("markers", "quiet: x")

def pytest_xdist_make_scheduler(config, log):
    return QuietThenFiles(config, log)
"""


def test_a_file_has_one_worker_and_so_has_what_is_taken_out_of_files(
    pytester, pytestconfig, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_a=MODULE, test_b=MODULE)
    options = [
        "-n",
        "2",
        "--dist=loadfile",
        "--no-loadscope-reorder",
        "-rP",
        "-p",
        "no:cacheprovider",
    ]
    result = pytester.runpytest_subprocess(*options)
    result.assert_outcomes(passed=12)
    ran = re.findall(r"RAN (\w+) (\w+)", result.stdout.str())
    assert len(ran) == 12
    for name in ("alone", "test_a", "test_b", "quiet_of_test_a", "quiet_of_test_b"):
        assert len({worker for each, worker in ran if each == name}) == 1


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("def test_it(): pass", {}),
        ("@pytest.mark.slow\n@pytest.mark.alone\nasync def test_it(): pass", {"test_it": "alone"}),
        ("@pytest.mark.quiet\ndef test_it(): pass\n\ndef test_no(): pass", {"test_it": "quiet"}),
        ("pytestmark = [pytest.mark.slow, pytest.mark.alone]", {"*": "alone"}),
        ("pytestmark = pytest.mark.quiet", {"*": "quiet"}),
        (
            "@pytest.mark.alone\ndef test_it(): pass\n\npytestmark = pytest.mark.quiet",
            {"test_it": "alone", "*": "quiet"},
        ),
        ("# pytest.mark.alone\ndef test_it(): pass", {}),
    ],
)
def test_marks_are_seen_before_functions_and_for_files(
    tmp_path: Path, text: str, marks: dict[str, str]
):
    file = tmp_path / "test_it.py"
    file.write_text(text)
    assert marks_in(file) == marks
