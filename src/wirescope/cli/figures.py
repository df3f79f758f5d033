"""The figures of `wirescope show --stats`, as a table for people or one JSON object."""

import json

from wirescope.capture import GroupKey, GroupStatistics, Statistics
from wirescope.clock import rfc3339

_HEAD = (
    f"{'conn':<5} {'type':<20} {'direction':<9} {'kind':<12}"
    f"{'events':>10} {'payload B':>14} {'wire B':>14} {'mean B':>8} {'p50 B':>8} {'max B':>10}"
)


def as_text(statistics: Statistics, *, name: str, started_wall_ns: int) -> str:
    """A table; half of the events are at most as long as `p50`, to the next power of two."""
    span_s = (statistics.last_at_ns - statistics.first_at_ns) / 1e9
    connections = len(statistics.connections)
    lines = [
        f"{name}: {statistics.events:,} events of {connections} "
        f"{'connection' if connections == 1 else 'connections'} in {span_s:,.3f} s, "
        f"from {rfc3339(started_wall_ns)}",
    ]
    if statistics.missing:
        lines.append(f"{statistics.missing:,} events are missing")
    lines += ["", _HEAD]
    lines += [_line(key, figures) for key, figures in sorted(statistics.groups.items())]
    return "\n".join(lines) + "\n"


def _line(key: GroupKey, figures: GroupStatistics) -> str:
    kind = f"{key.detail} deflate" if key.compressed else key.detail
    begin = f"{key.connection:<5} {key.type:<20} {key.direction:<9} {kind:<12}{figures.count:>10,}"
    if not key.direction:
        return begin
    return (
        f"{begin} {figures.payload_bytes:>14,} {figures.wire_bytes:>14,} "
        f"{figures.mean_length:>8,.0f} {figures.length_below(0.5):>8,} {figures.max_length:>10,}"
    )


def as_json(statistics: Statistics, *, started_wall_ns: int) -> str:
    """One JSON object a line feed ends; lengths in bytes, times in nanoseconds."""
    groups = [
        {
            "connection": key.connection,
            "type": key.type,
            "direction": key.direction,
            "detail": key.detail,
            "compressed": key.compressed,
            "count": figures.count,
            "payload_bytes": figures.payload_bytes,
            "wire_bytes": figures.wire_bytes,
            "min_length": figures.min_length,
            "max_length": figures.max_length,
        }
        for key, figures in sorted(statistics.groups.items())
    ]
    whole = {
        "events": statistics.events,
        "first_seq": statistics.first_seq,
        "last_seq": statistics.last_seq,
        "first_at_ns": statistics.first_at_ns,
        "last_at_ns": statistics.last_at_ns,
        "started": rfc3339(started_wall_ns),
        "missing": statistics.missing,
        "connections": statistics.connections,
        "groups": groups,
    }
    return json.dumps(whole) + "\n"
