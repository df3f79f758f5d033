"""`wirescope compare --quick` on a fresh clone, by a user without rights, in under 90 seconds.

Every one of the eleven rows has to be there under its name, both columns filled by something that
was tried in this run, but for the browser's where there is none; and the quick run has to contain a
link without loss and one with.

The clone's environment is made before the time counts, as README's first command makes it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from acceptance.comparing import ELEVEN, compare, is_filled, tell
from wirescope.lab.checks.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 90.0


def main() -> int:
    """Clone, compare, look at the table."""
    with tempfile.TemporaryDirectory(prefix="wirescope-fresh-") as temporary:
        Path(temporary).chmod(0o755)
        clone = Path(temporary) / "wirescope"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        subprocess.run(["./run", "wirescope", "--version"], cwd=clone, check=True)
        python = clone / ".venv" / "bin" / "python"
        found, seconds = compare("--quick", python=python)
    for line in tell(found.cells):
        print(line)
    rows = {row.aspect: row for row in found.rows}
    for aspect in (*ELEVEN, *(each for each in rows if each not in ELEVEN)):
        row = rows.get(aspect)
        print(f"\n{aspect}")
        if row is not None:
            print(f"  WebSocket: {row.websocket}\n  WebRTC:    {row.webrtc}\n  ({row.evidence})")
    print()
    for verdict in found.verdicts:
        print(f"{verdict.use_case} on {verdict.link}: {verdict.winner}. {verdict.why}\n")
    has_browser = find_chromium() is not None
    filled = [
        aspect
        for aspect in ELEVEN
        if aspect in rows and is_filled(rows[aspect], has_browser=has_browser)
    ]
    counted = sum(len(cell.counted) for cell in found.cells)
    runs = sum(len(cell.repeats) for cell in found.cells)
    print(f"{seconds:.1f} s of {LIMIT_S:g}, {counted} of {runs} runs count")
    print(f"{len(filled)} of {len(ELEVEN)} rows filled")
    for aspect in ELEVEN:
        if aspect not in filled:
            print(f"SHORT: nothing is behind {aspect}")
    lossy = {cell.link: (cell.delivered or 0) < 1 for cell in found.cells}
    valid = all(cell.valid for cell in found.cells)
    ok = seconds < LIMIT_S and len(filled) == len(ELEVEN) and valid
    return 0 if ok and set(lossy.values()) == {True, False} else 1


if __name__ == "__main__":
    sys.exit(main())
