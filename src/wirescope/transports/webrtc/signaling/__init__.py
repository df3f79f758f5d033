"""How descriptions travel: WHIP, WHEP, JSON over WebSocket, copy and paste."""

from wirescope.transports.webrtc.description import Exchange
from wirescope.transports.webrtc.signaling.dialing import HttpSession, dial
from wirescope.transports.webrtc.signaling.fragment import Fragment
from wirescope.transports.webrtc.signaling.http import HttpOptions
from wirescope.transports.webrtc.signaling.mount import Mount, MountOptions
from wirescope.transports.webrtc.signaling.peer_session import PeerSession, peer_sessions
from wirescope.transports.webrtc.signaling.records import HttpRequest, HttpResponse
from wirescope.transports.webrtc.signaling.session import OpenSession, Session

__all__ = [
    "Exchange",
    "Fragment",
    "HttpOptions",
    "HttpRequest",
    "HttpResponse",
    "HttpSession",
    "Mount",
    "MountOptions",
    "OpenSession",
    "PeerSession",
    "Session",
    "dial",
    "peer_sessions",
]
