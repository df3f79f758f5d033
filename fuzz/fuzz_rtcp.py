"""RTCP datagrams: cut into packets, judged, built again."""

from wirescope.wire.rtcp import (
    GenericNack,
    TransportFeedback,
    build_compound,
    check_compound,
    pack_nack,
    parse_compound,
    unpack_nack,
)

SEEDS = [
    bytes.fromhex("80c80006 00000001 8000000100000002 00000003 00000004 00000005"),
    bytes.fromhex("81c90007 00000001 00000002 40ffffff 0001abcd 00000005 00000006 00000007"),
    bytes.fromhex("80c90001 00000001 81ca0003 00000001 0103616263 000000"),
    bytes.fromhex("81cb0003 00000001 0562 796521 210000 83cc0003 00000001 4e414d45 aabbccdd"),
    bytes.fromhex("81cd0004 00000001 00000002 00058001 ffff0000 81ce0002 00000001 00000002"),
    bytes.fromhex("84ce0004 00000001 00000000 00000003 07000000 80cf0001 00000001"),
    bytes.fromhex("8fce0005 00000001 00000000 52454d42 010e0001 00000003"),
    bytes.fromhex("8fcd0006 00000001 00000002 fffe0003 00000205 2003 010002 000000"),
    bytes.fromhex("afcd0006 00000001 00000002 00000009 00000205 e100 a800 ffff04 01000003"),
]


def check(data: bytes) -> None:
    """No byte is lost, nothing is raised, and what breaks no rule is built as the same packets."""
    found = parse_compound(data)
    check_compound(found)
    check_compound(found, reduced_size=True)
    assert b"".join(data[start:end] for start, end in found.spans) + found.rest == data
    for packet in found.packets:
        if isinstance(packet, TransportFeedback):
            assert len(packet.arrivals) == packet.packet_status_count
        elif isinstance(packet, GenericNack):
            lost = unpack_nack(packet.entries)
            assert set(unpack_nack(pack_nack(lost))) == set(lost)
    if not found.breaches:
        assert parse_compound(build_compound(found.packets)).packets == found.packets
