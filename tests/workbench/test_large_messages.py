"""A message that is larger than what may stand in memory; `benchmarks/large_message.py` by test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_message_of_256_mebibytes_goes_both_ways_and_into_the_capture_in_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.large_message", "256"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=55,
    )
    assert done.returncode == 0, done.stdout + done.stderr
