"""The figures of a connection, and of all together, as JSON can carry them.

docs/reference/metrics.md describes every field. Times are in milliseconds, sizes in bytes; what was
read of only a part of the messages says so under `sampled`.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from wirescope.analysis.metrics.spread import Spread
from wirescope.analysis.paths import path_figures

if TYPE_CHECKING:
    from wirescope.analysis.conversation import Conversation
    from wirescope.analysis.flow import Flow
    from wirescope.analysis.ladder import Ladders
    from wirescope.analysis.metrics.content import Content
    from wirescope.analysis.metrics.heartbeats import Heartbeat
    from wirescope.analysis.metrics.matching import Exchange
    from wirescope.analysis.pings import Pings

_SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
_MS = 1e6
_EXAMPLES = 10

DETAILED = 1000
"""Connections whose figures are given, the first ones; those of ten thousand take 50 MiB."""

Metrics = dict[str, Any]


def connection_metrics(conversation: "Conversation") -> Metrics:
    """Return the figures of one connection."""
    content = conversation.content
    ends = [event for event in (conversation.opened, conversation.last_event) if event is not None]
    lasted_ns = max((event.at_ns for event in ends), default=0) - min(
        (event.at_ns for event in ends), default=0
    )
    return {
        "url": conversation.url,
        "duration_ms": _ms(lasted_ns),
        "sent": _flow(conversation.sent),
        "received": _flow(conversation.received),
        "longest_silence_ms": _ms(conversation.silence.ns),
        "pings": _pings(conversation.pings),
        "heartbeats": [_heartbeat(each) for each in content.heartbeats],
        "requests": _requests(content),
        "sampled": {"read": content.read, "passed_over": content.passed_over},
    }


def overall_metrics(
    conversations: Sequence["Conversation"],
    *,
    peers: Sequence["Conversation"] = (),
    passed_over: int = 0,
    missing: int = 0,
    ladders: "Ladders | None" = None,
) -> Metrics:
    """Return the figures of all connections together, and of the first `DETAILED` by their ids.

    `peers` are WebRTC connections, of which the ways between the two sides are given; `passed_over`
    are those that were too many to be followed, `missing` the events that the capture lacks.
    `ladders` are those of WebRTC connections, of which the first `DETAILED` are given as well.
    """
    sent, received, trips_ms = Spread(), Spread(), Spread()
    for conversation in conversations:
        trips_ms.add(conversation.pings.round_trips_ns)
        for exchange, latencies in _exchanges(conversation):
            exchange.settle()
            (sent if latencies == "sent" else received).merge(exchange.latencies_ns)
    flows = {
        "sent": _totals([conversation.sent for conversation in conversations]),
        "received": _totals([conversation.received for conversation in conversations]),
    }
    return {
        "connections": {each.id: connection_metrics(each) for each in conversations[:DETAILED]},
        "paths": {
            each.id: msgspec.to_builtins(path_figures(each.call.paths.report()))
            for each in peers[:DETAILED]
            if each.call is not None
        },
        "overall": {
            "connections": len(conversations),
            "connections_not_detailed": max(0, len(conversations) - DETAILED),
            "connections_passed_over": passed_over,
            "peer_connections": len(peers),
            "events_missing": missing,
            "messages_not_read": sum(each.content.passed_over for each in conversations),
            **flows,
            "ping_round_trips_ms": _times(trips_ms),
            "latencies_ms": {"sent": _times(sent), "received": _times(received)},
        },
        "ladder": {} if ladders is None else _ladders(ladders),
    }


def _ladders(ladders: "Ladders") -> Metrics:
    names = ladders.connections[:DETAILED]
    return {name: msgspec.to_builtins(ladders.of(name)) for name in names}


def _exchanges(conversation: "Conversation") -> Iterable[tuple["Exchange", str]]:
    matcher = conversation.content.matcher
    if matcher is not None:
        yield matcher.sent, "sent"
        yield matcher.received, "received"


def _totals(flows: Sequence["Flow"]) -> Metrics:
    lengths, gaps = Spread(), Spread()
    for flow in flows:
        lengths.merge(flow.lengths)
        gaps.merge(flow.gaps_ns)
    return {
        "messages": sum(flow.messages for flow in flows),
        "bytes": sum(flow.payload_bytes for flow in flows),
        "wire_bytes": sum(flow.wire_bytes for flow in flows),
        "sizes": _values(lengths),
        "gaps_ms": _times(gaps),
    }


def _flow(flow: "Flow") -> Metrics:
    seconds = flow.duration_ns / 1e9
    first = flow.first.length if flow.first is not None else 0  # it came before the time begins
    return {
        "messages": flow.messages,
        "text": flow.text,
        "binary": flow.messages - flow.text,
        "bytes": flow.payload_bytes,
        "wire_bytes": flow.wire_bytes,
        "continuation_frames": flow.fragments,
        "per_second": {
            "messages": round((flow.messages - 1) / seconds, 3) if seconds else None,
            "bytes": round((flow.payload_bytes - first) / seconds, 1) if seconds else None,
            "busiest_messages": flow.busiest_second,
            "busiest_bytes": flow.busiest_bytes,
        },
        "sizes": {
            **_values(flow.lengths),
            "mean": round(flow.payload_bytes / flow.messages, 1) if flow.messages else None,
            "max": flow.longest.length if flow.longest is not None else None,
        },
        "gaps_ms": {
            **_times(flow.gaps_ns),
            "max": _ms(flow.longest_gap[0]) if flow.longest_gap is not None else None,
        },
        "stalls": {
            "count": flow.stalled,
            "first": [
                {"gap_ms": _ms(stall.gap_ns), "event": stall.after, "burst": stall.burst}
                for stall in flow.stalls[:_EXAMPLES]
            ],
        },
        "compression": _compression(flow),
    }


def _compression(flow: "Flow") -> Metrics | None:
    if not flow.compressed:
        return None
    return {
        "messages": flow.compressed,
        "bytes": flow.compressed_bytes,
        "wire_bytes": flow.compressed_wire_bytes,
        "ratio": round(flow.compressed_bytes / max(1, flow.compressed_wire_bytes), 3),
    }


def _pings(pings: "Pings") -> Metrics:
    return {
        "sent": pings.sent,
        "received": pings.received,
        "pongs_sent": pings.pongs_sent,
        "pongs_received": pings.pongs_received,
        "unanswered": pings.unanswered_count,
        "period_ms": {
            "sent": _ms(pings.sent_period_ns) if pings.sent_period_ns else None,
            "received": _ms(pings.received_period_ns) if pings.received_period_ns else None,
        },
        "round_trips_ms": _times(Spread(pings.round_trips_ns)),
    }


def _heartbeat(heartbeat: "Heartbeat") -> Metrics:
    return {
        "direction": heartbeat.direction,
        "example": heartbeat.example.decode("utf-8", "replace"),
        "length": heartbeat.length,
        "count": heartbeat.count,
        "period_ms": _ms(heartbeat.period_ns),
        "jitter_ms": _ms(heartbeat.jitter_ns),
        "longest_gap_ms": _ms(heartbeat.longest_ns),
        "events": [heartbeat.first, heartbeat.last],
    }


def _requests(content: "Content") -> Metrics | None:
    protocol, matcher = content.protocol, content.matcher
    if protocol is None or matcher is None:
        return None
    return {
        "protocol": protocol.name,
        "inferred": protocol.inferred,
        "field": protocol.field or None,
        "sent": _exchange(matcher.sent),
        "received": _exchange(matcher.received),
        "pushes": dict(matcher.pushes),
        "unread": matcher.unread,
    }


def _exchange(exchange: "Exchange") -> Metrics:
    exchange.settle()
    return {
        "requests": exchange.requests,
        "answered": exchange.answered,
        "unanswered": exchange.never_answered,
        "given_up": exchange.given_up,
        "cancelled": exchange.cancelled,
        "left_out": exchange.left_out,
        "repeated": exchange.repeated,
        "duplicates": exchange.duplicates,
        "unmatched": exchange.unmatched,
        "latency_ms": _times(exchange.latencies_ns),
        "slowest": [
            {"request": pair.request, "response": pair.response, "latency_ms": _ms(pair.latency_ns)}
            for pair in exchange.slowest[:_EXAMPLES]
        ],
        "unanswered_events": [waiting.seq for waiting in exchange.unanswered[:_EXAMPLES]],
    }


def _values(spread: Spread) -> Metrics:
    if not spread.count:
        return dict.fromkeys(_SHARES)
    percentiles = spread.percentiles(_SHARES.values())
    return {name: round(each, 1) for name, each in zip(_SHARES, percentiles, strict=True)}


def _times(spread: Spread) -> Metrics:
    if not spread.count:
        return {"count": 0, **dict.fromkeys(_SHARES), "max": None}
    percentiles = spread.percentiles([*_SHARES.values(), 1.0])
    named = zip([*_SHARES, "max"], percentiles, strict=True)
    return {"count": spread.count, **{name: _ms(each) for name, each in named}}


def _ms(ns: float) -> float:
    return round(ns / _MS, 6)
