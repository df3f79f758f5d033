"""A program of a user, run from its first line on in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60.0


def run_program(text: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end; a warning is an error there."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", text, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
