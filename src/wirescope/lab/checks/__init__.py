"""Checks: what tells the transports apart beside latency, each tried out and told in a row."""

from wirescope.lab.checks.all import all_checks
from wirescope.lab.checks.bench import Bench, Check

__all__ = ["Bench", "Check", "all_checks"]
