"""Run the measurements of `benchmarks/`, all of them or the named ones, one after the other."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def names() -> list[str]:
    """List the measurements: every module of `benchmarks` with a main of its own."""
    files = (ROOT / "benchmarks").glob("[a-z]*.py")
    return sorted(file.stem for file in files if "__main__" in file.read_text("utf-8"))


def main() -> int:
    """Run them; 1 when one fell short, 2 when there is none of that name."""
    chosen = sys.argv[1:] or names()
    if unknown := set(chosen) - set(names()):
        known = ", ".join(names())
        print(f"no such measurement: {', '.join(sorted(unknown))}; there are {known}")
        return 2
    short = []
    for name in chosen:
        print(f"-- {name}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False
        ).returncode:
            short.append(name)
    if short:
        print(f"Fell short: {', '.join(short)}.")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
