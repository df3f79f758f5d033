"""What it means: findings, figures and the verdict on how a connection ended.

Pure, and fed with events in order, live or kept.
"""

from wirescope.analysis.analyzer import Analyzer, explain
from wirescope.analysis.conversation import Conversation, Verdict
from wirescope.analysis.findings import RULES, Rule

__all__ = ["RULES", "Analyzer", "Conversation", "Rule", "Verdict", "explain"]
