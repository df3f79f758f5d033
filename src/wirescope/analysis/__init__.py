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
from wirescope.analysis.findings.turn import SERVER_RULES
from wirescope.analysis.findings.turn.examination import (
    AllocationSeen,
    NatSeen,
    PeerSeen,
    ProblemSeen,
    RefusalSeen,
    RelaySeen,
    ServerExamination,
    ServerRule,
    WaySeen,
)
from wirescope.analysis.findings.turn.scopes import Scope, scope_of
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
    "SERVER_RULES",
    "AddressSeen",
    "AllocationSeen",
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
    "NatSeen",
    "OriginSeen",
    "Outcome",
    "Pair",
    "PeerSeen",
    "PingsSeen",
    "ProblemSeen",
    "Recognised",
    "RefusalSeen",
    "RelaySeen",
    "Rule",
    "Rung",
    "RungName",
    "RungState",
    "Scope",
    "ServerExamination",
    "ServerRule",
    "SizeSeen",
    "Stability",
    "Tolerance",
    "Verdict",
    "WaySeen",
    "by_paths",
    "connection_metrics",
    "explain",
    "overall_metrics",
    "scope_of",
]
