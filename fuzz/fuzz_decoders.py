"""Every decoder, fed with a conversation that the input itself cuts into payloads."""

import contextlib

from tests.decoders.samples import SAMPLES
from wirescope.decoders import (
    Composer,
    ConnectionDecoder,
    Payload,
    standard_decoders,
    tree_to_json,
    validated,
)
from wirescope.errors import ComposeError, DecodeError

DECODERS = standard_decoders()
NAMES = sorted(each.name for each in DECODERS)
SEPARATOR = b"\xff\xfe"


def seed(name: str, *payloads: bytes) -> bytes:
    """Put a decoder and a conversation into one input."""
    return bytes([NAMES.index(name)]) + SEPARATOR.join(b"\x00" + each for each in payloads)


SEEDS = [seed(name, *(sample.data for sample in samples)) for name, samples in SAMPLES.items()]


def check(data: bytes) -> None:
    """Any payload is decoded or refused, and what was decoded can be written or is refused."""
    if not data:
        return
    decoder = DECODERS[NAMES[data[0] % len(NAMES)]]
    conversation, chooser = decoder.conversation(), ConnectionDecoder(DECODERS)
    for piece in data[1:].split(SEPARATOR):
        payload = _payload(piece)
        chooser.decode(payload)
        with contextlib.suppress(DecodeError, ComposeError):
            value = validated(conversation.decode(payload)).value
            tree_to_json(value)
            if isinstance(decoder, Composer):
                decoder.compose(value)


def _payload(piece: bytes) -> Payload:
    head = piece[0] if piece else 0
    kind = "binary" if head & 1 else "text"
    return Payload(data=piece[1:], kind=kind, direction="sent" if head & 2 else "received")
