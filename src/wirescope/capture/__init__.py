"""Captures: one file that keeps what happened, written while it happens and read at any time."""

from wirescope.capture.alarm import Alarm
from wirescope.capture.blocks import Batch, Stretch
from wirescope.capture.filter import FIELDS, Filter, parse_filter
from wirescope.capture.formats.ndjson import import_ndjson, ndjson_lines, read_ndjson
from wirescope.capture.formats.registry import FORMATS, Format, recognise
from wirescope.capture.formats.selection import Selection
from wirescope.capture.lock import is_being_written
from wirescope.capture.reader import Capture, open_capture
from wirescope.capture.redaction import (
    REDACTED,
    SECRET_HEADERS,
    SECRET_PARAMETERS,
    known_secrets,
    redact,
    redact_head,
    redact_text,
)
from wirescope.capture.salvage import RepairReport, repair_capture
from wirescope.capture.statistics import GroupKey, GroupStatistics, Statistics
from wirescope.capture.summary import Group
from wirescope.capture.whole import copy_capture, settle_capture
from wirescope.capture.writer import CaptureWriter

__all__ = [
    "FIELDS",
    "FORMATS",
    "REDACTED",
    "SECRET_HEADERS",
    "SECRET_PARAMETERS",
    "Alarm",
    "Batch",
    "Capture",
    "CaptureWriter",
    "Filter",
    "Format",
    "Group",
    "GroupKey",
    "GroupStatistics",
    "RepairReport",
    "Selection",
    "Statistics",
    "Stretch",
    "copy_capture",
    "import_ndjson",
    "is_being_written",
    "known_secrets",
    "ndjson_lines",
    "open_capture",
    "parse_filter",
    "read_ndjson",
    "recognise",
    "redact",
    "redact_head",
    "redact_text",
    "repair_capture",
    "settle_capture",
]
