"""WebRTC: peer connection, data channels and media on the engine."""

from wirescope.transports.webrtc.channel import DataChannel
from wirescope.transports.webrtc.description import END_OF_CANDIDATES, Candidate, Description
from wirescope.transports.webrtc.engine import is_there, make_ready
from wirescope.transports.webrtc.negotiation import Negotiator, Signaling, negotiate
from wirescope.transports.webrtc.options import ChannelOptions, IceServer, PeerOptions
from wirescope.transports.webrtc.packets import (
    BareEnd,
    Forwarder,
    ForwarderOptions,
    ForwarderRecord,
    open_forwarder,
)
from wirescope.transports.webrtc.peer import Peer, open_peer

__all__ = [
    "END_OF_CANDIDATES",
    "BareEnd",
    "Candidate",
    "ChannelOptions",
    "DataChannel",
    "Description",
    "Forwarder",
    "ForwarderOptions",
    "ForwarderRecord",
    "IceServer",
    "Negotiator",
    "Peer",
    "PeerOptions",
    "Signaling",
    "is_there",
    "make_ready",
    "negotiate",
    "open_forwarder",
    "open_peer",
]
