"""What it means: the verdict on how a connection ended. Pure; fed with events, live or kept."""

from wirescope.analysis.verdict import Verdict, VerdictBuilder, explain

__all__ = ["Verdict", "VerdictBuilder", "explain"]
