"""The assembler of messages, fed the frames that a peer's bytes make."""

from wirescope.wire.websocket import (
    Deflater,
    Frame,
    FrameParser,
    Inflater,
    MessageAssembler,
    MessageError,
    build_header,
    frame_bytes,
)

LIMIT = 1 << 16


def _frame(opcode: int, payload: bytes, *, fin: bool = True, rsv1: bool = False) -> bytes:
    return frame_bytes(build_header(opcode, len(payload), fin=fin, rsv1=rsv1), payload)


SEEDS = [
    _frame(1, "grüße 😀".encode()),
    _frame(1, b"\xe2\x82", fin=False) + _frame(0, b"\xac"),
    _frame(1, Deflater().compress(b"Hello" * 9), rsv1=True) + _frame(1, b"plain"),
    _frame(2, Deflater().compress(bytes(1 << 20)), rsv1=True),
    _frame(2, b"a" * 300, fin=False) + _frame(0, b"b" * 300),
]


def check(data: bytes) -> None:
    """A message is what its frames say and within its limit, or a `MessageError` says why not."""
    chunks: list[bytes] = []
    assembler = MessageAssembler(
        inflater=Inflater(),
        max_size=LIMIT,
        max_fragments=50,
        hold_limit=200,
        on_chunk=chunks.append,
    )
    for number, item in enumerate(FrameParser(stream_above=1 << 20).feed(data)):
        if isinstance(item, Frame) and not item.is_control:
            try:
                _take(assembler, item, number, chunks)
            except MessageError as error:
                assert error.breach.close_code in (1007, 1009)  # noqa: PT017
                assert not assembler.under_way


def _take(assembler: MessageAssembler, frame: Frame, number: int, chunks: list[bytes]) -> None:
    if frame.opcode:
        chunks.clear()
        assembler.begin(frame.opcode, compressed=frame.rsv1)
    if not assembler.under_way:
        return
    assembler.check_ahead(frame.payload)
    assembler.add(frame.payload, final=frame.fin)
    message = assembler.end_frame(number, frame.wire_length, fin=frame.fin)
    if message is None:
        return
    whole = b"".join(chunks) or message.payload
    assert message.length == len(whole) <= LIMIT
    assert whole.startswith(message.payload)
    assert (len(message.payload) == message.length) == (not chunks)
    if message.kind == "text":
        whole.decode()
