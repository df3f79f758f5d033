"""The emulated link applied: hosts in network namespaces, and relays where there can be none.

What becomes of a packet is decided by `wirescope.link`. Between namespaces the kernel's own TCP
meets it, as each packet goes over a TUN device; a relay in user space says what it cannot show.
"""

from wirescope.transports.link.namespaces import enter_all
from wirescope.transports.link.network import Network, open_network, why_not
from wirescope.transports.link.recording import RecordedPacket, read_recording
from wirescope.transports.link.records import (
    DeviceKind,
    DirectionReport,
    Lateness,
    NetworkReport,
    RecordingReport,
)
from wirescope.transports.link.relay import LinkRelay, RelayTransport, cannot_show, open_relay
from wirescope.transports.link.scheduling import ask_for_short_slices, go_first

__all__ = [
    "DeviceKind",
    "DirectionReport",
    "Lateness",
    "LinkRelay",
    "Network",
    "NetworkReport",
    "RecordedPacket",
    "RecordingReport",
    "RelayTransport",
    "ask_for_short_slices",
    "cannot_show",
    "enter_all",
    "go_first",
    "open_network",
    "open_relay",
    "read_recording",
    "why_not",
]
