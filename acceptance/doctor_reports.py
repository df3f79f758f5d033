"""What `wirescope doctor` reports of a server, and what a person who reads it misses in it."""

import asyncio
import os
import sys
from collections.abc import Sequence

_COLUMNS = 80


async def report_of(url: str, options: Sequence[str], *, within_s: float) -> tuple[int, str]:
    """Run the doctor there; its exit code and what it printed."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wirescope", "doctor", url, *options),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={**environment, "COLUMNS": str(_COLUMNS), "NO_COLOR": "1"},
    )
    async with asyncio.timeout(within_s):
        stdout, _ = await process.communicate()
    return process.returncode or 0, stdout.decode()


def faults_of(report: str, *, verdict: Sequence[str], fix: Sequence[str]) -> list[str]:
    """Say where a report falls short: its three lines, the words wanted in them, its width."""
    faults = []
    begin = report.partition("\n\n")[0]
    said, _, rest = begin.partition("\nFix ")
    to_do, found, _ = rest.partition("\nNext ")
    if not found:
        faults.append("the three lines are not there")
    for label, text, wanted in (("verdict", said, verdict), ("fix", to_do, fix)):
        words = " ".join(text.split()).lower()
        faults += [f"the {label} lacks {each!r}" for each in wanted if each.lower() not in words]
    wide = [line for line in report.splitlines() if len(line) > _COLUMNS]
    return faults + [f"{len(line)} columns: {line}" for line in wide if "://" not in line]


def show_report(name: str, code: int, report: str, faults: Sequence[str], *, whole: bool) -> None:
    """Print a report, or its beginning, and where it falls short."""
    shown = report if whole else report.partition("\n\n")[0]
    print(f"-- {name} (exit {code})\n{shown.rstrip()}")
    print("".join(f"   FALLS SHORT: {each}\n" for each in faults), flush=True)
