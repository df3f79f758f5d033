"""What a commit must pass, run side by side; silent about what is well.

A check that fails shows its own output. The order of the list is the order of the report; the
slowest come first so that two cores end together.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "types": ["mypy", "--no-error-summary"],
    "documentation tests": ["pytest", "-q", "--no-header", "--doctest-modules", "src"],
    "architecture tests": ["pytest", "-q", "--no-header", "tests/architecture"],
    "import law": ["lint-imports", "--no-logo"],
    "dead code": ["vulture"],
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
}


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one tool of the project's own environment, its output kept."""
    tool, *arguments = command
    return subprocess.run(
        [TOOLS / tool, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main() -> int:
    """Run all checks; 1 when one failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, done in zip(CHECKS, pool.map(run, CHECKS.values()), strict=True):
            if done.returncode:
                failed.append(name)
                print(f"-- {name}: {' '.join(CHECKS[name])}\n{done.stdout.rstrip()}\n")
    if failed:
        print(f"Not in order: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
