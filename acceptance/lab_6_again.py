"""The quick comparison three times: the same verdicts, medians within a tenth, or not sure and why.

A verdict that says "not sure" as spreads overlap is held to it: those of two transports' repeats
have to; another reason has to be said.
"""

import sys
from collections import defaultdict

from acceptance.comparing import compare, tell, unfounded

TIMES = 3
APART = 1.1
NOT_SURE = "not sure"


def main() -> int:
    """Compare three times, and compare what came of it."""
    medians: dict[tuple[str, str], list[float]] = defaultdict(list)
    winners: dict[tuple[str, str], list[str]] = defaultdict(list)
    failed: list[str] = []
    for number in range(TIMES):
        found, seconds = compare("--quick", "--no-checks")
        print(f"{number + 1} ({seconds:.0f} s)", flush=True)
        for line in tell(found.cells):
            print(line, flush=True)
        for cell in found.cells:
            medians[cell.transport, cell.link].append(cell.p50_ms or 0)
        for verdict in found.verdicts:
            winners[verdict.use_case, verdict.link].append(verdict.winner)
            if verdict.winner == NOT_SURE and (wrong := unfounded(verdict, found.cells)):
                failed.append(f"{verdict.link}: {wrong}")
    for (transport, link), values in medians.items():
        ratio = max(values) / min(values) if min(values) else 0
        print(f"  {transport} on {link}: medians {', '.join(f'{each:.2f}' for each in values)} ms, "
              f"{ratio:.3f} apart")  # fmt: skip
        if len(values) < TIMES or not 0 < ratio <= APART:
            failed.append(f"{transport} on {link}: medians are {ratio:.2f} apart")
    for (use_case, link), found_winners in winners.items():
        sure = {each for each in found_winners if each != NOT_SURE}
        print(f"  {use_case} on {link}: {', '.join(found_winners)}")
        if len(sure) > 1:
            failed.append(f"{link}: the verdicts contradict each other")
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
