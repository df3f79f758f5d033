"""The doctor at TURN servers with staged faults: its first three lines name the cause and the fix.

Each report's beginning is printed and judged; with `--whole` the whole of it is printed. It falls
short where the words that matter are missing, where another finding comes first, or where the exit
code is another than expected. `--server NAME` visits the faults of one kind of server alone.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from acceptance.doctor_reports import faults_of, report_of, show_report
from tests.support.own_turn_faults import OWN
from tests.support.parts import PARTS
from tests.support.turn_faults import COTURN, FAULTY, Fault

SERVERS = {"coturn": COTURN, "wirescope": OWN, "faulty": FAULTY}

_DEADLINE_S = 90


def _faults_of(fault: Fault, code: int, report: str) -> list[str]:
    """Judge a report by what a person reads first."""
    faults = faults_of(report, verdict=fault.words, fix=fault.fix)
    if code not in (fault.exit_code, fault.or_exit_code):
        faults.insert(0, f"exit {code} instead of {fault.exit_code}")
    rest = report.partition("\n\n")[2]
    first = next((line.split()[1] for line in rest.splitlines() if _heads_finding(line)), "")
    if first != fault.code:
        faults.append(f"{first or 'nothing'} is found first instead of {fault.code or 'nothing'}")
    return faults


def _heads_finding(line: str) -> bool:
    return line.startswith(("  ERROR ", "  WARNING "))


async def look_at_all(names: list[str], *, whole: bool) -> int:
    """Visit every server; how many reports fell short."""
    short = visited = 0
    for name in names:
        for fault in SERVERS[name]:
            with tempfile.TemporaryDirectory(prefix="wirescope-turn-") as folder:
                async with fault.stage(Path(folder)) as visit:
                    code, report = await report_of(visit.url, visit.options, within_s=_DEADLINE_S)
            faults = _faults_of(fault, code, report)
            short += bool(faults)
            visited += 1
            show_report(f"{name}, {fault.name}", code, report, faults, whole=whole)
    print(f"{visited} servers, {visited - short} reports that name cause and fix")
    return short


def main() -> int:
    """Visit every server, if this machine has them."""
    if not PARTS["turnserver"]():
        print("Missing here: coturn. Debian has it:")
        print("apt-get install --no-install-recommends coturn")
        return 2
    arguments = sys.argv[1:]
    names = list(SERVERS)
    if "--server" in arguments:
        names = [arguments[arguments.index("--server") + 1]]
    return 1 if asyncio.run(look_at_all(names, whole="--whole" in arguments)) else 0


if __name__ == "__main__":
    sys.exit(main())
