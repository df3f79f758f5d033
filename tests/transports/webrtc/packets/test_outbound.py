"""A viewer's stream: one row of numbers and one clock, whatever the publisher's streams do."""

from dataclasses import dataclass, field

from pylibsrtp import Policy, Session

from wirescope.transports.webrtc.packets.answer import Agreed
from wirescope.transports.webrtc.packets.history import (
    AGAIN_AFTER_NS,
    AGAIN_AT_MOST,
    AGAIN_TIMES,
    ASKED_AT_MOST,
    KEPT,
    Named,
)
from wirescope.transports.webrtc.packets.inbound import Inbound
from wirescope.transports.webrtc.packets.offer import Codec, Section
from wirescope.transports.webrtc.packets.outbound import RATE_NS, Arrival, Outbound
from wirescope.transports.webrtc.packets.path import PathEstimate
from wirescope.wire.rtp import (
    RtpPacket,
    Vp9Descriptor,
    build_extensions,
    build_rtp,
    parse_rtp,
    parse_vp8,
    parse_vp9,
)

MS = 1_000_000


@dataclass
class Wire:
    """A viewer's socket."""

    full: bool = False
    sent: list[RtpPacket] = field(default_factory=list)

    def send(self, data: bytes) -> bool:
        if not self.full:
            self.sent.append(parse_rtp(data))
        return not self.full


def outbound(wire: Wire, *, rtx: int | None = None, codec: str = "opus") -> Outbound:
    section = Section("video 9 UDP/TLS/RTP/SAVPF 100", "video", "0", "recvonly")
    used = Codec(100, codec, 90_000, rtx=rtx)
    agreed = Agreed(section, "video", used, {}, ssrc=42, rtx_ssrc=None if rtx is None else 43)
    return Outbound(agreed, PathEstimate(), send=wire.send)


def inbound(ssrc: int = 1, *, publisher: str = "c1", rid: str = "") -> Inbound:
    return Inbound(ssrc, kind="video", clock_rate=90_000, publisher=publisher, rid=rid)


def arrival(
    number: int, *, timestamp: int = 0, key: bool = False, payload: bytes = b"picture"
) -> Arrival:
    data = build_rtp(
        payload,
        payload_type=96,
        sequence_number=number & 0xFFFF,
        timestamp=timestamp,
        ssrc=1,
        marker=True,
    )
    picture = parse_vp8(payload) if payload[:1] == b"\x90" else None
    return Arrival(parse_rtp(data), number, key, picture)


def pass_on(stream: Outbound, source: Inbound, *arrivals: Arrival, at_ns: int = 0) -> None:
    for each in arrivals:
        if stream.takes(source, each):
            stream.forward(source, each, Named(each.packet), at_ns)


def numbers(wire: Wire) -> list[int]:
    first = wire.sent[0].sequence_number
    return [each.sequence_number - first for each in wire.sent]


def test_a_packet_goes_out_under_the_streams_own_name() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(500, timestamp=9))
    (packet,) = wire.sent
    assert (packet.payload_type, packet.ssrc, packet.marker) == (100, 42, True)
    assert packet.payload == b"picture"


def test_numbers_and_times_keep_their_distances() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(65535, timestamp=100), arrival(65537, timestamp=3100))
    pass_on(stream, source, arrival(65536, timestamp=3100))
    assert numbers(wire) == [0, 2, 1]
    first = wire.sent[0].timestamp
    assert [(each.timestamp - first) & 0xFFFFFFFF for each in wire.sent] == [0, 3000, 3000]


def test_nothing_goes_out_before_a_key_frame() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire, codec="VP8")
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1), arrival(2))
    assert stream.needs_key_frame
    pass_on(stream, source, arrival(3, key=True), arrival(4))
    assert numbers(wire) == [0, 1]
    assert not stream.needs_key_frame


def test_silence_leaves_no_gap_in_the_numbers_and_time_goes_on() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1, timestamp=0))
    pass_on(stream, source, arrival(2, timestamp=480_000), at_ns=10_000 * MS)
    assert numbers(wire) == [0, 1]
    assert (wire.sent[1].timestamp - wire.sent[0].timestamp) & 0xFFFFFFFF == 480_000


def test_a_packet_from_before_the_beginning_does_not_go_out() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(10), arrival(9))
    assert len(wire.sent) == 1


def test_numbers_close_up_over_a_packet_that_is_of_no_use() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1))
    stream.skip(source, 2)
    pass_on(stream, source, arrival(3), arrival(4))
    assert numbers(wire) == [0, 1, 2]


def test_numbers_close_up_over_a_great_step() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1), arrival(5000), arrival(5001))
    assert numbers(wire) == [0, 1, 2]


def test_what_comes_late_from_a_gap_that_was_closed_up_does_not_go_out() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1), arrival(5000), arrival(3000), arrival(5001))
    assert numbers(wire) == [0, 1, 2]


