"""TURN: datagrams and streams of STUN and ChannelData, cut in pieces that the input decides on."""

import contextlib

from tests.wire.stun.samples import VECTORS
from wirescope.errors import PacketError
from wirescope.wire.stun import StunMessage, build_stun
from wirescope.wire.turn import (
    ChannelData,
    StreamDeframer,
    build_channel_data,
    check_channel_data,
    check_turn,
    parse_channel_data,
    read_username,
)

LIMIT = 2048
SEEDS = [
    bytes.fromhex("02 40000005 68656c6c6f 000000 4fff0000"),
    bytes.fromhex("10 40010004 01020304") + VECTORS["long-term request"],
    b"\x05" + VECTORS["request"] + VECTORS["IPv6 response"] + bytes.fromhex("40000001 61 000000"),
    bytes.fromhex(
        "ff 00160018 2112a442 000102030405060708090a0b"
        "00120008 0001a147e112a643 00130005 68656c6c6f 000000 000d0000"
    ),
]


def check(data: bytes) -> None:
    """Any cutting gives the same messages and the same end, and no byte is lost or made up."""
    read_username(data.decode(errors="replace"))
    with contextlib.suppress(PacketError):
        datagram = parse_channel_data(data)
        assert build_channel_data(datagram) == data
        check_channel_data(datagram)
    if not data:
        return
    size, stream = data[0] + 1, data[1:]
    whole, held, refused = _cut([stream])
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    again, held_again, refused_again = _cut(pieces)
    assert again == whole
    assert refused_again == refused
    joined = b"".join(map(_bytes, whole))
    assert stream.startswith(joined)
    if refused is None:
        assert held == held_again == len(stream) - len(joined) <= LIMIT
    for message in whole:
        if isinstance(message, StunMessage):
            check_turn(message)
        else:
            assert check_channel_data(message, stream=True) == []


def _bytes(message: StunMessage | ChannelData) -> bytes:
    if isinstance(message, StunMessage):
        return build_stun(message)
    return build_channel_data(message)


def _cut(pieces: list[bytes]) -> tuple[list[StunMessage | ChannelData], int, str | None]:
    deframer = StreamDeframer(max_length=LIMIT)
    found: list[StunMessage | ChannelData] = []
    for piece in pieces:
        try:
            found.extend(deframer.feed(piece))
        except PacketError as error:
            return found, deframer.pending_length, f"{error.offset} {error.message}"
    return found, deframer.pending_length, None
