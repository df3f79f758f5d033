"""The figures of `wirescope show --stats`, as a table for people or one JSON object."""

import json

from wirescope.capture import GroupKey, GroupStatistics, Statistics
from wirescope.cli.escape import cut, escape
from wirescope.cli.layout import count
from wirescope.clock import rfc3339

_ROOMY_FROM = 120
_SIGNS = {"sent": ">", "received": "<"}


def as_text(
    statistics: Statistics, *, name: str, started_wall_ns: int, width: int = _ROOMY_FROM
) -> str:
    """A table; half of the events are at most as long as `p50`, to the next power of two.

    A terminal that is narrow gets signs for directions and neither mean nor p50.
    """
    span_s = (statistics.last_at_ns - statistics.first_at_ns) / 1e9
    connections = len(statistics.connections)
    lines = [
        f"{name}: {statistics.events:,} events of {connections} "
        f"{'connection' if connections == 1 else 'connections'} in {span_s:,.3f} s",
        f"began {rfc3339(started_wall_ns)}",
    ]
    if statistics.missing:
        lines.append(f"{statistics.missing:,} events are missing")
    line = _roomy_line if width >= _ROOMY_FROM else _narrow_line
    lines += ["", line(None, None)]
    lines += [line(key, figures) for key, figures in sorted(statistics.groups.items())]
    return "\n".join(lines) + "\n"


def _roomy_line(key: GroupKey | None, figures: GroupStatistics | None) -> str:
    """Lay one line out; without a key it is the head."""
    if key is None or figures is None:
        return (
            f"{'conn':<5} {'type':<19} {'direction':<9} {'kind':<14} {'events':>9} "
            f"{'payload B':>14} {'wire B':>14} {'mean B':>9} {'p50 B':>9} {'max B':>9}"
        ).rstrip()
    begin = f"{_begin(key)} {key.direction:<9} {_kind(key):<14} {count(figures.count, 9):>9}"
    if not key.direction:
        return begin
    return (
        f"{begin} {count(figures.payload_bytes, 14):>14} {count(figures.wire_bytes, 14):>14} "
        f"{count(round(figures.mean_length), 9):>9} {count(figures.length_below(0.5), 9):>9} "
        f"{count(figures.max_length, 9):>9}"
    )


def _narrow_line(key: GroupKey | None, figures: GroupStatistics | None) -> str:
    """Lay one line out for 80 columns; without a key it is the head."""
    if key is None or figures is None:
        begin = f"{'conn':<5} {'type':<19}   {'kind':<14}"
        return f"{begin} {'events':>8} {'payload B':>9} {'wire B':>8} {'max B':>8}"
    begin = f"{_begin(key)} {_SIGNS.get(key.direction, ' ')} {_kind(key):<14}"
    begin += f" {count(figures.count, 8):>8}"
    if not key.direction:
        return begin
    return (
        f"{begin} {count(figures.payload_bytes, 9):>9} {count(figures.wire_bytes, 8):>8} "
        f"{count(figures.max_length, 8):>8}"
    )


def _begin(key: GroupKey) -> str:
    return f"{cut(escape(key.connection), 5):<5} {key.type:<19}"


def _kind(key: GroupKey) -> str:
    return f"{key.detail} deflate" if key.compressed else key.detail


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
