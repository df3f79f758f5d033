"""Packets through a link machine in virtual time: nothing waits, a thousand seconds take one."""

from wirescope.link import Direction, LinkMachine, Received, Sent

CALM_LENGTH = 200
CALM_GAP_NS = 20_000_000
"""From packet to packet, so that a wandering delay is seen in many places."""

FULL_LENGTH = 1200


def pass_through(machine: LinkMachine, sent: Sent) -> Received:
    """Offer packets at their times, take each when it is due; what arrived, in order."""
    received: list[tuple[int, int]] = []

    def take(at_ns: int) -> None:
        received.extend((int.from_bytes(each[:4], "big"), at_ns) for each in machine.take(at_ns))

    for index, (at_ns, length) in enumerate(sent):
        while (due_ns := machine.next_ns) is not None and due_ns <= at_ns:
            take(due_ns)
        machine.offer(index.to_bytes(4, "big") + bytes(length - 4), at_ns)
    while (due_ns := machine.next_ns) is not None:
        take(due_ns)
    return received


def calmly(direction: Direction, count: int) -> Sent:
    """Give packets at even times, at half of the rate or less, so that none waits for another."""
    gap_ns = CALM_GAP_NS
    if direction.mean_rate_bps is not None:
        gap_ns = max(gap_ns, round(2 * CALM_LENGTH * 8e9 / direction.mean_rate_bps))
    return [(index * gap_ns, CALM_LENGTH) for index in range(count)]


def fully(direction: Direction, count: int) -> Sent:
    """Give packets at even times, at twice the rate; none where there is no rate."""
    if direction.mean_rate_bps is None:
        return []
    gap_ns = FULL_LENGTH * 8e9 / direction.mean_rate_bps / 2
    return [(round(index * gap_ns), FULL_LENGTH) for index in range(count)]
