"""The frame parser, fed in pieces that the input itself decides on."""

from wirescope.events import FrameHeader
from wirescope.wire.websocket import (
    Frame,
    FrameParser,
    FramePayload,
    FrameRules,
    FrameStart,
    apply_mask,
    check_close_payload,
    frame_bytes,
)

SEEDS = [
    bytes.fromhex("10810548656c6c6f890548656c6c6f"),
    bytes.fromhex("05818537fa213d7f9f4d5158"),
    bytes.fromhex("03010348656c80026c6f8800"),
    b"\x07\x82\x7e\x00\x80" + bytes(128),
    b"\x40\x82\x7f" + (200).to_bytes(8, "big") + bytes(200),
    b"\x01\x88\x04\x03\xe8ok\x81\x00",
]


def check(data: bytes) -> None:
    """Any cutting gives the same frames, and no byte of the stream is lost or made up."""
    if not data:
        return
    size, stream = data[0] + 1, data[1:]
    whole = _joined(FrameParser(stream_above=100), [stream])
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert _joined(FrameParser(stream_above=100), pieces) == whole
    assert b"".join(part for _, part in whole) == stream


def _joined(parser: FrameParser, pieces: list[bytes]) -> list[tuple[int, bytes]]:
    """Each frame's offset and bytes, rebuilt from what the parser said, and the rest."""
    rules = FrameRules(masked=False)
    found: list[tuple[int, bytearray]] = []
    start, position = None, 0
    for item in (item for piece in pieces for item in parser.feed(piece)):
        if isinstance(item, FrameHeader):
            least = rules.least_lengths.get(len(item.header), 1 << 64)
            long_enough = least <= item.payload_length < 1 << 63
            plain = long_enough and item.header[0] in rules.plain_first_bytes
            breaches = rules.check_header(item)
            assert not (plain and breaches)
        if isinstance(item, Frame):
            check_close_payload(item)
            found.append((item.offset, bytearray(frame_bytes(item.header, item.payload))))
        elif isinstance(item, FrameStart):
            start, position = item, 0
            found.append((item.offset, bytearray(item.header)))
        elif isinstance(item, FramePayload):
            assert start is not None
            key = start.masking_key or bytes(4)
            found[-1][1].extend(apply_mask(item.data, key, position=position))
            position += len(item.data)
    rest = parser.peek()
    if rest is not None and start is not None and rest.offset == start.offset:
        assert rest.missing == start.payload_length - position
    elif rest is not None:
        wire = rest.header if rest.missing is None else frame_bytes(rest.header, rest.payload)
        found.append((rest.offset, bytearray(wire)))
    return [(offset, bytes(part)) for offset, part in found]
