"""What it means: findings, figures and the verdict on how a connection ended.

Pure, and fed with events in order, live or kept.
"""

from wirescope.analysis.analyzer import Analyzer, explain
from wirescope.analysis.conversation import Conversation, Verdict
from wirescope.analysis.findings import RULES, Rule
from wirescope.analysis.metrics import Metrics, connection_metrics, overall_metrics
from wirescope.analysis.metrics.content import LIVE_RATE

__all__ = [
    "LIVE_RATE",
    "RULES",
    "Analyzer",
    "Conversation",
    "Metrics",
    "Rule",
    "Verdict",
    "connection_metrics",
    "explain",
    "overall_metrics",
]
