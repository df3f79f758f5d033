"""Known media over RTP and over WebSocket: what of them is played, when, and what it is like."""

from wirescope.lab.media.joining import CARRIERS
from wirescope.lab.media.video import VideoRun, run_video
from wirescope.lab.media.video_section import video_section
from wirescope.lab.media.voice import VoiceRun, run_voice
from wirescope.lab.media.voice_section import voice_section

__all__ = [
    "CARRIERS",
    "VideoRun",
    "VoiceRun",
    "run_video",
    "run_voice",
    "video_section",
    "voice_section",
]
