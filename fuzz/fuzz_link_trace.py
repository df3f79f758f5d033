"""Traces in Mahimahi's form, and a link that sends by them."""

from wirescope.errors import ForeignFormatError
from wirescope.link import Direction, LinkMachine, build_trace, parse_trace

SEEDS = [
    b"1\n2\n2\n7\n",
    b"0\n0\n5",
    b"# recorded on a train\n12\n\n 13 # late\r\n400\n",
    b"86400000\n",
]


def check(data: bytes) -> None:
    """Any bytes are a trace that is written back and sends packets, or a `ForeignFormatError`."""
    try:
        trace = parse_trace(data)
    except ForeignFormatError as error:
        str(error)
        return
    assert parse_trace(build_trace(trace)) == trace
    assert trace.rate_bps > 0
    machine = LinkMachine(Direction(trace=trace), 1, start_ns=0)
    for length in (1, 1500, 4000):
        machine.offer(bytes(length), 0)
    for _ in range(20):
        due_ns = machine.next_ns
        if due_ns is None:
            break
        machine.take(due_ns)
    counts = machine.counts
    assert counts.passed + counts.gone == counts.offered
