"""Engine.IO packets, versions 3 and 4, as they travel over WebSocket.

A text message is a digit and a text. A binary message is the data itself in version 4, and the
packet's type as one byte before it in version 3. What the packets carry is in `socketio`.
"""

from dataclasses import dataclass

from wirescope.decoders.payload import Payload, Role
from wirescope.errors import DecodeError

PACKETS = ("open", "close", "ping", "pong", "message", "upgrade", "noop")
ROLES: dict[str, Role] = {
    "open": "handshake",
    "close": "other",
    "ping": "heartbeat",
    "pong": "heartbeat",
    "message": "push",
    "upgrade": "handshake",
    "noop": "other",
}


@dataclass(frozen=True, slots=True)
class EnginePacket:
    """One packet: its type, and text or bytes."""

    type: str
    data: str | bytes


def read_packet(payload: Payload, *, version: int) -> EnginePacket:
    """Take a message apart.

    Raises:
        DecodeError: it is no packet.
    """
    if payload.kind == "binary":
        return _binary(payload.data, version)
    text = payload.data.decode("utf-8", "replace")
    number = text[:1]
    if not number or number not in "0123456":
        raise DecodeError("An Engine.IO packet begins with a digit from 0 to 6.", where="byte 0")
    return EnginePacket(PACKETS[int(number)], text[1:])


def _binary(data: bytes, version: int) -> EnginePacket:
    if version != 3:
        return EnginePacket("message", data)
    if not data or data[0] >= len(PACKETS):
        raise DecodeError("An Engine.IO 3 packet begins with a byte from 0 to 6.", where="byte 0")
    return EnginePacket(PACKETS[data[0]], data[1:])


def write_packet(packet: EnginePacket, *, version: int = 4) -> Payload:
    """Put a packet into a message."""
    number = PACKETS.index(packet.type)
    if isinstance(packet.data, str):
        data = f"{number}{packet.data}".encode()
        return Payload(data=data, kind="text", direction="sent")
    data = bytes([number]) + packet.data if version == 3 else packet.data
    return Payload(data=data, kind="binary", direction="sent")


def version_in(url: str) -> int:
    """Read the version out of the address's `EIO`; 0 when it is not there."""
    for version in (3, 4):
        if f"EIO={version}" in url:
            return version
    return 0
