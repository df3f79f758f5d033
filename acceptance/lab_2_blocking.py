"""Head-of-line blocking, with its size: 50 messages a second, 50 ms round trip, 0, 1 and 5 % loss.

The quick run and a longer one: what 99 % of the messages do not exceed over WebSocket, over the
reliable channel and over the unreliable one, with the share that came beside it. Without loss there
must be no difference; with it the unreliable channel has to be the quicker one by far. Then the
case where it turns round: 1 Mbit/s at 5 % loss, where the congestion window decides, has to be
found and explained by the verdict itself.
"""

import sys
from collections.abc import Iterator

from acceptance.comparing import cell_of, compare, tell
from wirescope.lab.results import Comparison

APART = 1.1
"""How far apart p99 latencies may be that do not differ."""

TIMES = {"loss-1": 2.0, "loss-5": 3.0}
"""How many times as long reliable transports have to take at p99."""

CAME = {"loss-1": (0.975, 0.999), "loss-5": (0.90, 0.98)}
"""Between what the unreliable channel has to deliver, of what the link loses 1 and 5 %."""

CHANNELS = ("data-channel-reliable", "data-channel-unreliable")
ALL = ("websocket", *CHANNELS)

LONGER = (
    *("--workload", "ticker", "--link", "clean", "--link", "loss-1", "--link", "loss-5"),
    *("--congestion-control", "cubic", "--duration", "30", "--repeats", "3", "--no-checks"),
)
FEED = (
    *("--workload", "feed", "--link", "loss-5", "--duration", "15", "--repeats", "3"),
    *("--congestion-control", "cubic", "--congestion-control", "bbr", "--no-checks"),
)


def p99s(found: Comparison, link: str) -> list[float]:
    """Give the p99 latencies over a link, by transport."""
    return [cell_of(found, each, link, control="cubic").p99_ms or 0 for each in ALL]


def short(found: Comparison) -> Iterator[str]:
    """Say what falls short of what is promised."""
    links = {cell.link for cell in found.cells}
    for verdict in found.verdicts:
        values = p99s(found, verdict.link)
        said = ", ".join(f"{each:.1f}" for each in values)
        ratio = max(values) / min(values) if min(values) else 0
        print(f"  {verdict.link}: p99 {said} ms, {ratio:.3f} apart; {verdict.winner}")
        if verdict.link == "clean" and (verdict.winner != "no difference" or ratio > APART):
            yield f"without loss there is a difference: {said} ms, {verdict.winner}"
        if verdict.link in TIMES:
            times = min(values[:2]) / values[2]
            came = cell_of(found, CHANNELS[1], verdict.link).delivered or 0
            print(f"    {times:.1f} times; {came:.2%} of the unreliable channel's messages came")
            if verdict.winner != CHANNELS[1] or times < TIMES[verdict.link]:
                yield f"{verdict.link}: {verdict.winner} won, {times:.1f} times"
            low, high = CAME[verdict.link]
            if not low <= came <= high:
                yield f"{verdict.link}: {came:.2%} came"
    if not {"clean", "loss-5"} <= links:
        yield "a link without loss or one with is missing"


def turned(found: Comparison) -> Iterator[str]:
    """Say what of the turn-round is not found or not explained."""
    (verdict,) = found.verdicts
    print(f"  {verdict.winner}: {verdict.why}")
    wanted = ("here it turns round", "congestion window", "the unreliable data channel")
    for words in wanted:
        if words not in verdict.why.lower():
            yield f"the verdict does not say {words!r}"
    if verdict.winner == CHANNELS[1]:
        yield "the unreliable channel won where the congestion window decides"


def main() -> int:
    """Run the three comparisons, and say what falls short."""
    failed: list[str] = []
    for title, arguments, look in (
        ("quick", ("--quick", "--no-checks"), short),
        ("30 s a run", LONGER, short),
        ("1 Mbit/s at 5 % loss", FEED, turned),
    ):
        found, seconds = compare(*arguments)
        print(f"{title} ({seconds:.0f} s)", flush=True)
        for line in tell(found.cells):
            print(line, flush=True)
        failed += look(found)
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
