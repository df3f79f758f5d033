"""A user's work: live connections joined with their captures. The doctor has a door of its own."""

from wirescope.workbench.addresses import is_call
from wirescope.workbench.analysing import Report, analyze
from wirescope.workbench.decoding import open_decoders
from wirescope.workbench.isolation import IsolatedDecoder
from wirescope.workbench.live import LiveConnection, connect
from wirescope.workbench.recorder import Recording, fan_out, recording
from wirescope.workbench.streams import EventStream

__all__ = [
    "EventStream",
    "IsolatedDecoder",
    "LiveConnection",
    "Recording",
    "Report",
    "analyze",
    "connect",
    "fan_out",
    "is_call",
    "open_decoders",
    "recording",
]
