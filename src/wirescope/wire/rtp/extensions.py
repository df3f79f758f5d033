"""Header extensions of RTP packets: the elements of RFC 8285, with one byte or two of header each.

What is read here is the data of a packet's header extension, after the four bytes that announce it
(RFC 3550 section 5.3.1). Reading takes what a receiver has to take and stops where the RFC says so;
`check_extensions` names what is illegal. An extension of another profile has no elements.
"""

from collections.abc import Iterator, Sequence

import msgspec

from wirescope.wire.rtp.breaches import Breach

ONE_BYTE_PROFILE = 0xBEDE
"""What announces elements with one byte of header (RFC 8285 section 4.2)."""

TWO_BYTE_PROFILE = 0x1000
"""What announces elements with two bytes of header; its lowest four bits are the application's."""

_ONE_BYTE = "RFC 8285 4.2"
_TWO_BYTE = "RFC 8285 4.3"


class HeaderExtension(msgspec.Struct, frozen=True, gc=False):
    """One element.

    Attributes:
        id: the local identifier that an `extmap` gives a meaning to; 1 to 14, or to 255.
        data: what it carries; 1 to 16 bytes, or 0 to 255.
        offset: where its header begins, counted from the start of the extension's data.
    """

    id: int
    data: bytes
    offset: int = 0


def is_two_byte(profile: int) -> bool:
    """Tell whether a profile announces elements with two bytes of header."""
    return profile & 0xFFF0 == TWO_BYTE_PROFILE


def read_extensions(profile: int, data: bytes) -> list[HeaderExtension]:
    """Read the elements in wire order, up to the first that cannot be read."""
    if profile == ONE_BYTE_PROFILE:
        return list(_one_byte(data, []))
    if is_two_byte(profile):
        return list(_two_byte(data, []))
    return []


def check_extensions(profile: int, data: bytes) -> list[Breach]:
    """Name what is illegal; offsets count from the start of the extension's data."""
    breaches: list[Breach] = []
    if profile == ONE_BYTE_PROFILE:
        elements = list(_one_byte(data, breaches))
    elif is_two_byte(profile):
        elements = list(_two_byte(data, breaches))
    else:
        return breaches
    seen: set[int] = set()
    for element in elements:
        if element.id in seen:
            message = f"The header extension {element.id} stands twice in one packet."
            breaches.append(Breach("RFC 8285 4.1", message, element.offset))
        seen.add(element.id)
    return breaches


def _one_byte(data: bytes, breaches: list[Breach]) -> Iterator[HeaderExtension]:
    position, end = 0, len(data)
    while position < end:
        head = data[position]
        if not head:  # section 4.2: a zero byte is padding
            position += 1
            continue
        number, after = head >> 4, position + (head & 0x0F) + 2
        if number in (0, 15):
            message = f"The identifier {number} is reserved; what follows is not read."
            breaches.append(Breach(_ONE_BYTE, message, position))
            return
        if after > end:
            breaches.append(_cut(_ONE_BYTE, number, position))
            return
        yield HeaderExtension(number, data[position + 1 : after], position)
        position = after


def _two_byte(data: bytes, breaches: list[Breach]) -> Iterator[HeaderExtension]:
    position, end = 0, len(data)
    while position < end:
        number = data[position]
        if not number:  # section 4.3: an identifier of zero is padding, and has no length
            position += 1
            continue
        after = position + 2 + data[position + 1] if position + 1 < end else end + 1
        if after > end:
            breaches.append(_cut(_TWO_BYTE, number, position))
            return
        yield HeaderExtension(number, data[position + 2 : after], position)
        position = after


def _cut(clause: str, number: int, position: int) -> Breach:
    message = f"The header extension {number} goes on beyond the extension's end."
    return Breach(clause, message, position)


def build_extensions(
    elements: Sequence[HeaderExtension] | Sequence[tuple[int, bytes]],
    *,
    two_byte: bool | None = None,
    application_bits: int = 0,
) -> bytes:
    """Build a header extension: the four bytes that announce it, elements, padding.

    Args:
        elements: what it shall carry, in this order; empty gives empty bytes.
        two_byte: the form; None takes two bytes of header only where one will not do, which the
            other side may be unable to read unless `extmap-allow-mixed` was agreed on (section 6).
        application_bits: the lowest four bits of the two-byte form's profile.

    Raises:
        ValueError: an identifier or a length does not fit into its field.
    """
    pairs = [_pair(element) for element in elements]
    if not pairs:
        return b""
    fits = all(0 < number < 15 and 0 < len(data) <= 16 for number, data in pairs)
    if two_byte is None:
        two_byte = not fits
    if two_byte:
        if not all(0 < number < 256 and len(data) < 256 for number, data in pairs):
            raise ValueError("an element has an identifier from 1 to 255 and at most 255 bytes")
        profile = TWO_BYTE_PROFILE | application_bits
        body = b"".join([bytes((number, len(data))) + data for number, data in pairs])
    else:
        if not fits:
            raise ValueError("an element has an identifier from 1 to 14 and 1 to 16 bytes")
        profile = ONE_BYTE_PROFILE
        body = b"".join([bytes((number << 4 | len(data) - 1,)) + data for number, data in pairs])
    return announced(profile, body)


def _pair(element: HeaderExtension | tuple[int, bytes]) -> tuple[int, bytes]:
    return (element.id, element.data) if isinstance(element, HeaderExtension) else element


def announced(profile: int, body: bytes) -> bytes:
    """Put before an extension's data what announces it, and behind it the padding to 32 bits.

    Raises:
        ValueError: it is longer than its length field can say, or the profile has above 16 bits.
    """
    words = (len(body) + 3) >> 2
    if words > 0xFFFF or not 0 <= profile <= 0xFFFF:
        raise ValueError(f"a header extension of profile {profile} and {words} words does not fit")
    return (profile << 16 | words).to_bytes(4, "big") + body.ljust(words << 2, b"\0")
