"""The ways of a connection as JSON can carry them; docs/reference/metrics.md has every field.

Times are in milliseconds from the beginning of the capture, as `at_ms`, or lengths of time.
"""

from typing import Any

from wirescope.analysis.paths.candidates import CandidateSeen
from wirescope.analysis.paths.following import PathReport
from wirescope.analysis.paths.gathering import ServerSeen
from wirescope.analysis.paths.pairs import Untried

Figures = dict[str, Any]

_EXAMPLES = 100


def path_figures(report: PathReport) -> Figures:
    """Return what was seen of a connection's ways."""
    return {
        "relay_only": report.relay_only,
        "servers": [_server(each) for each in report.servers],
        "gathering": [
            {
                "at_ms": _ms(each.began_ns),
                "took_ms": None if each.ended_ns is None else _ms(each.ended_ns - each.began_ns),
            }
            for each in report.gathering
        ],
        "candidates": [_candidate(each) for each in report.candidates],
        "pairs": [
            {
                "local": each.local,
                "remote": each.remote,
                "state": each.state,
                "nominated": each.nominated,
                "selected": each.selected,
                "event": each.seq,
            }
            for each in report.pairs
        ],
        "untried": {
            "count": len(report.untried),
            "first": [_untried(each) for each in report.untried[:_EXAMPLES]],
        },
        "selected": [
            {
                "at_ms": _ms(each.at_ns),
                "local": each.local,
                "remote": each.remote,
                "relayed": each.is_relayed,
                "over": each.over,
                "server": each.server or None,
                "event": each.seq,
            }
            for each in report.selected
        ],
        "losses": [
            {
                "at_ms": _ms(each.from_ns),
                "lasted_ms": None if each.until_ns is None else _ms(each.until_ns - each.from_ns),
                "gave_up": each.failed,
                "event": each.seq,
            }
            for each in report.losses
        ],
        "left_out": report.left_out,
    }


def _server(server: ServerSeen) -> Figures:
    asked_ns = server.asked_ns
    first, last = (
        None if at_ns is None or asked_ns is None else _ms(at_ns - asked_ns)
        for at_ns in (server.first_ns, server.last_ns)
    )
    return {
        "url": server.url or None,
        "transport": server.transport or None,
        "asked_ms": None if asked_ns is None else _ms(asked_ns),
        "first_candidate_ms": first,
        "last_candidate_ms": last,
        "candidates": len(server.candidates),
        "valid_s": server.valid_s,
        "errors": [
            {
                "at_ms": _ms(each.at_ns),
                "code": each.code,
                "message": each.message,
                "meaning": each.meaning,
                "advice": each.advice,
                "normal": each.is_normal,
                "event": each.seq,
            }
            for each in server.errors
        ],
    }


def _candidate(candidate: CandidateSeen) -> Figures:
    return {
        "side": candidate.side,
        "kind": candidate.kind,
        "protocol": candidate.protocol,
        "address": candidate.address,
        "port": candidate.port,
        "family": candidate.family or None,
        "reach": candidate.reach.value,
        "over": candidate.over or None,
        "tcp_type": candidate.tcp_type or None,
        "server": candidate.server or None,
        "relayed_over": candidate.relayed_over or None,
        "about": candidate.about,
        "event": candidate.seq,
    }


def _untried(pair: Untried) -> Figures:
    return {
        "local": pair.local or None,
        "remote": pair.remote or None,
        "reason": pair.reason.value,
        "words": pair.words,
        "events": list(pair.seqs),
    }


def _ms(ns: int) -> float:
    return round(ns / 1e6, 3)
