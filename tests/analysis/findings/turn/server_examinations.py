"""Facts in which each of the rules for servers finds something, and some in which none may."""

from collections.abc import Iterator
from typing import Any

from wirescope.analysis import (
    SERVER_RULES,
    AllocationSeen,
    CertificateSeen,
    NatSeen,
    PeerSeen,
    ProblemSeen,
    RefusalSeen,
    RelaySeen,
    Scope,
    ServerExamination,
    WaySeen,
)
from wirescope.events import Finding

URL = "turn:turn.example.test:3478"


def found_in(**facts: Any) -> Iterator[Finding]:
    """Judge facts."""
    examination = ServerExamination(**{"url": URL, "all_tried": True, **facts})
    for rule in SERVER_RULES:
        for each in rule.judge(examination):
            severity = each.severity or rule.severity
            words = severity, rule.title, each.cause, each.fix, list(each.evidence)
            yield Finding(1, 0, "c1", rule.code, *words)


def problem(phase: str, kind: str, message: str = "It failed.") -> ProblemSeen:
    return ProblemSeen(phase, kind, message, "See why.", 3)


def failed(transport: Any, phase: str, kind: str, message: str = "It failed.") -> WaySeen:
    return WaySeen(transport, problem(phase, kind, message), 3)


def works(transport: Any) -> WaySeen:
    return WaySeen(transport, None, 4)


def refused(code: int, method: str = "Allocate", **more: Any) -> dict[str, Any]:
    words = f"The server refused the {method} with {code}.", "See its log."
    seen = RefusalSeen(method, code, *words, **{"signed": True, "evidence": 5, **more})
    return {"refusals": [seen], "ways": [works("udp"), works("tcp")]}


def allocated(
    scope: Scope = Scope.PUBLIC, server: Scope = Scope.PUBLIC, *, asked: bool = True
) -> AllocationSeen:
    relayed = "198.51.100.7" if scope is Scope.PUBLIC else "10.0.0.7"
    return AllocationSeen(relayed, scope, "203.0.113.9", server, asked, 6)


def certificate(days_left: float, lifetime_days: float = 90) -> CertificateSeen:
    return CertificateSeen("turn.example.test", "2026-01-01", days_left, lifetime_days, 4)


TIMED = {"expires_at": "2026-01-01 12:00 UTC"}

EXAMINATIONS: dict[str, dict[str, Any]] = {
    "TURN101": {"unresolved": problem("dns", "resolve", "The name does not resolve.")},
    "TURN102": {"ways": [failed("udp", "stun", "timeout", "It did not answer.")]},
    "TURN103": {"ways": [failed("udp", "stun", "refused"), failed("tcp", "tcp", "refused")]},
    "TURN104": {
        "ways": [failed("tls", "tls", "certificate-untrusted", "The issuer is not trusted here.")]
    },
    "TURN105": {"ways": [failed("tls", "tls", "certificate-expired", "The certificate expired.")]},
    "TURN106": {
        "ways": [failed("tls", "tls", "certificate-name", "The certificate is not for it.")]
    },
    "TURN107": {"ways": [failed("tls", "tls", "not-tls", "It does not speak TLS.")]},
    "TURN108": {"ways": [failed("tcp", "stun", "not-stun", "What it answers is not STUN.")]},
    "TURN109": {"ways": [failed("udp", "stun", "timeout", "No answer over UDP."), works("tcp")]},
    "TURN110": {"ways": [works("udp"), failed("tcp", "tcp", "refused", "Nothing listens.")]},
    "TURN111": refused(401),
    "TURN112": {**refused(401), **TIMED, "expired_s": 60.0},
    "TURN113": refused(401, signed=False),
    "TURN114": refused(401, signed=False, incomplete=True),
    "TURN115": refused(438),
    "TURN116": refused(403),
    "TURN117": refused(437),
    "TURN118": refused(441, "Refresh"),
    "TURN119": refused(442),
    "TURN120": refused(486),
    "TURN121": refused(508),
    "TURN122": refused(300, alternate="198.51.100.8:3478"),
    "TURN123": refused(500, "CreatePermission"),
    "TURN124": {"allocation": allocated(asked=False)},
    "TURN125": {"allocation": allocated(Scope.PRIVATE)},
    "TURN126": {"relay": RelaySeen(50, 40, 12.0, 7)},
    "TURN127": {
        "peers": [
            PeerSeen("127.0.0.1", "the server itself", granted=True, code=0, evidence=8),
            PeerSeen("10.0.0.1", "a private network", granted=False, code=403, evidence=9),
        ]
    },
    "TURN128": {
        "allocation": allocated(),
        "own_peers_refused": RefusalSeen("CreatePermission", 403, "No.", "", True, 8),
    },
    "TURN129": {"ways": [WaySeen("udp", problem("stun", "timeout"), 3, "203.0.113.10:3478")]},
    "TURN130": {"certificate": certificate(20)},
    "TURN131": {"silent": problem("stun", "timeout", "It did not answer the Allocate.")},
    "TURN132": {
        "nat": NatSeen("address-and-port-dependent", "address-and-port-dependent", 2, 9, 9)
    },
}
"""By code: where a rule finds something."""

IN_ORDER: tuple[dict[str, Any], ...] = (
    {"ways": [works("udp"), works("tcp")]},
    {"ways": [failed("udp", "stun", "timeout")], "all_tried": False},
    {"ways": [works("tls")], "certificate": certificate(60)},
    {"certificate": certificate(3, lifetime_days=6)},
    {"expired_s": 60.0, **TIMED},
    {"expired_s": -60.0, **TIMED},
    {"allocation": allocated()},
    {"allocation": allocated(Scope.LOOPBACK, Scope.LOOPBACK)},
    {"relay": RelaySeen(200, 199, 12.0, 7)},
    {"relay": RelaySeen(0, 0, None, 7)},
    {"peers": [PeerSeen("127.0.0.1", "itself", granted=False, code=403, evidence=8)]},
    {"nat": NatSeen("endpoint-independent", "address-dependent", 9, 9, 9)},
)
"""Where none may find anything."""
