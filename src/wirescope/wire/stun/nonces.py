"""What the beginning of a nonce says: the security features of a server (RFC 8489 section 9.2).

A nonce that begins with `obMatJos2` and four characters of Base64 tells what its server can do, and
since the client gives it back under its signature, nobody between them can take a feature away
(section 9.2.1).
"""

import base64
import binascii
from enum import IntFlag

NONCE_COOKIE = b"obMatJos2"

_UNIQUE = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')


class SecurityFeatures(IntFlag):
    """What a server can do; of 24 bits the first is the highest (section 18.1)."""

    PASSWORD_ALGORITHMS = 1 << 23
    USERNAME_ANONYMITY = 1 << 22


def make_nonce(features: SecurityFeatures, unique: bytes) -> bytes:
    """Make a nonce that tells features.

    Args:
        features: what the server can do.
        unique: what makes it this nonce, as printable ASCII without quotes and backslashes.

    Raises:
        ValueError: the unique part has other characters, or the nonce above 127 of them.
    """
    flags = base64.b64encode(int(features).to_bytes(3, "big"))
    nonce = NONCE_COOKIE + flags + unique
    if not _UNIQUE.issuperset(unique) or len(nonce) > 127:
        raise ValueError("a nonce is at most 127 printable characters without quotes")
    return nonce


def read_features(nonce: bytes) -> SecurityFeatures | None:
    """Read what a nonce tells; None of one that tells nothing."""
    if not nonce.startswith(NONCE_COOKIE):
        return None
    start = len(NONCE_COOKIE)
    try:
        flags = base64.b64decode(nonce[start : start + 4], validate=True)
    except binascii.Error:
        return None
    return SecurityFeatures(int.from_bytes(flags, "big")) if len(flags) == 3 else None
