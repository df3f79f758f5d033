"""The rules: what is found, and each finding's page. One module a rule."""

from wirescope.analysis.findings.doctor import DOCTOR_RULES
from wirescope.analysis.findings.rule import HEADINGS, Found, Look, Moment, Rule, Stability
from wirescope.analysis.findings.ws201_silence_limit import silence_limit

RULES: tuple[Rule, ...] = (silence_limit, *DOCTOR_RULES)
"""Every rule, by code."""

__all__ = ["HEADINGS", "RULES", "Found", "Look", "Moment", "Rule", "Stability"]
