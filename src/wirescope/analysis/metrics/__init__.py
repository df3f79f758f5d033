"""Figures: how much, how fast, how regular, and how long answers took."""

from wirescope.analysis.metrics.content import LIVE_RATE
from wirescope.analysis.metrics.inference import by_paths
from wirescope.analysis.metrics.matching import Pair, Recognised
from wirescope.analysis.metrics.report import Metrics, connection_metrics, overall_metrics

__all__ = [
    "LIVE_RATE",
    "Metrics",
    "Pair",
    "Recognised",
    "by_paths",
    "connection_metrics",
    "overall_metrics",
]
