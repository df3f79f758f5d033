"""Captures: one file that keeps what happened, written while it happens and read at any time."""

from wirescope.capture.alarm import Alarm
from wirescope.capture.filter import FIELDS, Filter, parse_filter
from wirescope.capture.reader import Capture, open_capture
from wirescope.capture.redaction import redact, redact_head, redact_text
from wirescope.capture.statistics import GroupKey, GroupStatistics, Statistics
from wirescope.capture.writer import CaptureWriter

__all__ = [
    "FIELDS",
    "Alarm",
    "Capture",
    "CaptureWriter",
    "Filter",
    "GroupKey",
    "GroupStatistics",
    "Statistics",
    "open_capture",
    "parse_filter",
    "redact",
    "redact_head",
    "redact_text",
]
