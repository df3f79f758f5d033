"""Frames and chunkings whatever, for hypothesis."""

from dataclasses import dataclass

from hypothesis import strategies as st

from wirescope.wire.websocket import build_header, frame_bytes


@dataclass(frozen=True)
class Described:
    """A frame as it was asked for, and its bytes."""

    opcode: int
    payload: bytes
    fin: bool
    rsv1: bool
    rsv2: bool
    rsv3: bool
    masking_key: bytes | None
    length_encoding: int
    header: bytes
    wire: bytes


@st.composite
def frames(draw: st.DrawFn, *, max_size: int = 200) -> Described:
    """Draw a frame, legal or not, in any encoding that can hold its length."""
    payload = draw(st.binary(max_size=max_size))
    encodings = [
        bits for bits, most in ((7, 125), (16, 0xFFFF), (64, 2**63)) if len(payload) <= most
    ]
    encoding = draw(st.sampled_from(encodings))
    opcode = draw(st.integers(0, 15))
    key = draw(st.none() | st.binary(min_size=4, max_size=4))
    bits = {name: draw(st.booleans()) for name in ("fin", "rsv1", "rsv2", "rsv3")}
    header = build_header(opcode, len(payload), masking_key=key, length_encoding=encoding, **bits)
    return Described(
        opcode=opcode,
        payload=payload,
        masking_key=key,
        length_encoding=encoding,
        header=header,
        wire=frame_bytes(header, payload),
        **bits,
    )


@st.composite
def chunkings(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    """Cut a stream anywhere."""
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    return [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
