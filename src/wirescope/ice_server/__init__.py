"""A STUN and TURN server (RFC 8489, 8656, 5780), for machines without internet."""

from wirescope.ice_server.options import IceServerOptions
from wirescope.ice_server.serving import IceServer, serve_ice
from wirescope.ice_server.telling import (
    Allocated,
    Counters,
    Deallocated,
    EndReason,
    IceServerEvent,
    OnEvent,
    Refused,
)

__all__ = [
    "Allocated",
    "Counters",
    "Deallocated",
    "EndReason",
    "IceServer",
    "IceServerEvent",
    "IceServerOptions",
    "OnEvent",
    "Refused",
    "serve_ice",
]
