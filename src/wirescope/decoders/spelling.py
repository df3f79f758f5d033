"""Bytes as people spell them: hex and base64, in the forms that other tools print.

One reading for all that a person types, in the terminal and on the page. What machines write to
each other is read where it is read, and more strictly.
"""

import binascii
import re
from base64 import b64decode


def decode_hex(text: str) -> bytes:
    r"""Read bytes written in hex; blanks, colons and `0x` may stand between them.

    Raises:
        ValueError: it is not hex; its text has no full stop.

    >>> decode_hex("00 01 ff"), decode_hex("0xCA:FE")
    (b'\x00\x01\xff', b'\xca\xfe')
    """
    digits = re.sub(r"0[xX]|[\s:,_-]", "", text)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f"{_short(text)} is not hex; write two digits a byte, as 00ff1e") from None


def decode_base64(text: str) -> bytes:
    """Read base64 (RFC 4648 section 4), or its URL form (section 5); padding may be missing.

    Raises:
        ValueError: it is not base64; its text has no full stop.
    """
    compact = re.sub(r"\s", "", text).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{_short(text)} is not base64") from None


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
