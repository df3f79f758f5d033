"""What a certificate says about itself (X.509 in DER, RFC 5280 section 4.1), for messages only.

Python's `ssl` tells a certificate's fields only once it is verified; the messages about one that is
not need them most. Nothing is verified here, and nothing but the few fields that a message names is
read.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address

import msgspec

_SEQUENCE, _OID, _OCTETS = 0x30, 0x06, 0x04
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_COMMON_NAME, _ORGANIZATION, _UNIT = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b"
_SUBJECT_ALT_NAME = b"\x55\x1d\x11"
_TEXT_ENCODINGS = {0x1E: "utf-16-be", 0x0C: "utf-8"}


class Certificate(msgspec.Struct, frozen=True):
    """The fields that a person asks for.

    Attributes:
        subject: whom it is about: common name, else organization, else unit.
        issuer: who signed it, the same way.
        names: the DNS names and addresses that it is for.
        not_before: when it begins to hold.
        not_after: when it ceases to.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate.

    Raises:
        ValueError: it is not one.
    """
    fields = list(_items(_inside(_inside(der, _SEQUENCE), _SEQUENCE)))
    if fields and fields[0][0] == _VERSION:
        del fields[0]
    if len(fields) < 6:
        raise ValueError("a certificate has at least six fields")
    times = [_time(tag, content) for tag, content in _items(fields[3][1])]
    if len(times) != 2:
        raise ValueError("a validity has two times")
    names = [name for tag, content in fields[6:] if tag == _EXTENSIONS for name in _names(content)]
    return Certificate(_name(fields[4][1]), _name(fields[2][1]), tuple(names), times[0], times[1])


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Take a sequence's content apart into tags and contents (X.690 section 8.1)."""
    position = 0
    while position < len(data):
        header = data[position : position + 2]
        if len(header) < 2:
            raise ValueError("the data end inside a header")
        length, position = header[1], position + 2
        if length & 0x80:
            width = length & 0x7F
            length = int.from_bytes(data[position : position + width], "big")
            position += width
        content = data[position : position + length]
        if len(content) < length:
            raise ValueError("the data end inside a value")
        position += length
        yield header[0], content


def _inside(data: bytes, tag: int) -> bytes:
    found = next(_items(data), None)
    if found is None or found[0] != tag:
        raise ValueError(f"a value with the tag {tag:#04x} was expected")
    return found[1]


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii", "replace")
    if tag == _UTC_TIME:
        # RFC 5280 section 4.1.2.5.1: years from 50 on are in the last century
        text = ("19" if text >= "50" else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError(f"{tag:#04x} is not the tag of a time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _name(data: bytes) -> str:
    parts: dict[bytes, str] = {}
    for _, relative in _items(data):
        for _, attribute in _items(relative):
            pair = list(_items(attribute))
            if len(pair) == 2:
                tag, content = pair[1]
                encoding = _TEXT_ENCODINGS.get(tag, "latin-1")
                parts.setdefault(pair[0][1], content.decode(encoding, "replace"))
    return next((parts[oid] for oid in (_COMMON_NAME, _ORGANIZATION, _UNIT) if oid in parts), "")


def _names(extensions: bytes) -> Iterator[str]:
    for _, extension in _items(_inside(extensions, _SEQUENCE)):
        fields = list(_items(extension))
        if not fields or fields[0] != (_OID, _SUBJECT_ALT_NAME) or fields[-1][0] != _OCTETS:
            continue
        for tag, content in _items(_inside(fields[-1][1], _SEQUENCE)):
            if tag == _DNS_NAME:
                yield content.decode("ascii", "replace")
            elif tag == _IP_ADDRESS:
                yield str(ip_address(content))
