"""Turns of tests that run side by side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.turns import Kind, Turns, turn

ROOT = Path(__file__).resolve().parents[2]
OTHER = """
import sys
from tests.support.turns import turn
print("asks", flush=True)
with turn(sys.argv[1], sys.argv[2]):
    print("has it", flush=True)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="locks of files are POSIX's"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the locks of the test in a folder of its own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def other(how: Kind) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", OTHER, "run", how]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def waiting(how: Kind) -> "subprocess.Popen[str]":
    """Start one that asks and does not get its turn."""
    process = other(how)
    assert process.stdout is not None
    assert process.stdout.readline() == "asks\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    return process


@pytest.mark.parametrize("kind", ["beside", "quiet"])
def test_tests_of_a_kind_share_the_machine(kind: Kind) -> None:
    with turn("run", kind), other(kind) as process:
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("own", "how"),
    [
        ("alone", "beside"),
        ("beside", "alone"),
        ("alone", "quiet"),
        ("quiet", "alone"),
        ("alone", "alone"),
        ("quiet", "beside"),
        ("beside", "quiet"),
    ],
)
def test_others_wait(own: Kind, how: Kind) -> None:
    with turn("run", own):
        process = waiting(how)
    with process:
        assert process.communicate(timeout=20)[0] == "has it\n"


def test_who_waits_for_the_end_of_quiet_keeps_nobody_from_it() -> None:
    with turn("run", "quiet"):
        process = waiting("beside")
        with other("quiet") as more:
            assert more.wait(20) == 0
    with process:
        assert process.wait(20) == 0


def test_who_waits_to_be_alone_keeps_nobody_from_a_turn() -> None:
    with turn("run", "beside"):
        process = waiting("alone")
        with other("beside") as more:
            assert more.wait(20) == 0
    with process:
        assert process.wait(20) == 0


def test_nobody_slips_in_between_two_that_have_quiet() -> None:
    turns = Turns("run")
    with turns.turn("quiet", then="quiet"):
        pass
    process = waiting("beside")
    with turns.turn("quiet", then="beside"):
        pass
    with process:
        assert process.wait(20) == 0
    with turns.turn("beside", then=None), other("beside") as beside:
        assert beside.wait(20) == 0


def test_a_process_by_itself_waits_for_nobody(folder: Path) -> None:
    with turn("", "alone"), turn("", "alone"):
        assert list(folder.iterdir()) == []
