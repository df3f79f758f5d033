"""Byte streams cut into frames, judged and made into messages."""

import contextlib

from wirescope.wire.websocket import (
    Frame,
    FrameParser,
    FrameRules,
    Inflater,
    MessageAssembler,
    MessageError,
    check_close_payload,
    frame_bytes,
)

SEEDS = [
    bytes.fromhex("818537fa213d7f9f4d5158"),
    bytes.fromhex("010348656c80026c6f"),
    bytes.fromhex("c107f248cdc9c90700"),
    bytes.fromhex("8902abcd880203e8"),
    b"\x82\x7f" + bytes(7) + b"\x05hello",
]


def check(data: bytes) -> None:
    """Any chunking gives the same frames, and whole ones go back to the bytes they came from."""
    whole = FrameParser(stream_above=1 << 12)
    items = whole.feed(data)
    cut = FrameParser(stream_above=1 << 12)
    pieces = [item for start in range(len(data)) for item in cut.feed(data[start : start + 1])]
    frames = [item for item in items if isinstance(item, Frame)]
    assert frames == [item for item in pieces if isinstance(item, Frame)]
    assert whole.offset == cut.offset
    rules = FrameRules(masked=False, rsv1_allowed=True)
    messages = MessageAssembler(inflater=Inflater(), max_size=1 << 20)
    for frame in frames:
        wire = frame_bytes(frame.header, frame.payload)
        assert data[frame.offset : frame.offset + len(wire)] == wire
        rules.check_header(frame)
        check_close_payload(frame)
        with contextlib.suppress(MessageError):
            _take(messages, frame)


def _take(messages: MessageAssembler, frame: Frame) -> None:
    if frame.is_control:
        return
    if frame.opcode:
        messages.begin(frame.opcode, compressed=frame.rsv1)
    if messages.under_way:
        messages.add(frame.payload, final=frame.fin)
        messages.end_frame(frame.offset, frame.wire_length, fin=frame.fin)
