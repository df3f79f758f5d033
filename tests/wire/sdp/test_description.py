"""A description is read into sections and given back to the character."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.wire.sdp.samples import OFFER, texts
from wirescope.errors import DescriptionError
from wirescope.wire.sdp import (
    MAX_CHARACTERS,
    MAX_LINES,
    MAX_SECTIONS,
    Group,
    MediaLine,
    Origin,
    build_description,
    build_media,
    check_description,
    parse_fragment,
    parse_sdp,
)


@given(texts)
@example(OFFER)
@example("v=0\r\r\n\n\rm=\n\n a=x\x0b\u2028y\r")
@example("v=0")
@example("")
def test_any_text_comes_back_to_the_character(text):
    description = parse_fragment(text)
    assert str(description) == text
    assert "".join(line.text + line.ending for line in description.lines) == text


@given(st.binary(max_size=200))
@example(b"v=0\r\ns=\xff\xed\xa0\x80\xe2\x82\r\n")
def test_any_bytes_come_back_as_they_were(data):
    assert parse_fragment(data).encode() == data


def test_text_that_no_bytes_can_hold_is_refused_when_bytes_are_wanted():
    description = parse_sdp("v=0\ns=\ud800\n")
    assert str(description) == "v=0\ns=\ud800\n"
    with pytest.raises(DescriptionError, match="no text"):
        description.encode()


def test_a_section_begins_at_each_m_line():
    description = parse_sdp(OFFER)
    assert [section.lines[0].text[:4] for section in description.media] == ["m=au", "m=vi", "m=ap"]
    assert len(description.session.lines) == 7
    assert [section.number for section in description.media] == [8, 33, 46]
    numbered = [
        line
        for section in (description.session, *description.media)
        for line in enumerate(section.lines, section.number)
    ]
    assert numbered == list(enumerate(description.lines, 1))


def test_what_the_session_says_is_read():
    description = parse_sdp(OFFER)
    assert description.origin == Origin("-", "4611731400430051336", "2", "IN", "IP4", "127.0.0.1")
    assert (description.origin.network_type, description.origin.address_type) == ("IN", "IP4")
    assert description.groups == [Group("BUNDLE", ("0", "1", "data"))]
    assert description.bundles == [("0", "1", "data")]
    assert description.mids == ["0", "1", "data"]
    assert description.find("1") is description.media[1]
    assert description.find("2") is None


SESSION_LEVEL = """v=0
a=inactive
a=setup:active
a=fingerprint:sha-256 00
a=ice-ufrag:sess
a=ice-pwd:0123456789012345678901
a=ice-options:ice2 trickle
m=audio 9 P 0
m=video 9 P 0
a=recvonly
a=setup:passive
a=fingerprint:sha-256 01
a=ice-ufrag:medi
a=ice-options:trickle x
"""


def test_a_section_inherits_what_it_does_not_say():
    description = parse_sdp(SESSION_LEVEL)
    silent, own = description.media
    assert description.direction_of(silent) == "inactive"
    assert description.direction_of(own) == "recvonly"
    assert description.setup_of(silent) == "active"
    assert description.setup_of(own) == "passive"
    assert [each.value for each in description.fingerprints_of(silent)] == ["00"]
    assert [each.value for each in description.fingerprints_of(own)] == ["01"]
    assert description.ice_credentials_of(silent) == ("sess", "0123456789012345678901")
    assert description.ice_credentials_of(own) == ("medi", "0123456789012345678901")
    assert description.ice_options_of(own) == ("ice2", "trickle", "x")


def test_media_go_both_ways_unless_it_is_said_otherwise():
    description = parse_sdp("v=0\nm=audio 9 P 0\n")
    assert description.direction_of(description.media[0]) == "sendrecv"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "this is empty"),
        ("<html>\nv=0", "begins with '<html>'"),
        ("\nv=0", "this is empty"),
        ("\ufeffv=0", "begins with"),
    ],
)
def test_what_is_no_description_is_refused_with_its_first_line(text, says):
    with pytest.raises(DescriptionError, match=f"^Line 1: .*{says}"):
        parse_sdp(text)


def test_a_fragment_need_not_begin_with_a_version():
    fragment = parse_fragment("a=ice-ufrag:abcd\r\nm=audio 9 P 0\r\na=mid:0\r\na=candidate:x\r\n")
    assert fragment.session.ice_ufrag == "abcd"
    assert fragment.media[0].mid == "0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v" * (MAX_CHARACTERS + 1), "characters"),
        ("v=0" + "\n" * (MAX_LINES + 1), f"^Line {MAX_LINES + 1}: .* lines"),
        ("v=0\n" + "m=\n" * (MAX_SECTIONS + 1), f"^Line {MAX_SECTIONS + 2}: .* sections"),
    ],
)
def test_sizes_are_bounded(text, says):
    with pytest.raises(DescriptionError, match=says):
        parse_sdp(text)


def test_as_much_as_is_allowed_is_read():
    parse_sdp("v=0\n" + "m=\n" * MAX_SECTIONS)
    parse_sdp("v=0" + "\n" * MAX_LINES)
    parse_sdp("v=0".ljust(MAX_CHARACTERS))


def test_a_changed_section_takes_its_place_and_the_rest_stays():
    description = parse_sdp(OFFER)
    changed = description.with_media(0, description.media[0].with_added("x"))
    assert str(changed) == OFFER.replace("m=video", "a=x\r\nm=video")
    assert [section.number for section in changed.media] == [8, 34, 47]
    assert str(description) == OFFER


def test_the_session_can_be_changed():
    description = parse_sdp(OFFER)
    changed = description.with_session(description.session.with_attribute("ice-lite"))
    assert changed.media[0].number == 9
    assert str(changed) == OFFER.replace("m=audio", "a=ice-lite\r\nm=audio")


def test_a_section_can_be_added_after_text_that_does_not_end_its_last_line():
    description = parse_sdp("v=0\nm=audio 9 P 0\na=x")
    changed = description.with_added(description.media[0].with_attribute("mid", "1"))
    assert str(changed) == "v=0\n" + "m=audio 9 P 0\na=x\n" * 2 + "a=mid:1\n"


def test_more_sections_than_are_allowed_are_not_added():
    description = parse_sdp("v=0\n" + "m=\n" * MAX_SECTIONS)
    with pytest.raises(DescriptionError, match="sections"):
        description.with_added(description.media[0])


def test_a_description_can_be_built():
    audio = build_media(
        MediaLine("audio", 9, None, "UDP/TLS/RTP/SAVPF", ("111",)),
        attributes=[("mid", "0"), ("rtcp-mux", None)],
    )
    built = build_description(
        session_id=7, attributes=[("group", "BUNDLE 0")], media=[audio, audio]
    )
    assert str(built) == (
        "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
        + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n" * 2
    )
    assert check_description(built) == []
    assert parse_sdp(str(built)) == built


def test_a_media_line_that_would_be_none_is_not_built():
    with pytest.raises(DescriptionError, match="format"):
        build_media(MediaLine("audio", 9, None, "RTP/AVP", ()))
