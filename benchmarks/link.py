"""How many packets a second the link machine takes, alone: no device, no clock, no waiting.

Run as `python -m benchmarks.link [--seconds S] [NAME...]`; one line a kind of link. Packets of
1,200 bytes are offered at even times, and taken as soon as they are due, as a runner does. Seconds
are those of the processor, since the machine waits for nothing. It fails when delay and loss alone
fall below what was promised.
"""

import argparse
import sys
import time

from wirescope.link import Direction, GilbertElliott, Jitter, LinkMachine, Queue, RandomLoss

PROMISED = 200_000
"""Packets a second with delay and loss."""

PACKET = bytes(1200)
COUNT = 20_000
GAP_NS = 20_000
"""From packet to packet, 50,000 a second."""

_RATE = 600_000_000
_FULL = 300_000_000

LINKS: dict[str, Direction] = {
    "delay": Direction(delay_ms=25),
    "delay-loss": Direction(delay_ms=25, loss=RandomLoss(share=0.01)),
    "delay-bursts": Direction(delay_ms=25, loss=GilbertElliott(enter=0.01, leave=0.25)),
    "jitter": Direction(delay_ms=25, jitter=Jitter(ms=5), loss=RandomLoss(share=0.01)),
    "jitter-no-order": Direction(delay_ms=25, jitter=Jitter(ms=5, keeps_order=False)),
    "rate-queue": Direction(delay_ms=25, rate_bps=_RATE, queue=Queue(ms=100)),
    "rate-queue-loss": Direction(
        delay_ms=25, rate_bps=_RATE, queue=Queue(ms=100), loss=RandomLoss(share=0.01)
    ),
    "rate-queue-full": Direction(delay_ms=25, rate_bps=_FULL, queue=Queue(ms=20)),
    "codel-full": Direction(delay_ms=25, rate_bps=_FULL, queue=Queue(discipline="codel")),
}


def work(direction: Direction) -> None:
    """Pass packets through a machine of its own."""
    machine = LinkMachine(direction, 1, start_ns=0)
    offer, take = machine.offer, machine.take
    for at_ns in range(0, COUNT * GAP_NS, GAP_NS):
        offer(PACKET, at_ns)
        due_ns = machine.next_ns
        if due_ns is not None and due_ns <= at_ns:
            take(at_ns)


def rate(direction: Direction, seconds: float) -> float:
    """Repeat the work until the seconds are over; the best packets a second."""
    best_ns, spent_ns = 1 << 62, 0
    while spent_ns < seconds * 1e9:
        began_ns = time.process_time_ns()
        work(direction)
        took_ns = time.process_time_ns() - began_ns
        best_ns, spent_ns = min(best_ns, took_ns), spent_ns + took_ns
    return COUNT / best_ns * 1e9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1, help="of each measurement")
    parser.add_argument("names", nargs="*", help="kinds of link; all without any")
    arguments = parser.parse_args()
    short = False
    for name in arguments.names or LINKS:
        found = rate(LINKS[name], arguments.seconds)
        print(f"{name:<16} {found:>11,.0f} packets/s {1e6 / found:>7.2f} us a packet", flush=True)
        short |= name == "delay-loss" and found < PROMISED
    if short:
        print(f"delay-loss is below {PROMISED:,} packets/s")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
