"""A script on a small disk of its own, which it fills and enlarges."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_PRELUDE = """
import subprocess, sys

folder = sys.argv[1]

def grow(size):
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)

subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], check=True)
"""
_DEADLINE_S = 50


def can_mount() -> bool:
    """Mounting needs Linux, root, and a mount namespace that nobody else sees."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        return False
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    return subprocess.run([unshare, "-m", "true"], capture_output=True).returncode == 0


needs_small_disk = pytest.mark.skipif(
    not can_mount(), reason="mounting a small disk needs root and unshare"
)


def run_on_small_disk(script: str, folder: Path) -> None:
    """Run Python that finds a disk of 6 MiB at `folder`, and `grow("60m")` to make it larger."""
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", _PRELUDE + script, str(folder)],
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
    )
    assert done.returncode == 0, done.stderr
