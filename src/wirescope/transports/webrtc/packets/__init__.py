"""The packet path: RTP forwarded from one publisher to many viewers, without decoding."""

from wirescope.transports.webrtc.packets.bare import BareEnd
from wirescope.transports.webrtc.packets.forwarder import Forwarder, open_forwarder
from wirescope.transports.webrtc.packets.options import ForwarderOptions
from wirescope.transports.webrtc.packets.publisher import Publisher
from wirescope.transports.webrtc.packets.record import (
    ForwarderRecord,
    InboundRecord,
    OutboundRecord,
    PublisherRecord,
    ViewerRecord,
)
from wirescope.transports.webrtc.packets.viewer import Viewer

__all__ = [
    "BareEnd",
    "Forwarder",
    "ForwarderOptions",
    "ForwarderRecord",
    "InboundRecord",
    "OutboundRecord",
    "Publisher",
    "PublisherRecord",
    "Viewer",
    "ViewerRecord",
    "open_forwarder",
]
