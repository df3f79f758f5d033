"""README's two commands on a fresh clone, with nothing on PATH but Python, git and a shell.

`--first-only` leaves the second one, which runs the whole test suite, out.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from wirescope.clock import SystemClock

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("git", "sh", "env", "rm")  # a shell and what `run` itself calls
LIMIT_S = 1800


def commands_of(readme: str) -> list[str]:
    """Give README's commands: the lines of its blocks of shell that begin with `./run`."""
    blocks = re.findall(
        r"^```(?:sh|console|shell|bash)?\n(.*?)^```", readme, re.MULTILINE | re.DOTALL
    )
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [line.partition("  #")[0].strip() for line in lines if line.startswith("./run ")]


def bare_path(folder: Path) -> Path:
    """Make a folder to be the whole PATH."""
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return folder


def run(command: str, clone: Path, environment: dict[str, str]) -> bool:
    """Run a command in the clone, its output shown; whether it ended well and said something."""
    clock = SystemClock()
    begin_ns = clock.monotonic_ns()
    done = subprocess.run(
        shlex.split(command),
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    seconds = (clock.monotonic_ns() - begin_ns) / 1e9
    lines = done.stdout.splitlines()
    print(f"$ {command}")
    print("\n".join(f"  {line}" for line in [*lines[:40], *lines[40:][-10:]]))
    print(f"  -> exit {done.returncode} after {seconds:.1f} s, {len(lines)} lines")
    return done.returncode == 0 and bool(lines)


def main() -> int:
    """Clone, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-only", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wirescope-fresh-") as temporary:
        folder = Path(temporary)
        clone = folder / "wirescope"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        commands = commands_of((clone / "README.md").read_text("utf-8"))[:2]
        if len(commands) < 2:
            print(f"README.md shows {len(commands)} commands that begin with ./run, not two")
            return 1
        environment = {"PATH": str(bare_path(folder / "bin")), "HOME": str(folder)}
        environment |= {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
        chosen_commands = commands[:1] if chosen.first_only else commands
        return 0 if all(run(command, clone, environment) for command in chosen_commands) else 1


if __name__ == "__main__":
    sys.exit(main())
