"""Figures: how much, how fast, how regular, and how long answers took."""

from wirescope.analysis.metrics.report import Metrics, connection_metrics, overall_metrics

__all__ = ["Metrics", "connection_metrics", "overall_metrics"]
