"""What the lines of a section say, and what changes when one is changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.sdp.samples import OFFER, texts
from wirescope.errors import DescriptionError
from wirescope.wire.sdp import (
    ConnectionData,
    ExtMap,
    Fingerprint,
    Fmtp,
    IceCandidate,
    MediaLine,
    Msid,
    Rid,
    RtcpFeedback,
    RtpMap,
    Simulcast,
    SimulcastId,
    SsrcAttribute,
    SsrcGroup,
    new_attribute,
    new_line,
    parse_fragment,
    parse_sdp,
)

AUDIO, VIDEO, DATA = parse_sdp(OFFER).media


def section(*lines, ending="\r\n"):
    return parse_fragment("".join(line + ending for line in lines)).media[0]


def test_what_a_section_is_of_is_read():
    assert AUDIO.media == MediaLine("audio", 9, None, "UDP/TLS/RTP/SAVPF", ("111", "0"))
    assert DATA.media == MediaLine("application", 9, None, "UDP/DTLS/SCTP", ("webrtc-datachannel",))
    connection = AUDIO.connection
    assert connection == ConnectionData("IN", "IP4", "0.0.0.0")
    assert (connection.network_type, connection.address_type) == ("IN", "IP4")
    assert section("m=audio 49170/2 RTP/AVP 0").media == MediaLine(
        "audio", 49170, 2, "RTP/AVP", ("0",)
    )


def test_how_a_section_is_reached_is_read():
    assert AUDIO.ice_ufrag == "abcd"
    assert AUDIO.ice_pwd == "0123456789abcdefghijkl"
    assert AUDIO.ice_options == ("trickle", "renomination")
    assert AUDIO.setup == "actpass"
    assert AUDIO.fingerprints == [Fingerprint("sha-256", "00:11:22:AA")]
    assert AUDIO.fingerprints[0].digest == bytes.fromhex("001122aa")
    assert AUDIO.rtcp_mux
    assert AUDIO.rtcp_rsize
    assert AUDIO.has_all_candidates
    assert not VIDEO.has_all_candidates
    assert parse_fragment("a=end-of-candidates\r\n").session.has_all_candidates


def test_candidates_are_read_with_all_that_follows():
    first, tcp, reflexive = AUDIO.candidates
    assert first == IceCandidate(
        *("1", 1, "udp", 2122260223, "192.0.2.1", 50000, "host"),
        extensions=(("generation", "0"), ("network-id", "1")),
    )
    assert tcp.extension("tcptype") == "active"
    assert tcp.extension("ufrag") is None
    assert (reflexive.related_address, reflexive.related_port) == ("192.0.2.1", 50000)


def test_candidates_are_written_as_they_were_read():
    written = [f"a={candidate}" for candidate in AUDIO.candidates]
    assert written == [line.text for line in AUDIO.lines if line.name == "candidate"]


def test_what_a_section_sends_is_read():
    assert AUDIO.mid == "0"
    assert AUDIO.direction == "sendrecv"
    assert VIDEO.direction == "sendonly"
    assert DATA.direction is None
    assert AUDIO.extmaps == [
        ExtMap(1, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
        ExtMap(4, "urn:ietf:params:rtp-hdrext:sdes:mid", "recvonly"),
    ]
    assert AUDIO.msids == [Msid("stream", "track")]
    assert AUDIO.msids[0].track == "track"
    assert AUDIO.rtpmaps == [RtpMap(111, "opus", 48000, 2), RtpMap(0, "PCMU", 8000)]
    assert AUDIO.rtpmaps[0].clock_rate == 48000
    assert VIDEO.fmtps == [Fmtp("97", "apt=96")]
    assert AUDIO.fmtps[0].pairs == (("minptime", "10"), ("useinbandfec", "1"))
    assert VIDEO.rtcp_feedback == [
        RtcpFeedback("*", "ccm", "fir"),
        RtcpFeedback("96", "nack", "pli"),
    ]
    assert AUDIO.ssrcs == [
        SsrcAttribute(1001, "cname", "name"),
        SsrcAttribute(1001, "msid", "stream track"),
    ]
    assert VIDEO.ssrc_groups == [SsrcGroup("FID", (2001, 2002))]


def test_simulcast_and_its_streams_are_read():
    high, low = VIDEO.rids
    assert high == Rid("h", "send")
    assert low.restrictions == (("pt", "96,97"), ("max-width", "320"), ("flag", None))
    assert low.payload_types == ("96", "97")
    assert high.payload_types == ()
    assert VIDEO.simulcast == Simulcast(
        send=((SimulcastId("h"),), (SimulcastId("l"), SimulcastId("m", paused=True))),
        receive=((SimulcastId("x"),),),
    )


def test_the_end_of_the_association_is_read():
    assert DATA.sctp_port == 5000
    assert DATA.max_message_size == 262144
    assert DATA.values("x-unknown") == ["kept as it is"]


def test_what_cannot_be_read_is_passed_over():
    broken = section(
        "m=audio", "a=mid:", "a=rtpmap:x", "a=rtpmap:96 VP8/90000", "c=IN", "a=setup:y"
    )
    assert broken.media is None
    assert broken.is_rejected
    assert broken.mid is None
    assert broken.setup is None
    assert broken.connection is None
    assert broken.rtpmaps == [RtpMap(96, "VP8", 90000)]


@pytest.mark.parametrize(
    ("lines", "rejected"),
    [
        (["m=audio 9 P 0"], False),
        (["m=audio 0 P 0"], True),
        (["m=audio 0 P 0", "a=bundle-only"], False),
    ],
)
def test_a_port_of_zero_refuses_a_section(lines, rejected):
    assert section(*lines).is_rejected == rejected


def texts_of(changed):
    return [line.text for line in changed.lines]


def test_an_attribute_is_changed_where_it_stands_and_once():
    before = section("m=audio 9 P 0", "a=setup:x", "odd", "a=setup:y", "a=z")
    assert texts_of(before.with_attribute("setup", "active")) == [
        *("m=audio 9 P 0", "a=setup:active", "odd", "a=z")
    ]
    assert texts_of(before.with_attribute("mid", "1"))[-2:] == ["a=z", "a=mid:1"]


def test_an_attribute_is_added_after_its_like():
    before = section("m=audio 9 P 0", "a=candidate:1", "a=z")
    added = before.with_added("candidate", "2").with_added("end-of-candidates")
    assert texts_of(added) == [
        *("m=audio 9 P 0", "a=candidate:1", "a=candidate:2", "a=z", "a=end-of-candidates")
    ]


def test_attributes_are_taken_out_by_name():
    before = section("m=audio 9 P 0", "a=candidate:1", "a=candidates", "a=", "a=candidate")
    assert texts_of(before.without("candidate", "")) == ["m=audio 9 P 0", "a=candidates", "a="]


def test_a_direction_takes_the_place_of_another():
    before = section("m=audio 9 P 0", "a=sendonly", "a=z", "a=inactive")
    assert texts_of(before.with_direction("recvonly")) == ["m=audio 9 P 0", "a=recvonly", "a=z"]
    assert texts_of(section("m=audio 9 P 0").with_direction("inactive"))[-1] == "a=inactive"


def test_a_format_goes_with_all_that_is_said_of_it():
    less = VIDEO.without_format("97")
    assert less.media is not None
    assert less.media.formats == ("96",)
    assert set(texts_of(VIDEO)) - set(texts_of(less)) == {
        *("m=video 9 UDP/TLS/RTP/SAVPF 96 97", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96")
    }


def test_the_last_format_cannot_be_taken_out():
    with pytest.raises(DescriptionError, match="a format"):
        DATA.without_format("webrtc-datachannel")


def test_a_section_can_be_refused():
    refused = AUDIO.with_media(MediaLine("audio", 0, None, "UDP/TLS/RTP/SAVPF", ("111",)))
    assert refused.is_rejected
    assert refused.lines[1:] == AUDIO.lines[1:]


def test_new_lines_end_as_the_others_do():
    before = section("m=audio 9 P 0", "a=sendonly", ending="\n")
    changed = before.with_attribute("mid", "1").with_added("z").with_direction("inactive")
    assert {line.ending for line in changed.lines} == {"\n"}


@pytest.mark.parametrize(
    ("name", "value"), [("", "x"), ("a:b", "x"), ("a", "x\r\na=y"), ("a\n", None), ("a", "x\r")]
)
def test_what_would_be_read_otherwise_is_not_written(name, value):
    with pytest.raises(ValueError, match="is not"):
        new_attribute(name, value)


@pytest.mark.parametrize(("kind", "value"), [("", "x"), ("ab", "x"), ("\n", "x"), ("s", "x\ny")])
def test_what_is_no_line_is_not_written(kind, value):
    with pytest.raises(ValueError, match="not one line"):
        new_line(kind, value)


ACCESSORS = [
    name
    for name in (*type(AUDIO).__mro__[0].__dict__, *type(AUDIO).__mro__[1].__dict__)
    if isinstance(getattr(type(AUDIO), name), property)
]


@settings(deadline=None)
@given(texts)
def test_accessors_read_any_section(text):
    for each in parse_fragment(text).media:
        for name in ACCESSORS:
            getattr(each, name)


@settings(deadline=None)
@given(texts, st.sampled_from(["mid", "x", "candidate"]), st.text(max_size=10))
def test_a_changed_attribute_is_read_back_and_the_rest_stays(text, name, value):
    before = parse_fragment(text + "\nm=audio 9 P 0")
    value = value.replace("\r", "").replace("\n", "")
    place = len(before.media) - 1
    changed = before.with_media(place, before.media[place].with_attribute(name, value))
    again = parse_fragment(str(changed))
    assert again.media[place].values(name) == [value]
    assert [line.text for line in again.lines][:-1] == [line.text for line in before.lines]
