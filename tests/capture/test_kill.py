"""A recording process killed at random moments; `benchmarks/capture_kill.py` does it more often."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks/capture_kill.py"
ROUNDS = "10"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and pipes that are inherited")
def test_a_killed_writer_loses_nothing_that_it_called_saved() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), ROUNDS], capture_output=True, text=True, timeout=55
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 acknowledged events lost" in done.stdout
