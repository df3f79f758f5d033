"""What checks compare, count and name, without a connection."""

import math
from array import array

import pytest

from wirescope.lab.checks.customization import codecs_in, media_of
from wirescope.lab.checks.data_types import heard_in, text_of
from wirescope.lab.checks.implementations import without_application
from wirescope.transports.webrtc.media import AudioData
from wirescope.wire.sdp import parse_sdp

SDP = """\
v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111 126
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=rtpmap:126 telephone-event/8000
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
m=video 9 UDP/TLS/RTP/SAVPF 98 99 100
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
a=rtcp-fb:98 nack
a=rtcp-fb:98 nack pli
a=rtcp-fb:98 transport-cc
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:100 VP9/90000
a=fmtp:100 profile-id=2
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:2 urn:ietf:params:rtp-hdrext:toffset
"""


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 65_536])
def test_a_text_has_as_many_bytes_as_asked_for(size: int) -> None:
    assert len(text_of(size).encode()) == size


def test_a_tone_is_heard_at_its_frequency() -> None:
    blocks = []
    for number in range(50):
        samples = array("h")
        for index in range(480):
            wave = round(8_000 * math.sin(2 * math.pi * 440 * (number * 480 + index) / 48_000))
            samples.extend((wave, 0))  # the second channel is silent
        blocks.append(AudioData(48_000, 2, samples.tobytes()))
    heard = heard_in(blocks)
    assert heard.samples == 24_000
    assert heard.frequency_hz == pytest.approx(440, abs=4)


def test_what_accompanies_a_codec_is_none() -> None:
    described = parse_sdp(SDP)
    assert codecs_in(described, "video") == ["VP9"]
    assert codecs_in(described, "audio") == ["opus"]


def test_profiles_extensions_and_feedback_are_counted() -> None:
    agreed = media_of(parse_sdp(SDP))
    assert (agreed.profiles, agreed.extensions, agreed.feedback) == (2, 2, 3)


def test_a_use_case_without_an_application_is_told_by_the_servers_list() -> None:
    said = without_application("There is no / here; there are /echo, /chat, /game.")
    assert said == "No application yet: stock ticker, video conference, file sharing."
    every = "/echo, /chat, /ticker, /game, /conference, /files"
    assert without_application(every) == without_application("Not found") == ""