def test_another_stream_begins_at_its_key_frame_where_the_last_one_ended() -> None:
    wire, low, high = Wire(), inbound(1), inbound(2)
    low.note_report(10 << 32, 0, 0)
    high.note_report(10 << 32, 1_000_000, 0)
    stream = outbound(wire, codec="VP8")
    stream.want(low, stream.agreed.codec)
    pass_on(stream, low, arrival(7, timestamp=900, key=True), at_ns=10 * MS)
    stream.want(high, stream.agreed.codec)
    pass_on(stream, low, arrival(8, timestamp=3900), at_ns=43 * MS)
    pass_on(stream, high, arrival(60_000, timestamp=1_003_900), at_ns=43 * MS)
    pass_on(stream, high, arrival(60_001, timestamp=1_006_900, key=True), at_ns=76 * MS)
    pass_on(stream, low, arrival(9, timestamp=6900), at_ns=76 * MS)
    assert numbers(wire) == [0, 1, 2]
    first = wire.sent[0].timestamp
    # by the two reports, the high layer's 1 000 000 is the low layer's 0
    assert [(each.timestamp - first) & 0xFFFFFFFF for each in wire.sent] == [0, 3000, 6000]
    assert stream.switches == 2


def test_another_publishers_stream_goes_on_by_the_time_that_has_passed() -> None:
    wire, one, other = Wire(), inbound(publisher="c1"), inbound(publisher="c9")
    stream = outbound(wire)
    stream.want(one, stream.agreed.codec)
    pass_on(stream, one, arrival(1, timestamp=500))
    stream.want(other, stream.agreed.codec)
    pass_on(stream, other, arrival(900, timestamp=77), at_ns=1000 * MS)
    assert numbers(wire) == [0, 1]
    assert (wire.sent[1].timestamp - wire.sent[0].timestamp) & 0xFFFFFFFF == 90_000


def test_picture_ids_go_on_when_the_layer_changes() -> None:
    wire, low, high = Wire(), inbound(1, rid="l"), inbound(2, rid="h")
    stream = outbound(wire)

    def picture(number: int) -> bytes:
        return bytes.fromhex("90 80") + (0x8000 | number).to_bytes(2, "big") + bytes(8)

    stream.want(low, stream.agreed.codec)
    pass_on(stream, low, arrival(1, payload=picture(100)), arrival(2, payload=picture(101)))
    stream.want(high, stream.agreed.codec)
    pass_on(stream, high, arrival(1, payload=picture(9)), arrival(2, payload=picture(10)))
    ids = [parse_vp8(each.payload).picture_id for each in wire.sent]
    assert ids == [100, 101, 102, 103]


def test_picture_ids_of_vp9_go_on_as_well() -> None:
    wire, one, other = Wire(), inbound(1), inbound(2, publisher="c2")
    stream = outbound(wire, codec="VP9")

    def picture(number: int, base: int) -> Arrival:
        # I, L, B, E; a picture id of 15 bits; a layer and TL0PICIDX
        payload = bytes.fromhex("ac") + (0x8000 | number).to_bytes(2, "big") + bytes((0, base, 1))
        return replace_picture(arrival(number, key=True, payload=payload), parse_vp9(payload))

    stream.want(one, stream.agreed.codec)
    pass_on(stream, one, picture(32_766, 255), picture(32_767, 0))
    stream.want(other, stream.agreed.codec)
    pass_on(stream, other, picture(9, 70), picture(10, 71))
    seen = [parse_vp9(each.payload) for each in wire.sent]
    assert [each.picture_id for each in seen] == [32_766, 32_767, 0, 1]
    assert [each.tl0_pic_idx for each in seen] == [255, 0, 1, 2]


def replace_picture(each: Arrival, picture: Vp9Descriptor) -> Arrival:
    return Arrival(each.packet, each.number, each.starts_key_frame, picture)


def test_another_publishers_codec_goes_out_under_its_own_payload_type() -> None:
    wire, one, other = Wire(), inbound(1), inbound(2, publisher="c2")
    stream = outbound(wire)
    stream.want(one, stream.agreed.codec)
    pass_on(stream, one, arrival(1))
    before = wire.sent[0].sequence_number
    stream.want(other, Codec(102, "VP9", 90_000))
    pass_on(stream, other, arrival(1, key=True))
    assert [each.payload_type for each in wire.sent] == [100, 102]
    stream.send_again([before], 1)
    assert stream.missed == 1  # the viewer would take it for the other codec


def numbered(stream: Outbound, source: Inbound, number: int) -> None:
    """Pass on a packet that has a place for the number of the whole transport."""
    data = build_rtp(
        b"picture",
        payload_type=96,
        sequence_number=number,
        timestamp=0,
        ssrc=1,
        extension=build_extensions([(3, b"\xff\xff"), (4, b"x")]),
    )
    one = Arrival(parse_rtp(data), number, starts_key_frame=False)
    stream.forward(source, one, Named(one.packet, 17), 0)


