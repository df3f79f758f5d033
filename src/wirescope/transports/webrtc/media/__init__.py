"""Audio and video of a connection: sending, receiving, codecs, recordings."""

from wirescope.transports.webrtc.media.codecs import CodecInUse, NegotiatedCodecs
from wirescope.transports.webrtc.media.coding import (
    PACKET_SAMPLES,
    OpusDecoder,
    OpusEncoder,
    Vp8Decoder,
    Vp8Encoder,
)
from wirescope.transports.webrtc.media.file import MediaFile
from wirescope.transports.webrtc.media.file_types import file_type_of
from wirescope.transports.webrtc.media.frames import AudioData, VideoFrame
from wirescope.transports.webrtc.media.layers import Layer
from wirescope.transports.webrtc.media.live import LiveStream, watch
from wirescope.transports.webrtc.media.media import Media
from wirescope.transports.webrtc.media.picture import flash_level, read_number
from wirescope.transports.webrtc.media.receiving import ReceivedTrack
from wirescope.transports.webrtc.media.recording import Recording, record
from wirescope.transports.webrtc.media.remuxing import RecordedTrack
from wirescope.transports.webrtc.media.sending import SentTrack
from wirescope.transports.webrtc.media.sources import ColourBars, Due, Source, Tone

__all__ = [
    "PACKET_SAMPLES",
    "AudioData",
    "CodecInUse",
    "ColourBars",
    "Due",
    "Layer",
    "LiveStream",
    "Media",
    "MediaFile",
    "NegotiatedCodecs",
    "OpusDecoder",
    "OpusEncoder",
    "ReceivedTrack",
    "RecordedTrack",
    "Recording",
    "SentTrack",
    "Source",
    "Tone",
    "VideoFrame",
    "Vp8Decoder",
    "Vp8Encoder",
    "file_type_of",
    "flash_level",
    "read_number",
    "record",
    "watch",
]
