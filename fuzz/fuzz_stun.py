"""STUN messages: cut, judged, read, checked, and given back to the byte."""

import contextlib

from tests.wire.stun.samples import VECTORS
from wirescope.errors import PacketError
from wirescope.wire.stun import (
    Nonce,
    add_fingerprint,
    add_integrity,
    build_stun,
    check_message,
    make_attribute,
    parse_stun,
    read_features,
    read_value,
    verify_fingerprint,
    verify_integrity,
    verify_integrity_sha256,
)

SEEDS = [
    *VECTORS.values(),
    bytes.fromhex(
        "00030020 2112a442 000102030405060708090a0b"
        "00190004 11000000 000d0004 00000258 00180001 80000000 001a0000 00170004 02000000"
    ),
    bytes.fromhex(
        "01130030 2112a442 000102030405060708090a0b"
        "00090004 00000414 000a0004 7ffe7fff 80020008 0002000000010000 80010004 02000508"
        "80040008 0000060400000500"
    ),
]


def check(data: bytes) -> None:
    """No byte is lost, nothing else than a refusal is raised, and what was read says the same."""
    try:
        message = parse_stun(data)
    except PacketError:
        return
    assert build_stun(message) == data
    for breach in check_message(message):
        assert 0 <= breach.offset <= len(data)
    for attribute in message.attributes:
        with contextlib.suppress(PacketError):
            value = read_value(attribute, message.transaction_id)
            if value is not None:
                made = make_attribute(value, message.transaction_id)
                assert read_value(made, message.transaction_id) == value
    nonce = message.find(Nonce)
    if nonce is not None:
        read_features(nonce.data)
    verify_integrity(message, b"key")
    verify_integrity_sha256(message, b"key", shortest=16)
    verify_fingerprint(message)
    with contextlib.suppress(ValueError):
        signed = parse_stun(build_stun(add_fingerprint(add_integrity(message, b"key"))))
        assert verify_integrity(signed, b"key")
        assert verify_fingerprint(signed)