def test_packets_are_numbered_anew_each_time_they_go_out() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire, rtx=101)
    stream.want(source, stream.agreed.codec)
    numbered(stream, source, 5)
    stream.send_again([wire.sent[0].sequence_number], 1)
    stream.probe(1, 2)
    extensions = [{e.id: e.data for e in each.extensions} for each in wire.sent]
    assert [each[3] for each in extensions] == [b"\0\0", b"\0\1", b"\0\2"]
    assert {each[4] for each in extensions} == {b"x"}


def protecting() -> Session:
    """Make a session of SRTP as DTLS agrees on one, with AES-GCM."""
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    policy = Policy(key=bytes(range(28)), ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile)
    for name, value in (("allow_repeat_tx", True), ("window_size", 1024)):
        setattr(policy, name, value)
    return Session(policy)


def test_what_goes_out_again_under_its_own_number_is_encrypted_to_the_same_bytes() -> None:
    wire, source, session = Wire(), inbound(), protecting()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    for each in (5, 6, 7):
        numbered(stream, source, each)
    stream.send_again([each.sequence_number for each in wire.sent], 1)
    stream.send_again([wire.sent[0].sequence_number], 1 + AGAIN_AFTER_NS)
    sealed: dict[int, set[bytes]] = {}
    for each in wire.sent:
        sealed.setdefault(each.sequence_number, set()).add(session.protect(each.data))
    assert len(wire.sent) == 7
    assert [len(texts) for texts in sealed.values()] == [1, 1, 1]


def test_a_path_is_tried_out_with_the_last_packets_and_no_more_than_that() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire, rtx=101)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1), arrival(2))
    stream.probe(10_000, 1)
    assert stream.probed == 2
    assert {each.payload_type for each in wire.sent[2:]} == {101}


def test_a_packet_that_is_asked_for_goes_out_again_as_it_was() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1), arrival(2))
    stream.send_again([wire.sent[0].sequence_number], 1)
    assert wire.sent[2] == wire.sent[0]
    assert stream.again == 1


def test_it_goes_out_in_a_stream_of_its_own_where_that_was_agreed_on() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire, rtx=101)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1))
    number = wire.sent[0].sequence_number
    stream.send_again([number], 1)
    again = wire.sent[1]
    assert (again.payload_type, again.ssrc) == (101, 43)
    assert again.payload == number.to_bytes(2, "big") + b"picture"
    assert again.timestamp == wire.sent[0].timestamp


def test_nothing_goes_out_again_at_once_or_for_ever() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1))
    number = wire.sent[0].sequence_number
    stream.send_again([number, number], 1)
    assert stream.again == 1
    for each in range(1, 40):
        stream.send_again([number], 1 + each * AGAIN_AFTER_NS)
    assert stream.again == AGAIN_TIMES


def test_a_viewer_cannot_have_everything_sent_again_all_the_time() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, *(arrival(each) for each in range(1000)))
    first = wire.sent[0].sequence_number
    stream.send_again([(first + each) & 0xFFFF for each in range(1000)], 1)
    assert stream.again == AGAIN_AT_MOST


def test_a_viewer_cannot_have_numbers_looked_up_without_end() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1))
    unknown = (wire.sent[0].sequence_number + 500) & 0xFFFF
    for _ in range(100):
        stream.send_again([unknown] * 1000, 1)
    assert stream.missed == ASKED_AT_MOST
    stream.send_again([wire.sent[0].sequence_number], 1001 * MS)
    assert stream.again == 1


def test_the_rate_that_is_sent_is_measured_from_the_first_packet_and_over_a_while() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    began_ns = 3_600_000 * MS
    assert stream.sent_bps(began_ns) == 0
    for each in range(200):
        pass_on(stream, source, arrival(each), at_ns=began_ns + each * MS)
    assert stream.sent_bps(began_ns + RATE_NS) == 200 * len(b"picture") * 8 * 5
    assert stream.sent_bps(began_ns + RATE_NS + 1) == 200 * len(b"picture") * 8 * 5


def test_what_is_not_kept_any_more_is_counted() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, *(arrival(each) for each in range(KEPT + 1)))
    stream.send_again([wire.sent[0].sequence_number], 1)
    assert (stream.again, stream.missed) == (0, 1)


def test_a_full_socket_loses_packets_and_numbers_stay() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1))
    wire.full = True
    pass_on(stream, source, arrival(2))
    wire.full = False
    pass_on(stream, source, arrival(3))
    assert numbers(wire) == [0, 2]
    assert (stream.packets, stream.lost) == (2, 1)


def test_the_report_has_the_publishers_clock_and_this_streams_timestamps() -> None:
    wire, source = Wire(), inbound()
    stream = outbound(wire)
    stream.want(source, stream.agreed.codec)
    pass_on(stream, source, arrival(1, timestamp=9000))
    assert stream.report(0) is None
    source.note_report(7 << 32, 9000, 0)
    report = stream.report(1000 * MS)
    assert report is not None
    assert report.ntp_timestamp == 8 << 32
    assert report.rtp_timestamp == (wire.sent[0].timestamp + 90_000) & 0xFFFFFFFF
    assert (report.packet_count, report.octet_count) == (1, 7)
