"""Packets changed on their way: another payload type, source, number, time, extension identifiers.

This is what forwarding does to every packet for every receiver, so it copies the datagram once and
reads nothing that is not changed.
"""

from collections.abc import Mapping

import msgspec

from wirescope.wire.rtp.extensions import (
    ONE_BYTE_PROFILE,
    build_extensions,
    is_two_byte,
    read_extensions,
)
from wirescope.wire.rtp.packets import FIXED_HEADER, RtpPacket

_pack = FIXED_HEADER.pack

_MOST_LAYOUTS = 32
"""Lengths of header extensions whose layout is remembered; a stream has a handful."""


class _Layout(msgspec.Struct, frozen=True):
    """Where the elements of a header extension stand, as masks over its data as one number.

    Attributes:
        structure: the bytes that are not values: elements' headers and padding.
        expected: what they are.
        kept: the bytes that stay: values of the elements that are not left out.
        heads: the headers that these get.
        spans: identifier at the receiver -> where its value begins and ends; None for several.
    """

    structure: int
    expected: int
    kept: int
    heads: int
    spans: dict[int, tuple[int, int] | None]


class ExtensionIds:
    """Which identifier a header extension has on the other side; others are left out.

    Two sides that agreed on the same extensions seldom gave them the same numbers (RFC 8285
    section 5), and one that did not agree on an extension has no number for it.

    Since the packets of a stream are much alike, the places of the elements are remembered and
    compared at once instead of being looked for in each.

    Args:
        ids: identifier here -> identifier there; both 1 to 255.

    Raises:
        ValueError: an identifier is out of range.
    """

    __slots__ = ("_layouts", "_table", "_widens")

    def __init__(self, ids: Mapping[int, int]) -> None:
        if not all(0 < number < 256 for pair in ids.items() for number in pair):
            raise ValueError("an identifier is from 1 to 255")
        self._table = bytes(ids.get(number, 0) for number in range(256))
        self._widens = any(there > 14 for there in self._table[:15])
        self._layouts: dict[int, _Layout] = {}

    def __getitem__(self, number: int) -> int:
        return self._table[number]

    def apply(self, data: bytes, values: Mapping[int, bytes] | None) -> bytes | None:
        """Rename one-byte elements and set values in place.

        What is left out becomes padding, so that nothing moves. None where something has to: an
        identifier or a value does not fit where it has to go.
        """
        if self._widens:
            return None
        number, length = int.from_bytes(data, "big"), len(data)
        layout = self._layouts.get(length)
        if layout is None or number & layout.structure != layout.expected:
            layout = self._learn(data)
        changed = (number & layout.kept | layout.heads).to_bytes(length, "big")
        if not values:
            return changed
        for there, value in values.items():
            span = layout.spans.get(there)
            if span is None or span[1] - span[0] != len(value):
                return None
            changed = changed[: span[0]] + value + changed[span[1] :]
        return changed

    def _learn(self, data: bytes) -> _Layout:
        end = len(data)
        structure, kept, heads = bytearray(b"\xff" * end), bytearray(end), bytearray(end)
        spans: dict[int, tuple[int, int] | None] = {}
        for element in read_extensions(ONE_BYTE_PROFILE, data):
            start = element.offset + 1
            after = start + len(element.data)
            structure[start:after] = bytes(after - start)
            there = self._table[element.id]
            if there:
                kept[start:after] = b"\xff" * (after - start)
                heads[start - 1] = there << 4 | data[start - 1] & 0x0F
                spans[there] = None if there in spans else (start, after)
        masks = [int.from_bytes(mask, "big") for mask in (structure, kept, heads)]
        expected = int.from_bytes(data, "big") & masks[0]
        layout = _Layout(masks[0], expected, masks[1], masks[2], spans)
        if len(self._layouts) >= _MOST_LAYOUTS:
            self._layouts.clear()
        self._layouts[end] = layout
        return layout


_SAME_IDS = ExtensionIds({number: number for number in range(1, 256)})


def rewrite(
    packet: RtpPacket,
    *,
    payload_type: int | None = None,
    sequence_number: int | None = None,
    timestamp: int | None = None,
    ssrc: int | None = None,
    marker: bool | None = None,
    extension_ids: ExtensionIds | None = None,
    extension_values: Mapping[int, bytes] | None = None,
    payload: bytes | None = None,
) -> bytes:
    """Give the packet's bytes with some fields changed; what is None stays.

    Args:
        packet: what came; unchanged.
        payload_type: 0 to 127.
        sequence_number: 16 bits.
        timestamp: 32 bits.
        ssrc: 32 bits.
        marker: the marker bit.
        extension_ids: how the header extensions are called at the receiver; those that it does not
            name are left out. One of an unknown profile stays as it is.
        extension_values: header extensions to set, by their identifier at the receiver: those that
            the packet has are replaced, others are added. Ignored by an unknown profile.
        payload: another payload; the padding is left out then.

    Raises:
        ValueError: an extension does not fit.
        struct.error: another field does not fit.
    """
    data = packet.data
    first = data[0]
    second = packet.payload_type if payload_type is None else payload_type
    if packet.marker if marker is None else marker:
        second |= 0x80
    if extension_ids is None and extension_values is None and payload is None:
        middle, rest = b"", data[12:]
    else:
        middle = _between(packet, extension_ids, extension_values)
        first = first & 0xEF | (0x10 if len(middle) > (first & 0x0F) << 2 else 0)
        rest = data[packet.payload_offset :] if payload is None else payload
        if payload is not None:
            first &= 0xDF
    head = _pack(
        first,
        second,
        packet.sequence_number if sequence_number is None else sequence_number,
        packet.timestamp if timestamp is None else timestamp,
        packet.ssrc if ssrc is None else ssrc,
    )
    return b"".join((head, middle, rest)) if middle else head + rest


def _between(
    packet: RtpPacket, ids: ExtensionIds | None, values: Mapping[int, bytes] | None
) -> bytes:
    """Give what stands between the fixed header and the payload, the extension as it has to be."""
    data, profile = packet.data, packet.extension_profile
    start, end = packet.extension_offset, packet.payload_offset
    if profile is None:
        return data[12:end] + build_extensions(list(values.items())) if values else data[12:end]
    if ids is None:
        if not values:
            return data[12:end]
        ids = _SAME_IDS
    if profile == ONE_BYTE_PROFILE:
        changed = ids.apply(data[start:end], values)
        if changed is not None:
            return data[12:start] + changed
    elif not is_two_byte(profile):
        return data[12:end]
    return data[12 : start - 4] + _built_anew(packet, profile, ids, values or {})


def _built_anew(
    packet: RtpPacket, profile: int, ids: ExtensionIds, values: Mapping[int, bytes]
) -> bytes:
    elements = {ids[element.id]: element.data for element in packet.extensions}
    elements.pop(0, None)  # those that have no number at the receiver
    elements.update(values)
    if is_two_byte(profile):
        return build_extensions(
            list(elements.items()), two_byte=True, application_bits=profile & 0x0F
        )
    return build_extensions(list(elements.items()))
