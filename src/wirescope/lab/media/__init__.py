"""Known media over RTP and over WebSocket: what of them is played, when, and what it is like."""

from wirescope.lab.media.joining import CARRIERS
from wirescope.lab.media.voice import VoiceRun, run_voice
from wirescope.lab.media.voice_section import voice_section

__all__ = ["CARRIERS", "VoiceRun", "run_voice", "voice_section"]
