"""TURN without I/O: ChannelData, messages out of streams, credentials for a time, rules.

Its messages and their attributes are STUN's, and stand in `wirescope.wire.stun`.
"""

from wirescope.wire.turn.channel_data import (
    CHANNEL_NUMBERS,
    OLD_CHANNEL_NUMBERS,
    ChannelData,
    build_channel_data,
    is_channel_data,
    pad_for_stream,
    parse_channel_data,
)
from wirescope.wire.turn.credentials import (
    Credentials,
    TimedUsername,
    make_credentials,
    read_username,
    split_credentials,
    timed_password,
)
from wirescope.wire.turn.deframing import MAX_MESSAGE_LENGTH, StreamDeframer
from wirescope.wire.turn.rules import (
    CHANNEL_LIFETIME_S,
    DEFAULT_LIFETIME_S,
    MAX_LIFETIME_S,
    PERMISSION_LIFETIME_S,
    UDP,
    check_channel_data,
    check_turn,
)
from wirescope.wire.turn.servers import ServerAddress, read_server, same_server

__all__ = [
    "CHANNEL_LIFETIME_S",
    "CHANNEL_NUMBERS",
    "DEFAULT_LIFETIME_S",
    "MAX_LIFETIME_S",
    "MAX_MESSAGE_LENGTH",
    "OLD_CHANNEL_NUMBERS",
    "PERMISSION_LIFETIME_S",
    "UDP",
    "ChannelData",
    "Credentials",
    "ServerAddress",
    "StreamDeframer",
    "TimedUsername",
    "build_channel_data",
    "check_channel_data",
    "check_turn",
    "is_channel_data",
    "make_credentials",
    "pad_for_stream",
    "parse_channel_data",
    "read_server",
    "read_username",
    "same_server",
    "split_credentials",
    "timed_password",
]
