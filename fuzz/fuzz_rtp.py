"""RTP packets: read, renamed and built again; the descriptors of what they carry."""

import contextlib

from wirescope.errors import PacketError
from wirescope.wire.rtp import (
    ExtensionIds,
    RtpPacket,
    build_rtp,
    check_extensions,
    parse_rtp,
    parse_vp8,
    parse_vp9,
    restore_original,
    rewrite,
    rewrite_counters,
)

SEEDS = [
    bytes.fromhex("80e01234 01020304 deadbeef 68656c6c6f"),
    bytes.fromhex("b2e01234 01020304 deadbeef 00000001 00000002 bede0002 10aa21bbcc000000 6803"),
    bytes.fromhex("90601234 01020304 deadbeef 10000002 0100 0201bb 000000 90f0923456a7100200"),
    bytes.fromhex("80e01234 01020304 deadbeef 10 100200 9d012a 8002 6801"),
    bytes.fromhex("80e01234 01020304 deadbeef 0a 38 0140 00b4 0280 0168 03 00 54 01 28 02 01 86"),
    bytes.fromhex("80e01234 01020304 deadbeef f9 9234 20 03 05 06 86"),
]


def check(data: bytes) -> None:
    """A packet is refused, or its parts are those of the datagram, before and after a change."""
    try:
        packet = parse_rtp(data)
    except PacketError as error:
        assert 0 <= error.offset <= len(data)  # noqa: PT017
        return
    assert rewrite(packet) == data
    _build_again(packet)
    _rename(packet)
    with contextlib.suppress(PacketError):
        restore_original(packet, payload_type=1, ssrc=2)
    with contextlib.suppress(PacketError):
        descriptor = parse_vp8(packet.payload)
        counters = {
            "picture_id": descriptor.picture_id,
            "tl0_pic_idx": descriptor.tl0_pic_idx,
        }
        assert rewrite_counters(packet.payload, descriptor, **counters) == packet.payload
    with contextlib.suppress(PacketError):
        assert parse_vp9(packet.payload).length < len(packet.payload)


def _build_again(packet: RtpPacket) -> None:
    profile = packet.extension_profile
    built = build_rtp(
        packet.payload,
        payload_type=packet.payload_type,
        sequence_number=packet.sequence_number,
        timestamp=packet.timestamp,
        ssrc=packet.ssrc,
        marker=packet.marker,
        csrcs=packet.csrcs,
        extension=b"" if profile is None else (profile, packet.extension_data),
        padding_length=packet.padding_length,
    )
    # the bytes of padding may be anything
    assert built[: packet.payload_end] == packet.data[: packet.payload_end]
    assert len(built) == len(packet.data)


def _rename(packet: RtpPacket) -> None:
    ids = {number: 15 - number for number in range(1, 15)}
    renamed = parse_rtp(rewrite(packet, extension_ids=ExtensionIds(ids)))
    assert renamed.payload == packet.payload
    found = {element.id: element.data for element in renamed.extensions}
    for element in packet.extensions:
        if element.id in ids:
            assert ids[element.id] in found
    check_extensions(packet.extension_profile or 0, packet.extension_data)
    added = parse_rtp(rewrite(packet, extension_values={3: b"abc", 4: b"d"}))
    if packet.extension_profile is None or packet.extensions:
        after = {element.id: element.data for element in added.extensions}
        assert (after[3], after[4]) == (b"abc", b"d")
