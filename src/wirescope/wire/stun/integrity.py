"""Signing and checking: MESSAGE-INTEGRITY, its SHA-256 form, FINGERPRINT (RFC 8489 14.5 to 14.7).

Each covers what stands before it, under a length that already counts it. So they are added last and
in this order, and checked by where they stand.
"""

import hmac
import zlib

import msgspec

from wirescope.wire.stun.attributes import Fingerprint, MessageIntegrity, MessageIntegritySha256
from wirescope.wire.stun.messages import (
    HEADER_LENGTH,
    StunMessage,
    build_stun,
)
from wirescope.wire.stun.values import Value

_FINGERPRINT_XOR = 0x5354554E
_FULL_SHA256 = max(MessageIntegritySha256.LENGTHS)


def add_integrity(message: StunMessage, key: bytes) -> StunMessage:
    """Sign a message with HMAC-SHA1 (section 14.5).

    Raises:
        ValueError: it is signed already, or something does not fit into its field.
    """
    _must_precede(message, MessageIntegrity, MessageIntegritySha256, Fingerprint)
    covered = _covered(message, len(message.attributes), 20)
    return message.with_values(MessageIntegrity(hmac.digest(key, covered, "sha1")))


def add_integrity_sha256(
    message: StunMessage, key: bytes, *, length: int = _FULL_SHA256
) -> StunMessage:
    """Sign a message with HMAC-SHA256 (section 14.6), perhaps after HMAC-SHA1.

    Args:
        message: what to sign.
        key: of the credential.
        length: bytes of the digest to send; fewer than 32, down to 16, where the usage allows it.

    Raises:
        ValueError: it is signed so already, the length is none, or something does not fit.
    """
    _must_precede(message, MessageIntegritySha256, Fingerprint)
    if length not in MessageIntegritySha256.LENGTHS:
        raise ValueError(f"a digest of SHA-256 is not cut to {length} bytes")
    covered = _covered(message, len(message.attributes), length)
    digest = hmac.digest(key, covered, "sha256")[:length]
    return message.with_values(MessageIntegritySha256(digest))


def add_fingerprint(message: StunMessage) -> StunMessage:
    """Add the checksum that tells STUN from other protocols (section 14.7), as the last attribute.

    Raises:
        ValueError: there is one already, or something does not fit into its field.
    """
    _must_precede(message, Fingerprint)
    return message.with_values(Fingerprint(_checksum(message, len(message.attributes))))


def verify_integrity(message: StunMessage, key: bytes) -> bool:
    """Whether MESSAGE-INTEGRITY is there and was made with this key; compared in constant time."""
    index = message.index(MessageIntegrity)
    if index is None or len(message.attributes[index].value) != 20:
        return False
    expected = hmac.digest(key, _covered(message, index, 20), "sha1")
    return hmac.compare_digest(expected, message.attributes[index].value)


def verify_integrity_sha256(
    message: StunMessage, key: bytes, *, shortest: int = _FULL_SHA256
) -> bool:
    """Whether MESSAGE-INTEGRITY-SHA256 is there and was made with this key.

    Args:
        message: what was read.
        key: of the credential.
        shortest: bytes of the digest that are enough; 32 unless the usage allows it to be cut.
    """
    index = message.index(MessageIntegritySha256)
    if index is None:
        return False
    value = message.attributes[index].value
    if len(value) < shortest or len(value) not in MessageIntegritySha256.LENGTHS:
        return False
    covered = _covered(message, index, len(value))
    return hmac.compare_digest(hmac.digest(key, covered, "sha256")[: len(value)], value)


def verify_fingerprint(message: StunMessage) -> bool:
    """Whether FINGERPRINT is there, and is that of what stands before it."""
    index = message.index(Fingerprint)
    if index is None or len(message.attributes[index].value) != 4:
        return False
    return message.attributes[index].value == _checksum(message, index).to_bytes(4, "big")


def _covered(message: StunMessage, index: int, length: int) -> bytes:
    """Give what stands before an attribute, under a length that ends with that attribute."""
    before = msgspec.structs.replace(message, attributes=message.attributes[:index])
    data = build_stun(before)
    counted = len(data) - HEADER_LENGTH + 4 + length
    if counted > 0xFFFF:
        raise ValueError("the message is too long for another attribute")
    return data[:2] + counted.to_bytes(2, "big") + data[4:]


def _checksum(message: StunMessage, index: int) -> int:
    return zlib.crc32(_covered(message, index, 4)) ^ _FINGERPRINT_XOR


def _must_precede(message: StunMessage, *kinds: type[Value]) -> None:
    for kind in kinds:
        if message.has(kind):
            raise ValueError(f"the message has {kind.NAME} already")
