"""RFC 5769's vectors: read, written again to the byte, and their signatures found right."""

from collections.abc import AsyncIterator
from pathlib import Path

from tests.wire.stun.samples import VECTORS
from wirescope.wire.stun import (
    Fingerprint,
    KeyDerivation,
    MessageIntegritySha256,
    Realm,
    StunMessage,
    build_stun,
    long_term_key,
    parse_stun,
    short_term_key,
    verify_fingerprint,
    verify_integrity,
    verify_integrity_sha256,
)

SHORT = short_term_key("VOkJxbRl1RmTxUk/WvJxBt")
NAME, REALM, PASSWORD = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9", "example.org", "TheMatrIX"


async def show(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Check each vector."""
    del folder
    for name, data in VECTORS.items():
        message = parse_stun(data)
        holds = build_stun(message) == data and _is_signed(message)
        if message.has(Fingerprint):
            holds &= verify_fingerprint(message)
        source = "RFC 8489 B.1" if message.has(MessageIntegritySha256) else "RFC 5769"
        yield f"{source}, {name}", f"{message.name}, {len(data)} bytes, signature right", holds


def _is_signed(message: StunMessage) -> bool:
    if message.has(MessageIntegritySha256):
        key = long_term_key(NAME, REALM, PASSWORD, derivation=KeyDerivation.SHA_256)
        return verify_integrity_sha256(message, key)
    key = long_term_key(NAME, REALM, PASSWORD) if message.has(Realm) else SHORT
    return verify_integrity(message, key)
