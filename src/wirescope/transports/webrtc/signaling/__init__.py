"""How descriptions travel: WHIP, WHEP, JSON over WebSocket, copy and paste."""

from wirescope.transports.webrtc.description import Exchange
from wirescope.transports.webrtc.signaling.codes import read_code, write_code
from wirescope.transports.webrtc.signaling.dialing import HttpSession, dial
from wirescope.transports.webrtc.signaling.fragment import Fragment
from wirescope.transports.webrtc.signaling.http import HttpOptions
from wirescope.transports.webrtc.signaling.messages import Adapter, MessageSignaling, adapter_of
from wirescope.transports.webrtc.signaling.mount import Mount, MountOptions
from wirescope.transports.webrtc.signaling.offering import exchange_offer
from wirescope.transports.webrtc.signaling.peer_session import PeerSession, peer_sessions
from wirescope.transports.webrtc.signaling.peerjs import PeerJsAdapter
from wirescope.transports.webrtc.signaling.records import HttpRequest, HttpResponse, ice_servers_of
from wirescope.transports.webrtc.signaling.session import OpenSession, Session
from wirescope.transports.webrtc.signaling.shapes import (
    LEFT,
    JsonAdapter,
    Left,
    NestedAdapter,
    Said,
)

__all__ = [
    "LEFT",
    "Adapter",
    "Exchange",
    "Fragment",
    "HttpOptions",
    "HttpRequest",
    "HttpResponse",
    "HttpSession",
    "JsonAdapter",
    "Left",
    "MessageSignaling",
    "Mount",
    "MountOptions",
    "NestedAdapter",
    "OpenSession",
    "PeerJsAdapter",
    "PeerSession",
    "Said",
    "Session",
    "adapter_of",
    "dial",
    "exchange_offer",
    "ice_servers_of",
    "peer_sessions",
    "read_code",
    "write_code",
]
