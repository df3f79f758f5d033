"""Work on the page (`ui/`): `check` its types, lint and import law, `test` it, `format` it.

The packages for that are installed first, as the lock file says; building the page, which
`hatch_build.py` does, needs fewer.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

UI = Path(__file__).resolve().parent.parent / "ui"

TASKS = {"check": ["types", "lint"], "test": ["test"], "format": ["format"]}


def install() -> None:
    """Install every package of the lock file, unless they are there."""
    modules = UI / "node_modules"
    digest = hashlib.sha256((UI / "package-lock.json").read_bytes()).hexdigest()
    stamps = [modules / ".installed.sha256", modules / ".installed-all.sha256"]
    if all(stamp.exists() and stamp.read_text("utf-8") == digest for stamp in stamps):
        return
    subprocess.run([npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=UI, check=True)
    for stamp in stamps:
        stamp.write_text(digest, "utf-8")


def npm() -> str:
    """Return the machine's npm."""
    found = shutil.which("npm")
    if found is None:
        raise SystemExit("npm is missing; install Node 20.19 or newer and run this again.")
    return found


def main() -> int:
    """Run the tasks of one name; 1 when one failed."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in TASKS:
        print(f"usage: page.py {'|'.join(TASKS)}")
        return 2
    install()
    runs = [
        subprocess.run([npm(), "run", "--silent", task], cwd=UI, check=False).returncode
        for task in TASKS[name]
    ]
    return 1 if any(runs) else 0


if __name__ == "__main__":
    sys.exit(main())
