"""RTP without I/O: packets, header extensions, sequence numbers, the descriptors of VP8 and VP9."""

from wirescope.wire.rtp.breaches import Breach
from wirescope.wire.rtp.counters import rewrite_counters
from wirescope.wire.rtp.extensions import (
    ONE_BYTE_PROFILE,
    TWO_BYTE_PROFILE,
    HeaderExtension,
    build_extensions,
    check_extensions,
    read_extensions,
)
from wirescope.wire.rtp.packets import RtpPacket, build_rtp, parse_rtp
from wirescope.wire.rtp.retransmission import restore_original, wrap_retransmission
from wirescope.wire.rtp.rewriting import ExtensionIds, rewrite
from wirescope.wire.rtp.sequence import Unwrapper, difference, is_newer
from wirescope.wire.rtp.vp8 import Vp8Descriptor, parse_vp8
from wirescope.wire.rtp.vp9 import Vp9Descriptor, Vp9Picture, Vp9Structure, parse_vp9

__all__ = [
    "ONE_BYTE_PROFILE",
    "TWO_BYTE_PROFILE",
    "Breach",
    "ExtensionIds",
    "HeaderExtension",
    "RtpPacket",
    "Unwrapper",
    "Vp8Descriptor",
    "Vp9Descriptor",
    "Vp9Picture",
    "Vp9Structure",
    "build_extensions",
    "build_rtp",
    "check_extensions",
    "difference",
    "is_newer",
    "parse_rtp",
    "parse_vp8",
    "parse_vp9",
    "read_extensions",
    "restore_original",
    "rewrite",
    "rewrite_counters",
    "wrap_retransmission",
]
