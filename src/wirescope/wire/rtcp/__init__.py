"""RTCP without I/O: compound and reduced-size packets, reports, the feedback that WebRTC uses."""

from wirescope.wire.rtcp.arrivals import report_arrivals
from wirescope.wire.rtcp.building import build, build_compound
from wirescope.wire.rtcp.nack import pack_nack, unpack_nack
from wirescope.wire.rtcp.packets import (
    ApplicationDefined,
    ExtendedReport,
    FirRequest,
    FullIntraRequest,
    GenericNack,
    Goodbye,
    NackEntry,
    OtherPacket,
    PictureLossIndication,
    ReceiverEstimatedMaximumBitrate,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    RunLength,
    SdesChunk,
    SdesItem,
    SenderReport,
    SourceDescription,
    StatusVector,
    TransportFeedback,
)
from wirescope.wire.rtcp.reading import Compound, is_rtcp, parse_compound
from wirescope.wire.rtcp.rules import check_compound

__all__ = [
    "ApplicationDefined",
    "Compound",
    "ExtendedReport",
    "FirRequest",
    "FullIntraRequest",
    "GenericNack",
    "Goodbye",
    "NackEntry",
    "OtherPacket",
    "PictureLossIndication",
    "ReceiverEstimatedMaximumBitrate",
    "ReceiverReport",
    "ReportBlock",
    "RtcpPacket",
    "RunLength",
    "SdesChunk",
    "SdesItem",
    "SenderReport",
    "SourceDescription",
    "StatusVector",
    "TransportFeedback",
    "build",
    "build_compound",
    "check_compound",
    "is_rtcp",
    "pack_nack",
    "parse_compound",
    "report_arrivals",
    "unpack_nack",
]
