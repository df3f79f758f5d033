"""The age of information: how old the newest is that a side knows, at any time.

Where a newer message makes the older ones worthless, the latency of each says little: one that was
overtaken does no harm, and one that is missing makes what is known older until the next one comes.
The measure is that of Kaul, Yates and Gruteser, "Real-time status: How often should one update?"
(INFOCOM 2012).
"""

from collections.abc import Iterable, Sequence

from wirescope.lab.cells import Sample

_MS = 1_000_000


def age_percentiles(samples: Iterable[Sample], shares: Sequence[float]) -> list[float | None]:
    """Return below which age the newest known was for some shares of the time, in milliseconds.

    Both sides count, each from its first message until the last one was sent or came. None where
    nothing came.

    Args:
        samples: of one run.
        shares: of the time, from 0 to 1.
    """
    spans: list[tuple[int, int]] = []
    by_side: dict[str, list[Sample]] = {}
    for each in samples:
        by_side.setdefault(each.side, []).append(each)
    for sent in by_side.values():
        spans += _spans(sent)
    return [_age_below(spans, share) for share in shares]


def _spans(sent: Sequence[Sample]) -> list[tuple[int, int]]:
    """Return from what to what the age grew each time that it grew, in nanoseconds."""
    came = sorted((each.received_ns, each.sent_ns) for each in sent if each.received_ns is not None)
    if not came:
        return []
    end_ns = max(came[-1][0], max(each.sent_ns for each in sent))
    spans = []
    newest_ns = came[0][1]
    for index, (received_ns, sent_ns) in enumerate(came):
        newest_ns = max(newest_ns, sent_ns)
        until_ns = came[index + 1][0] if index + 1 < len(came) else end_ns
        if until_ns > received_ns:
            spans.append((received_ns - newest_ns, until_ns - newest_ns))
    return spans


def _age_below(spans: Sequence[tuple[int, int]], share: float) -> float | None:
    """Find the age below which the spans are for a share of their time, which goes by evenly."""
    if not spans:
        return None
    turns = sorted([(low, 1) for low, _ in spans] + [(high, -1) for _, high in spans])
    wanted = share * sum(high - low for low, high in spans)
    passed, slope, at = 0.0, 0, turns[0][0]
    for age, change in turns:
        gained = slope * (age - at)
        if passed + gained >= wanted and slope:
            return (at + (wanted - passed) / slope) / _MS
        passed, slope, at = passed + gained, slope + change, age
    return at / _MS
