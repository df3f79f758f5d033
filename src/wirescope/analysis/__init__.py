"""What it means: findings, figures and the verdict on how a connection ended.

Pure, and fed with events in order, live or kept.
"""

from wirescope.analysis.analyzer import Analyzer, explain
from wirescope.analysis.conversation import Conversation, Verdict
from wirescope.analysis.findings import RULES, Rule
from wirescope.analysis.metrics import (
    LIVE_RATE,
    Extractor,
    Mark,
    Metrics,
    Recognised,
    Role,
    by_paths,
    connection_metrics,
    overall_metrics,
)

__all__ = [
    "LIVE_RATE",
    "RULES",
    "Analyzer",
    "Conversation",
    "Extractor",
    "Mark",
    "Metrics",
    "Recognised",
    "Role",
    "Rule",
    "Verdict",
    "by_paths",
    "connection_metrics",
    "explain",
    "overall_metrics",
]
