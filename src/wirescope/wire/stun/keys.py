"""Keys out of names and passwords (RFC 8489 sections 9.1.1, 9.2.2 and 14.4).

Names, realms and passwords are prepared by the profile OpaqueString (RFC 8265 section 4.2) as far
as the standard library knows Unicode: spaces of any kind become the ASCII one, the text is
normalised by NFC, and what is empty or has control, format, private or unassigned characters is
refused, but for the two joiners, whose contexts (RFC 5892 appendix A) are not looked at, nor are
those of the other characters that need one.
"""

import hashlib
import unicodedata
from enum import IntEnum

_JOINERS = "\u200c\u200d"


class KeyDerivation(IntEnum):
    """The algorithms of PASSWORD-ALGORITHM (section 18.5)."""

    MD5 = 1
    SHA_256 = 2


def prepare(text: str) -> str:
    """Prepare a name, a realm or a password.

    >>> prepare("p a\u0301ss")
    'p áss'

    Raises:
        ValueError: it is empty, or has a character that must not be.
    """
    spaced = "".join([" " if unicodedata.category(each) == "Zs" else each for each in text])
    prepared = unicodedata.normalize("NFC", spaced)
    if not prepared:
        raise ValueError("a name, a realm or a password has one character at least")
    for position, each in enumerate(prepared):
        if unicodedata.category(each)[0] == "C" and each not in _JOINERS:
            raise ValueError(f"character {position + 1} (U+{ord(each):04X}) must not be in it")
    return prepared


def short_term_key(password: str) -> bytes:
    """Make the key of a short-term credential, as of ICE.

    Raises:
        ValueError: the password cannot be prepared.
    """
    return prepare(password).encode()


def long_term_key(
    username: str, realm: str, password: str, *, derivation: KeyDerivation = KeyDerivation.MD5
) -> bytes:
    """Make the key of a long-term credential, as of TURN; a server may keep it for the password.

    Args:
        username: who it is.
        realm: as the server says it; quotes do not belong to it.
        password: what only the two know.
        derivation: MD5, unless server and client agreed on another one by PASSWORD-ALGORITHM.

    Raises:
        ValueError: one of them cannot be prepared.
    """
    text = ":".join(map(prepare, (username, realm, password))).encode()
    if derivation is KeyDerivation.SHA_256:
        return hashlib.sha256(text).digest()
    return hashlib.md5(text, usedforsecurity=False).digest()  # section 9.2.2 asks for it


def user_hash(username: str, realm: str) -> bytes:
    """Make the value of USERHASH, which names a user without saying the name.

    Raises:
        ValueError: one of them cannot be prepared.
    """
    return hashlib.sha256(f"{prepare(username)}:{prepare(realm)}".encode()).digest()
