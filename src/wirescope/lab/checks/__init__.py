"""Checks: what tells the transports apart beside latency, each tried out and told in a row."""

from wirescope.lab.checks.bench import Bench, Check
from wirescope.lab.checks.browser import browser
from wirescope.lab.checks.customization import customization
from wirescope.lab.checks.data_types import data_types
from wirescope.lab.checks.implementations import implementations
from wirescope.lab.checks.scalability import scalability

__all__ = [
    "Bench",
    "Check",
    "browser",
    "customization",
    "data_types",
    "implementations",
    "scalability",
]
