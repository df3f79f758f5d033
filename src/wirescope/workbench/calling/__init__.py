"""WebRTC connections as a user names them: an address, options, and a call.

An address says which signaling leads to the other side. `open_call` makes the peer, what it sends
and asks for, and the signaling; the `Call` shows how it stands and takes orders. Faces have no
logic of their own for this.
"""

from wirescope.workbench.calling.address import SCHEMES, Address, Way, parse_address
from wirescope.workbench.calling.bridging import checks_nothing
from wirescope.workbench.calling.call import Call
from wirescope.workbench.calling.live import LiveCall, call
from wirescope.workbench.calling.opening import open_call
from wirescope.workbench.calling.options import CHAT, CallOptions, check_call, has_channel
from wirescope.workbench.calling.rejecting import words_of

__all__ = [
    "CHAT",
    "SCHEMES",
    "Address",
    "Call",
    "CallOptions",
    "LiveCall",
    "Way",
    "call",
    "check_call",
    "checks_nothing",
    "has_channel",
    "open_call",
    "parse_address",
    "words_of",
]
