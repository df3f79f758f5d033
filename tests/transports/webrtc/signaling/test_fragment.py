"""SDP fragments of ICE: read, written, cut out of a description and put into one."""

import random

import pytest

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc import END_OF_CANDIDATES, Candidate
from wirescope.transports.webrtc.signaling import Fragment

UFRAG, PASSWORD = "EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"
HOST = "candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host"
OTHER = "candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host"

TEXT = (
    "a=ice-options:trickle ice2\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
    f"a=ice-ufrag:{UFRAG}\r\na=ice-pwd:{PASSWORD}\r\n"
    f"a={HOST}\r\na={OTHER}\r\na=end-of-candidates\r\n"
)

SDP = (
    "v=0\r\no=- 5228595038118931041 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
    "a=candidate:9 1 udp 1 192.0.2.9 9 typ host\r\n"
    "a=ice-ufrag:old1\r\na=ice-pwd:oldoldoldoldoldoldoldold\r\na=mid:0\r\na=sendonly\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:old1\r\na=ice-pwd:oldoldoldoldoldoldoldold\r\na=mid:1\r\n"
)


def test_a_fragment_is_read() -> None:
    fragment = Fragment.parse(TEXT)
    assert (fragment.ufrag, fragment.password, fragment.mid) == (UFRAG, PASSWORD, "0")
    assert fragment.media == "m=audio 9 UDP/TLS/RTP/SAVPF 111"
    assert fragment.candidates == (
        Candidate(HOST, "0", None, UFRAG),
        Candidate(OTHER, "0", None, UFRAG),
        END_OF_CANDIDATES,
    )


def test_what_is_written_is_read_again() -> None:
    fragment = Fragment.parse(TEXT)
    assert fragment.text() == TEXT
    assert Fragment.parse(fragment.text()) == fragment


def test_lines_may_end_with_a_line_feed_alone() -> None:
    assert Fragment.parse(TEXT.replace("\r\n", "\n")) == Fragment.parse(TEXT)


def test_candidates_without_a_media_section_belong_to_the_first() -> None:
    assert Fragment.parse(f"a={HOST}\r\n").candidates == (Candidate(HOST, None, 0, None),)


def test_a_candidate_that_each_section_repeats_counts_once() -> None:
    section = f"m=audio 9 RTP/AVP 0\r\na=mid:%d\r\na={HOST}\r\n"
    assert len(Fragment.parse(section % 0 + section % 1).candidates) == 1


def test_a_description_gives_its_fragment() -> None:
    fragment = Fragment.of(SDP)
    assert (fragment.ufrag, fragment.mid, len(fragment.candidates)) == ("old1", "0", 1)
    assert fragment.lines == ("a=group:BUNDLE 0 1",)


def test_a_description_keeps_its_credentials_where_a_fragment_says_none() -> None:
    candidate = "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host"
    put = Fragment.of(Fragment.parse(f"a=mid:0\r\n{candidate}\r\n").put_into(SDP))
    own = Fragment.of(SDP)
    assert (put.ufrag, put.password) == (own.ufrag, own.password)
    assert [f"a={each.text}" for each in put.candidates] == [candidate]


def test_a_restart_changes_the_description_s_ice_and_nothing_else() -> None:
    before, after = SDP.splitlines(), Fragment.parse(TEXT).put_into(SDP).splitlines()
    assert [line for line in before if line not in after] == [
        "o=- 5228595038118931041 2 IN IP4 127.0.0.1",
        "a=candidate:9 1 udp 1 192.0.2.9 9 typ host",
        *["a=ice-ufrag:old1", "a=ice-pwd:oldoldoldoldoldoldoldold"] * 2,
    ]
    assert after[1] == "o=- 5228595038118931041 3 IN IP4 127.0.0.1"
    assert after.count(f"a=ice-ufrag:{UFRAG}") == after.count(f"a=ice-pwd:{PASSWORD}") == 2
    assert after.index(f"a={HOST}") < after.index("m=video 9 UDP/TLS/RTP/SAVPF 96")
    assert after.count(f"a={HOST}") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"candidate": "candidate:1"}',
        "a=mid:0\r\n",
        "candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n",
        "m=audio\r\na=ice-ufrag:EsAw\r\n",
        "a=ice-ufrag:abc\r\n",
        "a=ice-ufrag:has blank\r\n",
        f"a=ice-pwd:{PASSWORD}\r\n",
        "a=ice-ufrag:EsAw\r\na=ice-pwd:short\r\n",
        "a=ice-ufrag:EsAw\r\na=ice-pwd:" + "x" * 257 + "\r\n",
        f"a={HOST}{'x' * 1024}\r\n",
        "".join(f"a=candidate:{number} 1 udp 1 192.0.2.1 1 typ host\r\n" for number in range(300)),
        f"a={HOST}\r\n" * 2000,
        "<html></html>",
    ],
)
def test_what_is_no_fragment_is_refused(text: str) -> None:
    with pytest.raises(DescriptionError):
        Fragment.parse(text)


def test_no_garbage_makes_the_reader_stumble() -> None:
    chance = random.Random(8840)
    for _ in range(20_000):
        text = list(TEXT)
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(len(text))
            text[at : at + chance.randrange(3)] = chr(chance.randrange(1, 300))
        try:
            Fragment.parse("".join(text)).put_into(SDP)
        except DescriptionError:
            continue


def test_a_version_of_more_digits_than_any_number_stays_as_it_is() -> None:
    for version in ("9" * 5000, "9" * 20, "x", ""):
        old = SDP.replace(" 2 IN IP4 127", f" {version} IN IP4 127")
        assert f" {version} IN IP4 127" in Fragment.parse(TEXT).put_into(old)
