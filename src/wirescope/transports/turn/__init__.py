"""A client of STUN and TURN servers, over UDP, TCP and TLS, and what it can find out.

What the messages look like is in `wirescope.wire.stun` and `wirescope.wire.turn`; the WebRTC engine
has a client of its own, which this one does not know.
"""

from wirescope.transports.turn.allocation import Allocation
from wirescope.transports.turn.behaviour import NatReport, answers_from, binding_lifetime, discover
from wirescope.transports.turn.bridge import Bridge, BridgeOptions, tls_bridge
from wirescope.transports.turn.client import Bound, TurnClient, open_client
from wirescope.transports.turn.exchanges import Exchange
from wirescope.transports.turn.flow import Address
from wirescope.transports.turn.opening import resolve
from wirescope.transports.turn.options import Timers, Trust, TurnOptions
from wirescope.transports.turn.pairing import Behaviour, NatBehaviour, can_connect
from wirescope.transports.turn.transaction import Transaction
from wirescope.transports.turn.url import (
    ServerURL,
    Transport,
    is_server_url,
    parse_server_url,
)

__all__ = [
    "Address",
    "Allocation",
    "Behaviour",
    "Bound",
    "Bridge",
    "BridgeOptions",
    "Exchange",
    "NatBehaviour",
    "NatReport",
    "ServerURL",
    "Timers",
    "Transaction",
    "Transport",
    "Trust",
    "TurnClient",
    "TurnOptions",
    "answers_from",
    "binding_lifetime",
    "can_connect",
    "discover",
    "is_server_url",
    "open_client",
    "parse_server_url",
    "resolve",
    "tls_bridge",
]
