"""ChannelData: four bytes before what goes to a peer or comes from it (RFC 8656 section 12.4).

A datagram may have padding behind the data, a stream has to; both is kept. Only 0x4000 to 0x4fff
are numbers of channels: the first byte tells ChannelData from what else comes on its port.
"""

from struct import Struct

import msgspec

from wirescope.errors import PacketError

CHANNEL_NUMBERS = range(0x4000, 0x5000)
"""The channels that a client may bind (RFC 8656 section 12)."""

OLD_CHANNEL_NUMBERS = range(0x4000, 0x8000)
"""Those of RFC 5766 section 11, which clients written after it still bind."""

HEADER = Struct("!HH")
_CLAUSE = "RFC 8656 12.4"


class ChannelData(msgspec.Struct, frozen=True, gc=False):
    """A message of a channel.

    Attributes:
        channel: its number.
        data: what goes to the peer or comes from it; may be empty.
        padding: what follows and means nothing.
    """

    channel: int
    data: bytes
    padding: bytes = b""


def is_channel_data(data: bytes) -> bool:
    """Tell ChannelData from what else comes on its port (RFC 7983 section 7)."""
    return len(data) >= 4 and 64 <= data[0] <= 79


def parse_channel_data(data: bytes, *, channels: range = CHANNEL_NUMBERS) -> ChannelData:
    """Read a datagram; `build_channel_data` gives the same bytes back.

    Args:
        data: the datagram.
        channels: the numbers that are taken.

    Raises:
        PacketError: the number is no channel's, or the datagram is shorter than it says; a
            receiver drops both (section 12.6).
    """
    if len(data) < 4:
        message = f"The header of ChannelData has 4 bytes; {len(data)} came."
        raise PacketError(message, clause=_CLAUSE, offset=len(data))
    channel, length = HEADER.unpack_from(data)
    if channel not in channels:
        span = f"0x{channels[0]:04x} to 0x{channels[-1]:04x}"
        message = f"The number of the channel is 0x{channel:04x}; it goes from {span}."
        raise PacketError(message, clause="RFC 8656 12.6", offset=0)
    end = 4 + length
    if end > len(data):
        message = f"ChannelData says that it has {length} bytes; {len(data) - 4} came."
        raise PacketError(message, clause="RFC 8656 12.6", offset=2)
    return ChannelData(channel, data[4:end], data[end:])


def build_channel_data(message: ChannelData) -> bytes:
    """Write a message, with the padding that it has.

    Raises:
        ValueError: it is longer than its length field can say, or its number is no channel's.
    """
    if message.channel not in CHANNEL_NUMBERS or len(message.data) > 0xFFFF:
        raise ValueError("a channel goes from 0x4000 to 0x4fff, and takes 65535 bytes at most")
    return HEADER.pack(message.channel, len(message.data)) + message.data + message.padding


def pad_for_stream(message: ChannelData) -> ChannelData:
    """Give the message with the padding that it has to have over TCP and TLS (section 12.5)."""
    return ChannelData(message.channel, message.data, bytes(-len(message.data) % 4))
