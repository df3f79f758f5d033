"""What every event has, and what several of them say.

The bounds of what a record carries itself stand here as well. The events of connections and of
WebSocket are in `records`, those of WebRTC in `webrtc`.
"""

from typing import Literal

import msgspec

INLINE_LIMIT = 1 << 20
"""Bytes of payload that a record carries itself; a longer one appears as a preview."""

PREVIEW_LENGTH = 4096
"""Bytes of a longer payload that its record carries."""

Direction = Literal["sent", "received"]
MessageKind = Literal["text", "binary"]
Initiator = Literal["local", "remote", "network"]


class Event(msgspec.Struct, frozen=True, array_like=True, tag_field="type"):
    """What every event has.

    Attributes:
        seq: 1, 2, 3 … within a capture.
        at_ns: nanoseconds since the start of the capture, monotonic.
        connection: `c1`, `c2` …; empty for an event that concerns the capture as a whole.
    """

    seq: int
    at_ns: int
    connection: str

    @property
    def type(self) -> str:
        """The name of the event's type, as in its NDJSON record."""
        return str(self.__struct_config__.tag)
