"""Times of arrival, packed into transport-wide feedback.

draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1 leaves it to the sender how statuses
are packed. Here each chunk is the one that covers most packets: a run, one bit each, two bits each.
"""

from collections.abc import Sequence

from wirescope.wire.rtcp.packets import RunLength, StatusVector, TransportFeedback

_LONGEST_RUN = (1 << 13) - 1


def report_arrivals(
    arrivals_us: Sequence[int | None],
    *,
    sender_ssrc: int,
    media_ssrc: int,
    base_sequence_number: int,
    feedback_count: int,
) -> TransportFeedback:
    """Say when packets of consecutive numbers came.

    Args:
        arrivals_us: of each packet, in microseconds of any clock; None for one that did not come.
            Cut to 250 µs, without the errors adding up.
        sender_ssrc: who reports.
        media_ssrc: a source of the packets.
        base_sequence_number: the first packet's transport-wide sequence number.
        feedback_count: counts the reports; cut to 8 bits.

    Returns:
        A report on as many packets as fit, which its `packet_status_count` says. It ends where
        between two packets lie more than about 8 seconds, and after 65535 packets.
    """
    statuses: list[int] = []
    deltas: list[int] = []
    reference = ticks = None
    for arrival in arrivals_us[:0xFFFF]:
        if arrival is None:
            statuses.append(0)
            continue
        came = arrival // 250
        if ticks is None:
            reference = came >> 8
            ticks = reference << 8
        delta = came - ticks
        if not -0x8000 <= delta <= 0x7FFF:
            break
        statuses.append(1 if 0 <= delta <= 0xFF else 2)
        deltas.append(delta)
        ticks = came
    return TransportFeedback(
        sender_ssrc,
        media_ssrc,
        base_sequence_number,
        len(statuses),
        ((reference or 0) + 0x800000) % 0x1000000 - 0x800000,
        feedback_count & 0xFF,
        _packed(statuses),
        tuple(deltas),
    )


def _packed(statuses: list[int]) -> tuple[RunLength | StatusVector, ...]:
    chunks: list[RunLength | StatusVector] = []
    position, count = 0, len(statuses)
    runs = _runs(statuses)
    while position < count:
        run = runs[position]
        ahead = statuses[position : position + 14]
        if run >= min(14, len(ahead)):
            chunks.append(RunLength(statuses[position], run))
            position += run
        elif 2 not in ahead:
            chunks.append(StatusVector((*ahead, *(0,) * (14 - len(ahead)))))
            position += 14
        elif run >= min(7, len(ahead)):
            chunks.append(RunLength(statuses[position], run))
            position += run
        else:
            ahead = ahead[:7]
            chunks.append(StatusVector((*ahead, *(0,) * (7 - len(ahead)))))
            position += 7
    return tuple(chunks)


def _runs(statuses: list[int]) -> list[int]:
    """Count for each status how many of the same follow, itself included, up to the longest run."""
    runs = [1] * len(statuses)
    for position in range(len(statuses) - 2, -1, -1):
        if statuses[position] == statuses[position + 1]:
            runs[position] = min(runs[position + 1] + 1, _LONGEST_RUN)
    return runs
