"""The programs that we did not write, and how they are brought here and run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.node_packages import with_packages

HERE = Path(__file__).parent

DEBIAN = {"tshark": "tshark", "jq": "jq", "sqlite3": "sqlite3", "node": "nodejs", "npm": "npm"}
"""Each program and the Debian package that has it."""

MITMPROXY = "12.2.3" if sys.version_info >= (3, 12) else "11.0.2"
DUCKDB = "1.4.2"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one program made of one format.

    Attributes:
        format: the format.
        program: the program, with its version where it tells.
        shows: what it showed, in figures.
        good: whether that is what is in the capture.
    """

    format: str
    program: str
    shows: str
    good: bool


def missing_packages() -> list[str]:
    """List the Debian packages that have to be installed first."""
    return [package for program, package in DEBIAN.items() if shutil.which(program) is None]


def output(*command: str | Path, check: bool = True, cwd: Path | None = None) -> str:
    """Run a program to its end and give what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if check and done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def uv() -> str:
    """Find uv: `./run` sets its place."""
    return os.environ.get("UV") or shutil.which("uv") or "uv"


def tool(package: str, version: str, *command: str) -> list[str]:
    """Give the command that runs a program of a Python package in an environment of its own."""
    wanted = f"{package}=={version}"
    return [uv(), "tool", "run", "--quiet", "--python", sys.executable, "--from", wanted, *command]


def node_packages() -> Path:
    """Put the scripts beside the JavaScript packages that they need, in the user's cache."""
    return with_packages(HERE, "exchange", shutil.which("npm") or "npm")
