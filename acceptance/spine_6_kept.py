"""What is saved stays saved: through 200 kills, with a reader following, and on a full disk.

`--rounds` is the number of kills.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FULL_DISK = ["tests/capture/test_disk_full.py", "tests/workbench/test_full_disk.py"]


def main() -> int:
    """Run both; 1 if either falls short, or if the full disk could not be made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    kills = [sys.executable, "-m", "benchmarks.capture_kill", str(rounds)]
    disk = [sys.executable, "-m", "pytest", "-v", "--no-header", "-rs", *FULL_DISK]
    codes = [subprocess.run(kills, cwd=ROOT, check=False).returncode]
    done = subprocess.run(disk, cwd=ROOT, check=False, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if "::" in line or "passed" in line]
    print("\n".join(lines))
    codes.append(done.returncode or int(" passed" not in done.stdout or "SKIPPED" in done.stdout))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
