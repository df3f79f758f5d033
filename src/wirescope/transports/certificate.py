"""What a certificate says about itself (X.509 in DER, RFC 5280 section 4.1), for people only.

Python's `ssl` tells a certificate's fields only once it is verified; the messages about one that is
not need them most. Nothing is verified here, and nothing but the fields of `Certificate` is read.
"""

import hashlib
import re
import ssl
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

from wirescope.events import Certificate

_SEQUENCE, _OID, _OCTETS = 0x30, 0x06, 0x04
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_COMMON_NAME, _ORGANIZATION, _UNIT = b"\x55\x04\x03", b"\x55\x04\x0a", b"\x55\x04\x0b"
_SUBJECT_ALT_NAME = b"\x55\x1d\x11"
_RSA, _EC = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce3d0201")
# RFC 3279 section 2.3, RFC 4055 section 1.2, RFC 8410 section 3
_KEYS = {
    _RSA: "RSA",
    bytes.fromhex("2a864886f70d01010a"): "RSASSA-PSS",
    bytes.fromhex("2a8648ce380401"): "DSA",
    _EC: "ECDSA",
    bytes.fromhex("2b6570"): "Ed25519",
    bytes.fromhex("2b6571"): "Ed448",
}
# RFC 5480 section 2.1.1.1
_CURVES = {
    bytes.fromhex("2a8648ce3d030107"): "P-256",
    bytes.fromhex("2b81040022"): "P-384",
    bytes.fromhex("2b81040023"): "P-521",
}
_TIME = re.compile(r"[0-9]{14}Z")
_TEXT_ENCODINGS = {0x1E: "utf-16-be", 0x0C: "utf-8"}


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
    return Certificate(
        subject=_name(fields[4][1]),
        issuer=_name(fields[2][1]),
        names=names,
        not_before=times[0],
        not_after=times[1],
        serial=(fields[0][1].lstrip(b"\0") or b"\0").hex(),
        sha256=hashlib.sha256(der).hexdigest(),
        key=_key(fields[5][1]),
    )


def read_certificates(chain: Sequence[bytes]) -> list[Certificate]:
    """Read what a peer sent, up to the first one that cannot be read."""
    read = []
    for der in chain:
        try:
            read.append(read_certificate(der))
        except ValueError:
            break
    return read


def sent_chain(tls: Any) -> list[bytes]:
    """Take what the peer of a TLS connection sent, in its order, each in DER.

    Python says it officially from 3.13 on, and from 3.10 on in the same words one layer below;
    where neither is there, the peer's own certificate is all.
    """
    if hasattr(tls, "get_unverified_chain"):
        return list(tls.get_unverified_chain())
    inner: Any = getattr(tls, "_sslobj", None)
    if not hasattr(inner, "get_unverified_chain"):
        own = tls.getpeercert(binary_form=True)
        return [own] if own else []
    chain = inner.get_unverified_chain() or ()
    return [ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in chain]


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
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not a time to the second in UTC")
    # not with strptime: importing what that needs takes longer than a TLS handshake
    year, month, day, hour, minute, second = (
        int(text[at:end]) for at, end in pairwise((0, 4, 6, 8, 10, 12, 14))
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


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


def _key(data: bytes) -> str:
    """Name a public key (section 4.1.2.7): its algorithm, and its size or its curve."""
    parts = [content for _, content in _items(data)]
    if len(parts) != 2:
        raise ValueError("a public key has an algorithm and its bits")
    algorithm, *parameters = [content for _, content in _items(parts[0])] or [b""]
    name = _KEYS.get(algorithm, "")
    if algorithm == _EC and parameters:
        return f"{name} {_CURVES.get(parameters[0], '')}".rstrip()
    if algorithm == _RSA:
        # RFC 8017 appendix A.1.1: the modulus comes first; a bit string begins with how many of
        # its last bits do not count
        modulus = next(_items(_inside(parts[1][1:], _SEQUENCE)), (0, b""))[1]
        return f"{name} {int.from_bytes(modulus, 'big').bit_length()}"
    return name


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
