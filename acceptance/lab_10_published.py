"""A published result repeated: 2,500 coordinates over loopback, with 0 % and 15 % of packets lost.

The source is github.com/Sh3b0/realtime-web (2022): servers in Go send 2,500 short texts, one a
millisecond, to a page in Chromium, over loopback with `tc netem loss`. It shows graphs of messages
that arrived over time, one run each, and says: without loss "almost no performance differences";
at 15 % and channels that send nothing again, WebSocket suffers from head-of-line blocking; at 15 %
and reliable channels, WebRTC suffers as well.

Here the same messages go over a link that loses as many and has, like loopback, no delay: three
runs each, with the latencies that the source does not have. The first two have to come out again.
The third is about a stack: the source has pion's SCTP of 2022, here it is the engine of Chromium.
What is different there is said with its figures. Then the same over 50 ms of round trip, which is
what the source leaves out.
"""

import asyncio
import sys
from collections.abc import Iterator

from acceptance.comparing import cell_of, tell
from wirescope.lab.compare import ComparisonPlan, compare
from wirescope.lab.results import CellResult, Comparison
from wirescope.lab.workloads import Regular, Workload
from wirescope.link import Direction, LinkSettings, RandomLoss, symmetric

COORDINATES = Workload(
    name="coordinates",
    title="2,500 coordinates, one a millisecond, to the client",
    use_case="a picture drawn point by point",
    payload="text",
    flows=(Regular(side="b", per_s=1_000, size=16),),
    duration_s=2.5,
    is_state=True,
)
LOSS = 0.15
COUNT = 2_500
TIMER_S = 0.2
"""The shortest retransmission timer of Linux's TCP (TCP_RTO_MIN of net/tcp.h)."""

APART_MS = 5
SUFFERS = 5
"""How many times as long takes who suffers."""

ALL = ("websocket", "data-channel-reliable", "data-channel-unreliable")


def link(name: str, delay_ms: float, loss: float) -> LinkSettings:
    """Make a link that is alike both ways."""
    lost = RandomLoss(share=loss) if loss else None
    return symmetric(name, Direction(delay_ms=delay_ms, loss=lost))


LINKS = (
    link("near-0", 0, 0),
    link("near-15", 0, LOSS),
    link("far-0", 25, 0),
    link("far-15", 25, LOSS),
)


def cell(found: Comparison, transport: str, name: str) -> CellResult:
    """Give the cell of a transport and a link."""
    return cell_of(found, transport, name, workload=COORDINATES.name)


def p99s(found: Comparison, name: str) -> tuple[float, float, float]:
    """Give the p99 latencies over WebSocket, the reliable and the unreliable channel."""
    websocket, reliable, unreliable = (cell(found, each, name).p99_ms or 0 for each in ALL)
    return websocket, reliable, unreliable


def short(found: Comparison) -> Iterator[str]:
    """Say what of the published result does not come out again."""
    websocket, reliable, unreliable = p99s(found, "near-0")
    print("published: without loss almost no difference")
    print(f"  here: p99 {websocket:.1f}, {reliable:.1f} and {unreliable:.1f} ms")
    if max(websocket, reliable, unreliable) > APART_MS:
        yield f"without loss something took more than {APART_MS} ms"
    websocket, reliable, unreliable = p99s(found, "near-15")
    came = cell(found, ALL[2], "near-15").delivered or 0
    print("published: at 15 % WebSocket suffers, a channel that sends nothing again does not")
    print(f"  here: p99 {websocket:.1f} and {unreliable:.1f} ms; {came:.1%} came over the channel")
    if websocket < SUFFERS * unreliable:
        yield "at 15 % WebSocket is not the slower one by far"
    if not 0.80 <= came <= 0.90:
        yield f"of the unreliable channel's messages {came:.1%} came"


def explain(found: Comparison) -> Iterator[str]:
    """Say where it differs, and what the source could not show, from the cells."""
    websocket, reliable = (cell(found, each, "near-15") for each in ALL[:2])
    lost_again = COUNT * LOSS * LOSS
    yield (
        f"why WebSocket suffers: about {lost_again:.0f} of {COUNT:,} segments are lost when they "
        f"are sent again, too, and each waits for TCP's timer, {TIMER_S:g} s at least: "
        f"{lost_again * TIMER_S:.0f} s of waiting in a stream of {COORDINATES.duration_s:g} s, of "
        f"which the last message had {(websocket.max_ms or 0) / 1_000:.1f} s."
    )
    suffers = (reliable.p99_ms or 0) > SUFFERS * p99s(found, "near-15")[2]
    yield (
        f"published: at 15 % a reliable channel suffers as well. Here: "
        f"{'so it does' if suffers else 'it hardly does'}, p99 {reliable.p99_ms or 0:.1f} ms and "
        f"{reliable.max_ms or 0:.0f} ms at most, so timers were rare; the engine's SCTP is another "
        "one than the source's, whose timer is 1 s at least (RFC 9260 section 16)."
    )
    medians = [cell(found, each, "far-15").p50_ms or 0 for each in ALL]
    yield (
        f"with 50 ms of round trip the medians at 15 % are {medians[0]:.0f}, {medians[1]:.0f} and "
        f"{medians[2]:.0f} ms: what the source leaves out turns the order round."
    )
    yield from (each.why for each in found.verdicts if each.link == "far-15")


async def main() -> int:
    """Repeat it, and say what falls short."""
    plan = ComparisonPlan(workloads=(COORDINATES,), links=LINKS, repeats=3, warm_up_s=0, at_once=2)
    found = await compare(plan)
    for line in tell(found.cells):
        print(line)
    failed = list(short(found))
    for each in explain(found):
        print(each)
    for verdict in found.verdicts:
        print(f"  {verdict.link}: {verdict.winner}. {verdict.headline}")
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
