"""A user's work: live connections joined with their captures, and the doctor."""

from wirescope.workbench.addresses import is_call
from wirescope.workbench.analysing import Report, analyze
from wirescope.workbench.decoding import open_decoders
from wirescope.workbench.doctor import (
    Brake,
    Diagnosis,
    DoctorOptions,
    ServerOrders,
    Step,
    diagnose,
    diagnose_server,
    finding_as_json,
)
from wirescope.workbench.isolation import IsolatedDecoder
from wirescope.workbench.live import LiveConnection, connect
from wirescope.workbench.recorder import Recording, fan_out, recording
from wirescope.workbench.streams import EventStream

__all__ = [
    "Brake",
    "Diagnosis",
    "DoctorOptions",
    "EventStream",
    "IsolatedDecoder",
    "LiveConnection",
    "Recording",
    "Report",
    "ServerOrders",
    "Step",
    "analyze",
    "connect",
    "diagnose",
    "diagnose_server",
    "fan_out",
    "finding_as_json",
    "is_call",
    "open_decoders",
    "recording",
]
