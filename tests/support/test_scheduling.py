"""Files stay together, and what runs alone comes last, on one worker."""

import re
from pathlib import Path

import pytest

from tests.support.scheduling import names_alone

pytest_plugins = ["pytester"]

MODULE = """
import pytest

@pytest.mark.alone
@pytest.mark.parametrize("number", [1, 2])
def test_alone(number, worker_id):
    print("RAN", "alone", worker_id)

@pytest.mark.parametrize("number", [1, 2])
def test_one(number, worker_id):
    print("RAN", __name__, worker_id)
"""

CONFTEST = """
from tests.support.scheduling import FilesThenAlone

def pytest_configure(config):
    config.addinivalue_line("markers", "alone: x")

def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("alone") is not None)

def pytest_xdist_make_scheduler(config, log):
    return FilesThenAlone(config, log)
"""


def test_a_file_has_one_worker_and_what_is_alone_one_of_its_own(
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
    result.assert_outcomes(passed=8)
    ran = re.findall(r"RAN (\w+) (\w+)", result.stdout.str())
    assert len(ran) == 8
    for name in ("alone", "test_a", "test_b"):
        assert len({worker for each, worker in ran if each == name}) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def test_it(): pass", set()),
        ("@pytest.mark.slow\n@pytest.mark.alone\nasync def test_it(): pass", {"test_it"}),
        ("pytestmark = [pytest.mark.slow, pytest.mark.alone]", {"*"}),
        ("pytestmark = pytest.mark.alone", {"*"}),
        ("# pytest.mark.alone\ndef test_it(): pass", set()),
    ],
)
def test_marks_are_seen_before_functions_and_for_files(tmp_path: Path, text: str, names: set[str]):
    file = tmp_path / "test_it.py"
    file.write_text(text)
    assert names_alone(file) == names
