"""The doctor at ten servers with staged faults: its first three lines name the cause and the fix.

Each report's beginning is printed and judged; with `--whole` the whole of it is printed. It falls
short where the words that matter are missing, or the exit code is another than expected.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from acceptance.doctor_reports import faults_of, report_of, show_report
from acceptance.ten_servers import Visit, all_of_them, missing

_DEADLINE_S = 60


def _faults_of(visit: Visit, code: int, report: str) -> list[str]:
    """Judge a report by what a person reads first."""
    wrong = [] if code == visit.exit_code else [f"exit {code} instead of {visit.exit_code}"]
    return wrong + faults_of(report, verdict=visit.lines[0], fix=visit.lines[1])


async def look_at_all(*, whole: bool) -> int:
    """Visit every server; how many reports fell short."""
    short = 0
    with tempfile.TemporaryDirectory(prefix="wirescope-servers-") as folder:
        async with all_of_them(Path(folder)) as visits:
            for visit in visits:
                code, report = await report_of(visit.url, visit.options, within_s=_DEADLINE_S)
                faults = _faults_of(visit, code, report)
                short += bool(faults)
                show_report(visit.name, code, report, faults, whole=whole)
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
