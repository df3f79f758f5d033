"""What a protocol carries, read as a format where it is one.

Only formats without rules of their own are tried, never another protocol, so that nothing unfolds
by nesting.
"""

import re

from wirescope.decoders.json import JSON, looks_like_json
from wirescope.decoders.payload import Decoded, Payload
from wirescope.decoders.plain import HEX, TEXT
from wirescope.errors import DecodeError

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOOKED_AT = 1000


def nested(data: bytes, *, content_type: str = "") -> Decoded | None:
    """Read what a message carries: JSON where it is that, else text, else hex; None for nothing."""
    if not data:
        return None
    payload = Payload(data=data, kind="text" if is_text(data) else "binary")
    if looks_like_json(data) or "json" in content_type:
        try:
            return JSON.decode(payload)
        except DecodeError:
            pass  # shown as what it is
    return (TEXT if payload.kind == "text" else HEX).decode(payload)


def is_text(data: bytes) -> bool:
    """Whether it is UTF-8 without control characters but blanks."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(data, 0, _LOOKED_AT) is None
