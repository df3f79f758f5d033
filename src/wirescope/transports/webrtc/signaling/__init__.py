"""How descriptions travel: WHIP, WHEP, JSON over WebSocket, copy and paste."""

from wirescope.transports.webrtc.signaling.fragment import Fragment
from wirescope.transports.webrtc.signaling.session import Exchange, OpenSession, Session

__all__ = ["Exchange", "Fragment", "OpenSession", "Session"]
