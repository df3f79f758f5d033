"""The inflater, fed what no deflater made, and the deflater, whose output must come back."""

from wirescope.wire.websocket import DeflateError, Deflater, Inflater

SEEDS = [
    bytes.fromhex("00f248cdc9c90700"),
    bytes.fromhex("07000500faff48656c6c6f00"),
    bytes.fromhex("08f348cdc9c9070000"),
    bytes.fromhex("0ff24805000000ffffcac9c90700"),
    b"\x03" + Deflater().compress(bytes(1 << 20)),
]
PIECE = 1 << 18


def check(data: bytes) -> None:
    """Pieces are bounded, nothing but `DeflateError` comes out, what is deflated inflates."""
    if not data:
        return
    window_bits, context_takeover = 8 + (data[0] & 7), not data[0] & 8
    hostile = Inflater(window_bits=window_bits, context_takeover=context_takeover)
    middle = len(data) // 2
    for part, final in ((data[1:middle], False), (data[middle:], True), (data[1:], True)):
        try:
            for piece in hostile.inflate(part, final=final):
                assert 0 < len(piece) <= PIECE
        except DeflateError as error:
            assert error.clause == "RFC 7692 7.2.2"  # noqa: PT017
    deflater = Deflater(window_bits=window_bits, context_takeover=context_takeover)
    inflater = Inflater(window_bits=window_bits, context_takeover=context_takeover)
    for message in (data, data[1:], b"", data):
        packed = deflater.compress(message)
        assert b"".join(inflater.inflate(packed, final=True)) == message
