"""The doctor at TURN servers with staged faults: its first three lines name the cause and the fix.

Each report's beginning is printed and judged; with `--whole` the whole of it is printed. It falls
short where the words that matter are missing, where another finding comes first, or where the exit
code is another than expected. `--server NAME` visits the faults of one kind of server alone.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.support.own_turn_faults import OWN
from tests.support.parts import PARTS
from tests.support.turn_faults import COTURN, FAULTY, Fault, Visit

SERVERS = {"coturn": COTURN, "wirescope": OWN, "faulty": FAULTY}

_DEADLINE_S = 90


async def report_of(visit: Visit) -> tuple[int, str]:
    """Run the doctor there; its exit code and what it printed."""
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


def faults_of(fault: Fault, code: int, report: str) -> list[str]:
    """Judge a report by what a person reads first."""
    faults = []
    if code not in (fault.exit_code, fault.or_exit_code):
        faults.append(f"exit {code} instead of {fault.exit_code}")
    begin, _, rest = report.partition("\n\n")
    verdict, _, lines = begin.partition("\nFix ")
    fix, found, _ = lines.partition("\nNext ")
    if not found:
        faults.append("the three lines are not there")
    for label, text, wanted in (("verdict", verdict, fault.words), ("fix", fix, fault.fix)):
        words = " ".join(text.split()).lower()
        faults += [f"the {label} lacks {each!r}" for each in wanted if each not in words]
    first = next((line.split()[1] for line in rest.splitlines() if _heads_finding(line)), "")
    if first != fault.code:
        faults.append(f"{first or 'nothing'} is found first instead of {fault.code or 'nothing'}")
    wide = [line for line in report.splitlines() if len(line) > 80]
    faults += [f"{len(line)} columns: {line}" for line in wide if "://" not in line]
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
                    code, report = await report_of(visit)
            faults = faults_of(fault, code, report)
            short += bool(faults)
            visited += 1
            shown = report if whole else report.partition("\n\n")[0]
            print(f"-- {name}, {fault.name} (exit {code})\n{shown.rstrip()}")
            print("".join(f"   FALLS SHORT: {each}\n" for each in faults), flush=True)
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
