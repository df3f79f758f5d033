"""Transport-wide feedback between its record and its bytes.

The format is section 3.1 of draft-holmer-rmcat-transport-wide-cc-extensions-01. The chunks are kept
as they were packed, so that reading and writing undo each other.
"""

from struct import pack, unpack_from

from wirescope.errors import PacketError
from wirescope.wire.rtcp.packets import RunLength, StatusVector, TransportFeedback

_CLAUSE = "draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1"
_ONE_BIT = tuple(range(13, -1, -1))
_TWO_BITS = tuple(range(12, -1, -2))


def read_transport_feedback(body: bytes) -> TransportFeedback:
    """Read the body, from the sender's SSRC on.

    Raises:
        PacketError: it is shorter than its statuses ask for.
    """
    if len(body) < 16:
        message = f"Transport-wide feedback takes 16 bytes at least; the packet has {len(body)}."
        raise PacketError(message, clause=_CLAUSE, offset=len(body))
    sender, media, base, count, packed = unpack_from("!IIHHI", body)
    reference = packed >> 8
    if reference & 0x800000:
        reference -= 0x1000000
    chunks, position = _read_chunks(body, count)
    feedback = TransportFeedback(sender, media, base, count, reference, packed & 0xFF, chunks)
    deltas = _read_deltas(body, position, feedback.statuses)
    return TransportFeedback(
        sender, media, base, count, reference, packed & 0xFF, chunks, tuple(deltas)
    )


def _read_chunks(body: bytes, count: int) -> tuple[tuple[RunLength | StatusVector, ...], int]:
    chunks: list[RunLength | StatusVector] = []
    position, covered = 16, 0
    while covered < count:
        if position + 2 > len(body):
            message = f"The feedback is about {count} packets; its chunks cover {covered}."
            raise PacketError(message, clause=_CLAUSE, offset=len(body))
        word = body[position] << 8 | body[position + 1]
        position += 2
        if not word & 0x8000:
            run = RunLength(word >> 13, word & 0x1FFF)
            chunks.append(run)
            covered += run.length
        elif word & 0x4000:
            chunks.append(StatusVector(tuple([word >> shift & 3 for shift in _TWO_BITS])))
            covered += 7
        else:
            chunks.append(StatusVector(tuple([word >> shift & 1 for shift in _ONE_BIT])))
            covered += 14
    return tuple(chunks), position


def _read_deltas(body: bytes, position: int, statuses: list[int]) -> list[int]:
    deltas: list[int] = []
    end = len(body)
    for status in statuses:
        if status not in (1, 2):
            continue
        if position + status > end:
            message = f"The feedback ends after {len(deltas)} deltas; more packets came."
            raise PacketError(message, clause=_CLAUSE, offset=end)
        delta = body[position]
        if status == 2:
            delta = delta << 8 | body[position + 1]
            if delta & 0x8000:
                delta -= 0x10000
        deltas.append(delta)
        position += status
    return deltas


def build_transport_feedback(feedback: TransportFeedback) -> bytes:
    """Write the body, from the sender's SSRC on, without padding.

    Raises:
        ValueError: the deltas are not those that the statuses ask for, or do not fit.
    """
    statuses = feedback.statuses
    wanted = [status for status in statuses if status in (1, 2)]
    if len(statuses) != feedback.packet_status_count or len(wanted) != len(feedback.deltas):
        raise ValueError("chunks, count and deltas of the feedback do not fit together")
    head = pack(
        "!IIHHI",
        feedback.sender_ssrc,
        feedback.media_ssrc,
        feedback.base_sequence_number,
        feedback.packet_status_count,
        (feedback.reference_time & 0xFFFFFF) << 8 | feedback.feedback_count,
    )
    chunks = b"".join([_chunk(chunk).to_bytes(2, "big") for chunk in feedback.chunks])
    deltas = [
        pack("!B" if status == 1 else "!h", delta)
        for status, delta in zip(wanted, feedback.deltas, strict=True)
    ]
    return head + chunks + b"".join(deltas)


def _chunk(chunk: RunLength | StatusVector) -> int:
    if isinstance(chunk, RunLength):
        if not (0 <= chunk.symbol <= 3 and 0 <= chunk.length < 1 << 13):
            raise ValueError(f"a run of {chunk.length} packets does not fit into 13 bits")
        return chunk.symbol << 13 | chunk.length
    symbols = chunk.symbols
    if len(symbols) == 14 and all(0 <= symbol <= 1 for symbol in symbols):
        return 0x8000 | sum(s << shift for s, shift in zip(symbols, _ONE_BIT, strict=True))
    if len(symbols) == 7 and all(0 <= symbol <= 3 for symbol in symbols):
        return 0xC000 | sum(s << shift for s, shift in zip(symbols, _TWO_BITS, strict=True))
    raise ValueError("a vector holds 14 statuses of one bit or 7 of two")
