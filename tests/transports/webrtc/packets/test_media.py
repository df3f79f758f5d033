"""Which layer a viewer gets."""

import pytest

from tests.transports.webrtc.packets.test_inbound import MS, packet
from wirescope.transports.webrtc.packets.answer import TRANSPORT_SEQUENCE, Agreed
from wirescope.transports.webrtc.packets.history import Named
from wirescope.transports.webrtc.packets.inbound import MAX_MISSING, Inbound
from wirescope.transports.webrtc.packets.media import MAX_TABLES, Layer, Media, Room
from wirescope.transports.webrtc.packets.offer import Codec, Section
from wirescope.transports.webrtc.packets.outbound import Arrival
from wirescope.wire.rtp import build_extensions, build_rtp, parse_rtp

RATES = {"q": 100_000, "h": 400_000, "f": 1_500_000}


def media(rids: tuple[str, ...] = tuple(RATES)) -> Media:
    section = Section("video 9 UDP/TLS/RTP/SAVPF 96", "video", "0", "sendonly", rids=rids)
    extensions = {TRANSPORT_SEQUENCE: 4, "urn:3gpp:video-orientation": 3}
    return Media(Agreed(section, "video", Codec(96, "VP8", 90_000), extensions))


def layered() -> Media:
    made = media()
    for number, (rid, bps) in enumerate(RATES.items()):
        stream = Inbound(number, kind="video", clock_rate=90_000, rid=rid, publisher="c1")
        stream.take(packet(1), 0)
        made.layers[rid] = Layer(made, stream)
        made.layers[rid].bps = bps
    return made


def chosen(
    made: Media, bps: float | None, *, current: str = "", wanted: str = "", congested: bool = False
) -> str:
    stream = made.layers[current].stream if current else None
    layer = made.layer(wanted, stream, Room(bps, congested), MS)
    assert layer is not None
    return layer.stream.rid


@pytest.mark.parametrize(
    ("bps", "rid"), [(None, "f"), (2e6, "f"), (1_600_000, "h"), (450_000, "q"), (1000, "q")]
)
def test_the_best_layer_that_the_path_has_room_for_is_chosen(bps: float | None, rid: str) -> None:
    assert chosen(layered(), bps) == rid


def test_a_layer_is_kept_until_the_path_shows_that_it_is_too_much() -> None:
    made = layered()
    assert chosen(made, 1_000_000, current="f") == "f"
    assert chosen(made, 1_000_000, current="f", congested=True) == "h"
    assert chosen(made, 1_550_000, current="f", congested=True) == "f"


def test_a_layer_that_is_little_better_is_not_worth_a_key_frame() -> None:
    made = layered()
    made.layers["h"].bps = 1_200_000
    assert chosen(made, 5e6, current="h") == "h"


def test_a_layer_that_was_asked_for_is_given_whatever_the_path_carries() -> None:
    assert chosen(layered(), 200_000, current="q", wanted="f") == "f"


def test_a_layer_that_is_not_sent_any_more_is_not_chosen() -> None:
    made = layered()
    now_ns = 5000 * MS
    for rid in "qh":
        made.layers[rid].stream.take(packet(2), now_ns)
    layer = made.layer("f", made.layers["f"].stream, Room(None, is_congested=False), now_ns)
    assert layer is made.layers["h"]


def test_a_layer_of_few_pictures_is_waited_for_longer() -> None:
    quick, slow = layered().layers["q"], layered().layers["q"]
    for number in range(2, 12):
        quick.stream.take(packet(number, number * 3000), 0)  # 30 a second
        slow.stream.take(packet(number, number * 90_000), 0)  # 1 a second
    now_ns = 900 * MS
    assert (quick.is_alive(now_ns), slow.is_alive(now_ns)) == (False, True)


def test_a_layer_stays_while_the_publisher_pauses() -> None:
    made = layered()
    current = made.layers["h"]
    assert made.layer("", current.stream, Room(9e6, is_congested=False), 60_000 * MS) is current


def test_a_layer_whose_rate_is_not_known_yet_is_not_chosen_before_others() -> None:
    made = layered()
    made.layers["f"].bps = 0
    assert chosen(made, 50_000, current="h", congested=True) == "q"


def test_rates_are_measured_from_one_time_to_the_next() -> None:
    made = layered()
    layer = made.layers["q"]
    layer.bps = 0
    layer.measure(0)
    for number in range(2, 102):
        layer.stream.take(packet(number), 0)
    layer.measure(500 * MS)
    assert layer.bps == 100 * len(b"payload") * 8 * 2


@pytest.mark.parametrize(("rids", "numbered"), [(("q", "h"), True), ((), False)])
def test_packets_are_numbered_for_a_viewer_where_there_are_layers_to_choose_from(
    rids: tuple[str, ...], *, numbered: bool
) -> None:
    data = build_rtp(
        b"picture",
        payload_type=96,
        sequence_number=1,
        timestamp=0,
        ssrc=1,
        extension=build_extensions([(3, b"\x01"), (4, b"\x12\x34"), (9, b"mid")]),
    )
    there = {TRANSPORT_SEQUENCE: 7, "urn:3gpp:video-orientation": 8}
    made: dict[int, Named] = {}
    named = media(rids).named(parse_rtp(data), there, made)
    found = {each.id: each.data for each in named.packet.extensions}
    assert found == ({8: b"\x01", 7: b"\x12\x34"} if numbered else {8: b"\x01"})
    at = named.sequence_at
    assert bool(at) is numbered
    assert not at or named.packet.data[at : at + 2] == b"\x12\x34"
    assert media(rids).named(parse_rtp(data), there, {}).packet == named.packet


def test_ways_to_number_extensions_are_kept_while_there_are_few_and_packets_go_on() -> None:
    made = media(())
    data = build_rtp(
        b"picture",
        payload_type=96,
        sequence_number=1,
        timestamp=0,
        ssrc=1,
        extension=build_extensions([(3, b"\x01")]),
    )
    of_one_packet: dict[int, Named] = {}
    for number in range(1, 256):
        named = made.named(parse_rtp(data), {"urn:3gpp:video-orientation": number}, of_one_packet)
        assert [each.id for each in named.packet.extensions] == [number]
    assert len(made._tables) == MAX_TABLES


def test_what_came_after_a_packet_is_known_as_long_as_all_of_it_is() -> None:
    layer = layered().layers["q"]
    for number in (10, 12, 11, 14):
        layer.note(Arrival(packet(number), number, starts_key_frame=False))
    assert [each.number for each in layer.after(10) or []] == [11, 12, 14]
    assert layer.after(14) == []
    for number in range(20, 20 + MAX_MISSING):
        layer.note(Arrival(packet(number), number, starts_key_frame=False))
    assert layer.after(10) is None
    assert len(layer.after(14) or []) == MAX_MISSING
