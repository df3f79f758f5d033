"""How long after an outage a transport is as quick again as the link is.

A reliable transport has more to do than one that forgets: it sends again what was lost, after a
time that doubles with each failure (RFC 6298 section 5.5), and what waited meanwhile is late too.
"""

from collections.abc import Iterable
from typing import Final

from wirescope.lab.cells import Sample
from wirescope.lab.measures.figures import LATE_MS

IN_A_ROW: Final = 3
"""So many messages that are not late show that it is over."""

_MS = 1_000_000


def recovery_ms(
    samples: Iterable[Sample], *, side: str, ended_ns: int, floor_ms: float
) -> float | None:
    """Return from the end of an outage until messages come in time again; None if they do not.

    Messages of other sides do not count. Of `IN_A_ROW` that came one after the other and were not
    late, the first one's arrival is it.

    Args:
        samples: of one run.
        side: whose messages.
        ended_ns: when the outage ended, on the samples' clock.
        floor_ms: what the link alone takes one way.
    """
    came = sorted(
        (each.received_ns, each.sent_ns)
        for each in samples
        if each.side == side and each.received_ns is not None and each.received_ns > ended_ns
    )
    row: list[int] = []
    for received_ns, sent_ns in came:
        if (received_ns - sent_ns) / _MS > floor_ms + LATE_MS:
            row.clear()
            continue
        row.append(received_ns)
        if len(row) == IN_A_ROW:
            return (row[0] - ended_ns) / _MS
    return None
