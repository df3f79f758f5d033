"""Work on the page (`ui/`): `check` its types, lint and import law, `test` it, `format` it.

The packages for that are installed first, as the lock file says; building the page, which
`hatch_build.py` does, needs fewer. Where the machine's Node is too old, one comes from the package
index for this run.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from scripts import node

UI = Path(__file__).resolve().parent.parent / "ui"

TASKS = {"check": ["types", "lint"], "test": ["test"], "format": ["format"]}


def install() -> None:
    """Install every package of the lock file, unless they are there."""
    modules = UI / "node_modules"
    digest = hashlib.sha256((UI / "package-lock.json").read_bytes()).hexdigest()
    stamps = [modules / ".installed.sha256", modules / ".installed-all.sha256"]
    if all(stamp.exists() and stamp.read_text("utf-8") == digest for stamp in stamps):
        return
    run("ci", "--no-audit", "--no-fund", "--loglevel=error").check_returncode()
    for stamp in stamps:
        stamp.write_text(digest, "utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run npm in the page's folder, its output shown."""
    command = [*node.npm(), *arguments]
    return subprocess.run(command, cwd=UI, env=node.variables(), check=False)


def again_with_node() -> int:
    """Run this again with Node from the package index; return its exit status."""
    uv = os.environ.get("UV")  # set by `uv run`, as `./run` begins all of this
    if uv is None:
        print("Node 20.19 or newer is missing; install it, or begin this with ./run.")
        return 1
    command = [uv, "run", "--quiet", "--with", node.PACKAGE, "--", "python", "-m", "scripts.page"]
    return subprocess.run([*command, *sys.argv[1:]], cwd=UI.parent, check=False).returncode


def main() -> int:
    """Run the tasks of one name; 1 when one failed."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in TASKS:
        print(f"usage: page.py {'|'.join(TASKS)}")
        return 2
    if not node.is_there():
        return again_with_node()
    install()
    runs = [run("run", "--silent", task).returncode for task in TASKS[name]]
    return 1 if any(runs) else 0


if __name__ == "__main__":
    sys.exit(main())
