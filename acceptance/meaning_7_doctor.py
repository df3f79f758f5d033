"""The doctor at ten servers with staged faults: its first three lines name the cause and the fix.

Each report's beginning is printed and judged; with `--whole` the whole of it is printed. It falls
short where the words that matter are missing, or the exit code is another than expected.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from acceptance.ten_servers import Visit, all_of_them, missing

_DEADLINE_S = 60


async def report_of(visit: Visit) -> tuple[int, str]:
    """Run the doctor there; its exit code and report."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wirescope", "doctor", visit.url, *visit.options),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={**environment, "COLUMNS": "80", "NO_COLOR": "1"},
    )
    async with asyncio.timeout(_DEADLINE_S):
        stdout, _ = await process.communicate()
    return process.returncode or 0, stdout.decode()


def faults_of(visit: Visit, code: int, report: str) -> list[str]:
    """Judge a report by what a person reads first."""
    faults = []
    if code != visit.exit_code:
        faults.append(f"exit {code} instead of {visit.exit_code}")
    begin = report.partition("\n\n")[0]
    verdict, _, rest = begin.partition("\nFix ")
    fix, found, _ = rest.partition("\nNext ")
    if not found:
        faults.append("the three lines are not there")
    for label, text, wanted in (
        ("verdict", verdict, visit.lines[0]),
        ("fix", fix, visit.lines[1]),
    ):
        words = " ".join(text.split()).lower()
        faults += [f"the {label} lacks {each!r}" for each in wanted if each.lower() not in words]
    wide = [line for line in report.splitlines() if len(line) > 80]
    faults += [f"{len(line)} columns: {line}" for line in wide if "://" not in line]
    return faults


async def look_at_all(*, whole: bool) -> int:
    """Visit every server; how many reports fell short."""
    short = 0
    with tempfile.TemporaryDirectory(prefix="wirescope-servers-") as folder:
        async with all_of_them(Path(folder)) as visits:
            for visit in visits:
                code, report = await report_of(visit)
                faults = faults_of(visit, code, report)
                short += bool(faults)
                shown = report if whole else report.partition("\n\n")[0]
                print(f"-- {visit.name} (exit {code})\n{shown.rstrip()}")
                print("".join(f"   FALLS SHORT: {fault}\n" for fault in faults))
    print(f"{len(visits)} servers, {len(visits) - short} reports that name cause and fix")
    return short


def main() -> int:
    """Visit every server, if this machine has them."""
    lacking = missing()
    if lacking:
        print(f"Missing here: {', '.join(lacking)}. Debian has them:")
        print(f"apt-get install --no-install-recommends {' '.join(lacking)}")
        return 2
    return 1 if asyncio.run(look_at_all(whole="--whole" in sys.argv[1:])) else 0


if __name__ == "__main__":
    sys.exit(main())
