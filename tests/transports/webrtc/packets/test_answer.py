"""Offers are read and answered."""

import pytest

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc.description import Description
from wirescope.transports.webrtc.packets.answer import (
    TRANSPORT_SEQUENCE,
    Local,
    agree_with_publisher,
    agree_with_viewer,
    write_answer,
)
from wirescope.transports.webrtc.packets.offer import Codec, Offer, read_offer

CODECS = ("opus", "VP8", "VP9", "H264")
LOCAL = Local(1, "frag", "password", "AA:BB", "active", ["1 1 udp 1 127.0.0.1 9 typ host"])

HEAD = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
"""

AUDIO = """m=audio 9 UDP/TLS/RTP/SAVPF 111 63
c=IN IP4 0.0.0.0
a=candidate:1 1 udp 5 192.0.2.1 5000 typ host
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 00:11
a=setup:actpass
a=mid:0
a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=sendonly
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
"""

VIDEO = """m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99
c=IN IP4 0.0.0.0
a=candidate:1 1 udp 5 192.0.2.1 5001 typ host
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 00:11
a=setup:actpass
a=mid:1
a=extmap:3 urn:3gpp:video-orientation
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 transport-cc
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=ssrc-group:FID 1000 2000
"""

WHOLE = HEAD + AUDIO + VIDEO


def read(sdp: str = WHOLE) -> Offer:
    return read_offer(Description("offer", sdp.replace("\n", "\r\n")))


def test_an_offer_is_read() -> None:
    offer = read()
    audio, video = offer.sections
    assert (offer.fragment, offer.setup, offer.fingerprints) == (
        "abcd",
        "actpass",
        (("sha-256", "00:11"),),
    )
    assert offer.bundled == {"0", "1"}
    assert [each.name for each in audio.codecs] == ["opus", "red"]
    assert [(each.name, each.rtx) for each in video.codecs] == [("VP8", 97), ("VP9", 99)]
    assert video.retransmits == {2000: 1000}


def test_of_bundled_sections_only_the_first_ones_addresses_are_used() -> None:
    assert [each.text for each in read().candidates] == [
        "candidate:1 1 udp 5 192.0.2.1 5000 typ host"
    ]


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "v=0\n",
        "hello",
        WHOLE.replace("a=ice-pwd:abcdefghijklmnopqrstuvwx\n", ""),
        WHOLE.replace("a=fingerprint:sha-256 00:11\n", ""),
        WHOLE.replace("m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "m=audio"),
        HEAD + VIDEO * 40,
    ],
)
def test_what_is_no_offer_is_refused(sdp: str) -> None:
    with pytest.raises(DescriptionError):
        read(sdp)


@pytest.mark.parametrize(
    ("line", "instead"),
    [("a=rtpmap:98 VP9/90000", "a=rtpmap:98 VP9/fast"), ("a=mid:1", "a=mid:1\na=extmap:3")],
)
def test_a_line_that_cannot_be_read_is_passed_over(line: str, instead: str) -> None:
    offer = read(WHOLE.replace(line, instead))
    assert [each.codec.name for each in agree_with_publisher(offer, CODECS)] == ["opus", "VP8"]


def test_an_answer_is_no_offer() -> None:
    with pytest.raises(DescriptionError):
        read_offer(Description("answer", WHOLE))


def test_each_cut_or_changed_offer_is_read_or_refused() -> None:
    for at in range(0, len(WHOLE), 3):
        for sdp in (
            WHOLE[:at],
            WHOLE[:at] + "\x00" + WHOLE[at + 1 :],
            WHOLE[:at] + WHOLE[at + 9 :],
        ):
            try:
                offer = read(sdp)
                agreed = agree_with_publisher(offer, CODECS)
                write_answer(offer, agreed, LOCAL, sends=False)
            except DescriptionError:
                pass


def test_a_publisher_is_answered_with_its_first_codec_that_is_taken() -> None:
    offer = read()
    agreed = agree_with_publisher(offer, CODECS)
    assert [(each.kind, each.codec.name) for each in agreed] == [
        ("audio", "opus"),
        ("video", "VP8"),
    ]
    assert [each.codec.name for each in agree_with_publisher(offer, ("VP9",))] == ["VP9"]
    lines = write_answer(offer, agreed, LOCAL, sends=False).split("\r\n")
    assert "m=video 9 UDP/TLS/RTP/SAVPF 96 97" in lines
    assert "a=group:BUNDLE 0 1" in lines
    assert lines.count("a=recvonly") == 2
    assert "a=rtcp-fb:96 nack pli" in lines
    assert "a=rtcp-fb:96 goog-remb" not in lines
    assert "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" not in lines
    assert not [each for each in lines if each.startswith("a=ssrc")]


def test_a_section_for_which_there_is_no_codec_is_rejected() -> None:
    offer = read()
    answer = write_answer(offer, agree_with_publisher(offer, ("opus",)), LOCAL, sends=False)
    assert "m=video 0 UDP/TLS/RTP/SAVPF 96 97 98 99" in answer
    assert "a=group:BUNDLE 0\r\n" in answer


def test_the_section_whose_transport_is_shared_is_not_rejected() -> None:
    offer = read()
    answer = write_answer(offer, agree_with_publisher(offer, ("VP8",)), LOCAL, sends=False)
    lines = answer.split("\r\n")
    assert "a=group:BUNDLE 0 1" in lines
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111" in lines
    assert [each for each in lines if each in ("a=inactive", "a=recvonly")] == [
        "a=inactive",
        "a=recvonly",
    ]


def test_layers_are_taken_in_the_order_in_which_they_are_offered() -> None:
    layers = "a=rid:q send\na=rid:h send\na=simulcast:send q;~h\n"
    offer = read(WHOLE + layers)
    answer = write_answer(offer, agree_with_publisher(offer, CODECS), LOCAL, sends=False)
    assert "a=rid:q recv\r\na=rid:h recv\r\na=simulcast:recv q;h\r\n" in answer


def viewer_offer(video: str = VIDEO) -> Offer:
    return read((HEAD + AUDIO + video).replace("a=sendonly", "a=recvonly"))


def test_a_viewer_is_answered_with_what_is_published() -> None:
    published = {each.kind: each for each in agree_with_publisher(read(), ("VP9", "opus"))}
    offer = viewer_offer()
    agreed = agree_with_viewer(offer, published, [10, 11, 20, 21], ("VP9", "opus"))
    lines = write_answer(offer, agreed, LOCAL, sends=True).split("\r\n")
    assert "m=video 9 UDP/TLS/RTP/SAVPF 98 99" in lines
    assert lines.count("a=sendonly") == 2
    assert "a=ssrc-group:FID 20 21" in lines
    assert lines.index("a=ssrc:20 cname:wirescope") < lines.index("a=ssrc:21 cname:wirescope")


def test_a_viewer_is_told_of_the_codecs_that_another_publisher_may_come_with() -> None:
    published = {each.kind: each for each in agree_with_publisher(read(), ("VP9", "opus"))}
    offer = viewer_offer()
    agreed = agree_with_viewer(offer, published, [10, 11, 20, 21], CODECS)
    lines = write_answer(offer, agreed, LOCAL, sends=True).split("\r\n")
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111" in lines
    assert "m=video 9 UDP/TLS/RTP/SAVPF 98 99 96 97" in lines
    (video,) = [each for each in agreed if each.kind == "video"]
    assert video.codec_like(Codec(1, "vp8", 90_000)) == video.others[0]
    assert video.codec_like(Codec(1, "H264", 90_000)) is None


def test_pictures_are_numbered_for_a_viewer_and_sound_is_not() -> None:
    published = {each.kind: each for each in agree_with_publisher(read(), CODECS)}
    offer = viewer_offer()
    agreed = agree_with_viewer(offer, published, [10, 11, 20, 21], CODECS)
    answer = write_answer(offer, agreed, LOCAL, sends=True)
    assert "a=rtcp-fb:96 transport-cc" in answer
    assert f"a=extmap:4 {TRANSPORT_SEQUENCE}" in answer
    assert "a=rtcp-fb:111 transport-cc" not in answer


def test_a_viewer_without_the_codec_gets_nothing() -> None:
    published = {each.kind: each for each in agree_with_publisher(read(), ("VP8",))}
    offer = viewer_offer(VIDEO.replace("VP8", "H263"))
    assert agree_with_viewer(offer, published, [1, 2, 3, 4], CODECS) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Codec(1, "VP8", 90_000), Codec(2, "vp8", 90_000), True),
        (Codec(1, "VP9", 90_000), Codec(2, "VP9", 90_000, "", "profile-id=0"), True),
        (Codec(1, "VP9", 90_000), Codec(2, "VP9", 90_000, "", "profile-id=2"), False),
        (Codec(1, "opus", 48_000, "2"), Codec(2, "opus", 48_000), False),
        (
            Codec(1, "H264", 90_000, "", "packetization-mode=1;profile-level-id=42e01f"),
            Codec(2, "H264", 90_000, "", "profile-level-id=42E034; packetization-mode=1"),
            True,
        ),
        (
            Codec(1, "H264", 90_000, "", "packetization-mode=1;profile-level-id=42e01f"),
            Codec(2, "H264", 90_000, "", "packetization-mode=0;profile-level-id=42e01f"),
            False,
        ),
    ],
)
def test_formats_are_the_same_where_one_side_decodes_the_others(
    one: Codec, other: Codec, *, same: bool
) -> None:
    assert one.is_same_format(other) is same
