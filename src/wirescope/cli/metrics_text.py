"""Metrics as a person reads them: one small table of counts, one of percentiles, then sentences.

docs/reference/metrics.md says what each figure is; JSON has them whole. `>` is what this end sent,
`<` what the peer sent, as everywhere.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from wirescope.cli.escape import cut, escape
from wirescope.cli.layout import count

_DIRECTIONS = (("sent", ">"), ("received", "<"))
_SHARES = ("p50", "p90", "p95", "p99", "max")
_CONNECTIONS_SHOWN = 8
_HEARTBEATS_SHOWN = 4
_LEFT_OUT = {
    "connections_not_detailed": "connections have no figures of their own; analyse one alone.",
    "connections_passed_over": "connections are beyond what is analysed.",
    "messages_not_read": "messages were counted, and their content not read.",
}
_LABEL, _COLUMN = 19, 9

Figures = dict[str, Any]


def lines_of(metrics: Figures, *, width: int) -> Iterator[str]:
    """Yield the lines that tell of metrics, an empty one before each table.

    Args:
        metrics: of each connection and of all together, as `Analyzer.metrics()` gives them.
        width: columns that a line may have, 80 or more for the tables to fit.
    """
    connections: dict[str, Figures] = {
        name: each for name, each in metrics["connections"].items() if _has_traffic(each)
    }
    overall = metrics["overall"]
    several = overall["connections"] > 1
    if several and connections:
        yield from _tables(f"all {overall['connections']:,}", overall)
    for name, each in list(connections.items())[:_CONNECTIONS_SHOWN]:
        yield from _tables(name if several else "", each)
        yield from (cut(f"  {line}", width) for line in _sentences(each))
    if len(connections) > _CONNECTIONS_SHOWN:
        left_out = len(connections) - _CONNECTIONS_SHOWN
        yield from ("", f"{left_out:,} more connections; --format json has their figures.")
    for name, what in _LEFT_OUT.items():
        if several and overall[name]:
            yield cut(f"{overall[name]:,} {what}", width)


def _has_traffic(figures: Figures) -> bool:
    messages = sum(figures[name]["messages"] for name, _ in _DIRECTIONS)
    return bool(messages or figures["pings"]["sent"] or figures["pings"]["received"])


def _tables(title: str, figures: Figures) -> Iterator[str]:
    flows = [(sign, name, figures[name]) for name, sign in _DIRECTIONS]
    yield ""
    heads = ("messages", "data B", "wire B", "msg/s", "data B/s", "deflate")
    yield _row(escape(title), heads)
    yield from (_row(f"  {sign} {name}", _counts(flow)) for sign, name, flow in flows)
    rows = list(_percentiles(figures))
    if rows:
        yield ""
        yield _row("", ("count", *_SHARES))
        yield from rows


def _counts(flow: Figures) -> Iterator[str]:
    for name in ("messages", "bytes", "wire_bytes"):
        yield count(flow[name], _COLUMN)
    means = flow.get("per_second", {})
    yield _rate(means.get("messages"))
    yield _rate(means.get("bytes"))
    compression = flow.get("compression")
    yield f"{compression['ratio']:,.2f} x" if compression else "-"


def _percentiles(figures: Figures) -> Iterator[str]:
    for name, sign in _DIRECTIONS:
        flow = figures[name]
        if flow["messages"]:
            sizes = (_size(flow["sizes"].get(share)) for share in _SHARES)
            yield _row(f"  {sign} size B", (count(flow["messages"], _COLUMN), *sizes))
    for name, sign in _DIRECTIONS:
        yield from _times(f"  {sign} gap", figures[name]["gaps_ms"])
    pings = figures.get("pings", {})
    trips = pings.get("round_trips_ms", figures.get("ping_round_trips_ms"))
    yield from _times("  ping round trip", trips)
    for name, sign in _DIRECTIONS:
        yield from _times(f"  {sign} answered in", _latencies(figures, name))


def _latencies(figures: Figures, direction: str) -> Figures | None:
    if "latencies_ms" in figures:
        latencies: Figures = figures["latencies_ms"][direction]
        return latencies
    requests = figures["requests"]
    return None if requests is None else requests[direction]["latency_ms"]


def _times(label: str, times: Figures | None) -> Iterator[str]:
    if times is not None and times["count"]:
        yield _row(label, (count(times["count"], _COLUMN), *(_time(times[s]) for s in _SHARES)))


def _sentences(figures: Figures) -> Iterator[str]:
    yield f"Longest silence: {_time(figures['longest_silence_ms'])}."
    pings = figures["pings"]
    if pings["sent"] or pings["received"]:
        yield (
            f"Pings: {pings['sent']:,} sent, {pings['unanswered']:,} of them unanswered;"
            f" {pings['received']:,} received."
        )
    requests = figures["requests"]
    if requests is not None:
        yield from _about_requests(requests)
    heartbeats = figures["heartbeats"]
    for each in heartbeats[:_HEARTBEATS_SHOWN]:
        yield (
            f"Heartbeat {dict(_DIRECTIONS)[each['direction']]} every {_time(each['period_ms'])},"
            f" {each['count']:,} times: {escape(each['example'])}"
        )
    if len(heartbeats) > _HEARTBEATS_SHOWN:
        yield f"{len(heartbeats) - _HEARTBEATS_SHOWN:,} more heartbeats."
    passed_over = figures["sampled"]["passed_over"]
    if passed_over:
        yield f"The content of {passed_over:,} messages was not read."


def _about_requests(requests: Figures) -> Iterator[str]:
    guessed = f", matched by {requests['field']}" if requests["inferred"] else ""
    protocol = escape(f"{requests['protocol']}{guessed}")
    for name, sign in _DIRECTIONS:
        exchange = requests[name]
        if exchange["requests"] or exchange["unmatched"]:
            yield (
                f"Requests {sign} ({protocol}): {exchange['answered']:,} answered,"
                f" {exchange['unanswered']:,} unanswered, {exchange['unmatched']:,} unmatched."
            )


def _row(label: str, cells: Iterable[str]) -> str:
    begin = f"{cut(label, _LABEL):<{_LABEL}}"
    return (begin + "".join(f" {cell:>{_COLUMN}}" for cell in cells)).rstrip()


def _size(length: float | None) -> str:
    return "-" if length is None else count(round(length), _COLUMN)


def _rate(rate: float | None) -> str:
    if rate is None:
        return "-"
    return f"{rate:.1f}" if rate < 1000 else count(round(rate), _COLUMN)


def _time(ms: float | None) -> str:
    """Write a time in the unit that suits it.

    >>> _time(0.25), _time(20), _time(820), _time(70_000), _time(7_200_000)
    ('250 µs', '20.0 ms', '820 ms', '70.0 s', '120 min')
    """
    if ms is None:
        return "-"
    if ms < 1:
        return f"{ms * 1000:.0f} µs"
    if ms < 1000:
        return f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms"
    if ms < 600_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms / 60_000:,.0f} min" if ms < 36_000_000 else f"{ms / 3_600_000:,.0f} h"
