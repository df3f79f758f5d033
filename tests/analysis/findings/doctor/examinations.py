"""Facts in which each of the doctor's rules finds something, and some in which none may."""

from collections.abc import Iterator
from typing import Any

from wirescope.analysis import (
    DOCTOR_RULES,
    AddressSeen,
    AnswerSeen,
    CertificateSeen,
    ClosingSeen,
    CompressionSeen,
    Cure,
    EndedSeen,
    Examination,
    HostSeen,
    IdleSeen,
    IllegalSeen,
    OriginSeen,
    PingsSeen,
    SizeSeen,
    Tolerance,
)
from wirescope.events import Finding


def found_in(**facts: Any) -> Iterator[Finding]:
    """Judge facts."""
    examination = Examination(**facts)
    for rule in DOCTOR_RULES:
        for each in rule.judge(examination):
            severity = each.severity or rule.severity
            words = severity, rule.title, each.cause, each.fix, list(each.evidence)
            yield Finding(1, 0, "c1", rule.code, *words)


def certificate(days_left: float, lifetime_days: float = 90) -> CertificateSeen:
    return CertificateSeen("example.test", "2026-01-01", days_left, lifetime_days, 4)


EXAMINATIONS: dict[str, dict[str, Any]] = {
    "WS801": {"origins": [OriginSeen("https://foreign.example", "foreign", 101, 5)]},
    "WS802": {"host": HostSeen("foreign.example", 101, 5), "local": True, "url": "ws://a/"},
    "WS803": {"pings": PingsSeen(1, 0, 5, 0, closed=False, evidence=(7,))},
    "WS804": {"closing": ClosingSeen(None, "close-timeout", None, 5, (8,))},
    "WS805": {"closing": ClosingSeen(1011, "close", 0.1, 5, (8,))},
    "WS806": {"compression": CompressionSeen(agreed=True, large=2, compressed=0, evidence=(3,))},
    "WS807": {"size": SizeSeen(65_536, 65_537, 1009, 1 << 24, (9,))},
    "WS808": {
        "illegal": [IllegalSeen("a reserved bit", "RFC 6455 5.2", (1002,), "tolerated", None, (9,))]
    },
    "WS809": {"idle": IdleSeen(60.0, 75, None, pinged=False, evidence=(9,))},
    "WS810": {"certificate": certificate(20)},
    "WS811": {"strict": Tolerance("", "Missing Authority Key Identifier.", 4)},
    "WS812": {"old_tls": Tolerance("TLSv1.1", "", 4)},
    "WS813": {
        "addresses": [AddressSeen("::1", "Connection refused.", 2), AddressSeen("127.0.0.1", "", 3)]
    },
    "WS814": {"answer": AnswerSeen(None, 5, (9,))},
    "WS815": {
        "cure": Cure("without an Origin, the server answers 101", "Leave the Origin out.", 9)
    },
    "WS816": {
        "ended": EndedSeen(
            "The server closed the connection with 1000 (normal) after 0.2 s.", "", 9
        )
    },
}
"""By code: where a rule finds something."""

IN_ORDER: tuple[dict[str, Any], ...] = (
    {"origins": [OriginSeen("https://foreign.example", "foreign", 403, 5)]},
    {"origins": [OriginSeen("https://own.example", "own", 101, 5)]},
    {"host": HostSeen("foreign.example", 101, 5), "local": True, "url": "wss://a/"},
    {"host": HostSeen("foreign.example", 101, 5), "local": False, "url": "ws://a/"},
    {"pings": PingsSeen(5, 5, 5, 0, closed=False, evidence=(7,))},
    {"pings": PingsSeen(2, 1, 5, 0, closed=True, evidence=(7,))},
    {"closing": ClosingSeen(1000, "close", 0.1, 5, (8,))},
    {"closing": ClosingSeen(1005, "close", 0.1, 5, (8,))},
    {"compression": CompressionSeen(agreed=True, large=2, compressed=1, evidence=(3,))},
    {"compression": CompressionSeen(agreed=False, large=2, compressed=0, evidence=(3,))},
    {"illegal": [IllegalSeen("a reserved bit", "RFC 6455 5.2", (1002,), "closed", 1002, (9,))]},
    {"idle": IdleSeen(None, 75, None, pinged=False, evidence=(9,))},
    {"certificate": certificate(60)},
    {"certificate": certificate(3, lifetime_days=6)},
    {"strict": Tolerance("TLSv1.3", "", 4)},
    {"old_tls": Tolerance("", "No version in common.", 4)},
    {"addresses": [AddressSeen("::1", "No.", 2)]},
    {"answer": AnswerSeen(0.1, 5, (9,))},
)
"""Where none may find anything."""
