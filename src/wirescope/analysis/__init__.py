"""What it means: findings, figures and the verdict on how a connection ended.

Pure, and fed with events in order, live or kept.
"""

from wirescope.analysis.analyzer import Analyzer, explain
from wirescope.analysis.conversation import Conversation, Verdict
from wirescope.analysis.findings import RULES, Found, Rule, Stability
from wirescope.analysis.findings.doctor import DOCTOR_RULES
from wirescope.analysis.findings.doctor.examination import (
    AddressSeen,
    AnswerSeen,
    CertificateSeen,
    ClosingSeen,
    CompressionSeen,
    Cure,
    DoctorRule,
    EndedSeen,
    Examination,
    HostSeen,
    IdleSeen,
    IllegalSeen,
    OriginSeen,
    Outcome,
    PingsSeen,
    SizeSeen,
    Tolerance,
)
from wirescope.analysis.ladder import Ladder, Ladders, Rung, RungName, RungState
from wirescope.analysis.metrics import (
    LIVE_RATE,
    Metrics,
    Pair,
    Recognised,
    by_paths,
    connection_metrics,
    overall_metrics,
)

__all__ = [
    "DOCTOR_RULES",
    "LIVE_RATE",
    "RULES",
    "AddressSeen",
    "Analyzer",
    "AnswerSeen",
    "CertificateSeen",
    "ClosingSeen",
    "CompressionSeen",
    "Conversation",
    "Cure",
    "DoctorRule",
    "EndedSeen",
    "Examination",
    "Found",
    "HostSeen",
    "IdleSeen",
    "IllegalSeen",
    "Ladder",
    "Ladders",
    "Metrics",
    "OriginSeen",
    "Outcome",
    "Pair",
    "PingsSeen",
    "Recognised",
    "Rule",
    "Rung",
    "RungName",
    "RungState",
    "SizeSeen",
    "Stability",
    "Tolerance",
    "Verdict",
    "by_paths",
    "connection_metrics",
    "explain",
    "overall_metrics",
]
