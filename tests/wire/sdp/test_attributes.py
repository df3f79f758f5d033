"""Values of attributes are read by the grammar of their RFCs, or refused with what was expected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import DescriptionError
from wirescope.wire.sdp import IceCandidate, check_description, parse_candidate, parse_sdp

GOOD = {
    "candidate": [
        "1 1 UDP 1 host.local 9 typ host",
        "a+/9 256 tcp 4294967295 2001:db8::1 0 typ relay raddr :: rport 0 tcptype passive",
        "1 1 udp 1 192.0.2.1 9 typ srflx rport 5 raddr 192.0.2.2",
        "1 1 udp 1 192.0.2.1 9 typ new",
    ],
    "extmap": ["1 urn:a", "14/inactive urn:a", "255 urn:a more  words", "4096 urn:a"],
    "fingerprint": ["sha-256 00", "SHA-1 aB:cD"],
    "fmtp": ["96 a=b", "* x", "webrtc-datachannel max-message-size=1000"],
    "group": ["BUNDLE", "BUNDLE 0", "LS a b"],
    "ice-options": ["trickle", "a b"],
    "ice-pwd": ["a" * 22, "+/" * 128],
    "ice-ufrag": ["abcd", "+/09"],
    "max-message-size": ["0", "18446744073709551615"],
    "mid": ["0", "audio", "x-1!"],
    "msid": ["-", "- track", "stream"],
    "rid": ["1 send", "a_b-c recv pt=96", "l send max-br=1;flag"],
    "rtcp-fb": ["* nack", "96 nack pli", "96 trr-int 100"],
    "rtpmap": ["0 PCMU/8000", "127 opus/48000/2", "96 H264/90000 "],
    "sctp-port": ["0", "65535"],
    "setup": ["active", "passive", "actpass", "holdconn"],
    "simulcast": ["send a", "recv a;b", "send a,~b;c recv d"],
    "ssrc": ["0 cname:x", "4294967295 flag", "1 label:a:b"],
    "ssrc-group": ["FID", "SIM 1 2 3"],
}

BAD = {
    "candidate": [
        "",
        "1 1 udp 1 192.0.2.1 9 typ",
        "1 1 udp 1 192.0.2.1 9 type host",
        "1 257 udp 1 192.0.2.1 9 typ host",
        "1 1 udp 4294967296 192.0.2.1 9 typ host",
        "1 1 udp -1 192.0.2.1 9 typ host",
        "1 1 udp 1 192.0.2.1 65536 typ host",
        "1 1 udp 1 192.0.2.1 9 typ host generation",
        "1 1 udp 1 192.0.2.1 9 typ srflx raddr 192.0.2.2 rport x",
        "! 1 udp 1 192.0.2.1 9 typ host",
        f"{'1' * 33} 1 udp 1 192.0.2.1 9 typ host",
        f"1 1 udp {'1' * 5000} 192.0.2.1 9 typ host",
        "1 ² udp 1 192.0.2.1 9 typ host",
    ],
    "extmap": ["", "x urn:a", "0 urn:a", "4352 urn:a", "1/both urn:a", "1"],
    "fingerprint": ["", "sha-256", "sha-256 0", "sha-256 00:1", "sha-256 00:xx", "sha-256 0000"],
    "fmtp": ["", "96", "96 ", " a=b"],
    "group": ["", " "],
    "ice-options": ["", " "],
    "ice-pwd": ["a" * 21, "a" * 257, "a-" * 11],
    "ice-ufrag": ["abc", "a" * 257, "ab d"],
    "max-message-size": ["", "-1", "x", "18446744073709551616", "٣"],
    "mid": ["", "a b", "ü"],
    "msid": ["", "a b c"],
    "rid": ["", "a", "a both", "a.b send", "a send ;", "a send "],
    "rtcp-fb": ["", "96", "x nack", "² nack"],
    "rtpmap": ["", "96", "128 VP8/90000", "96 VP8", "96 VP8/x", "96 VP8/90000/2/3"],
    "sctp-port": ["", "65536", "5000 x"],
    "setup": ["", "ACTIVE", "actpass "],
    "simulcast": [
        "",
        "send",
        "a;b",
        "send a recv",
        "send a send b",
        "send a;;b",
        "send ~",
        "both a",
    ],
    "ssrc": ["", "1", "x cname:y", "4294967296 cname:y", "1 "],
    "ssrc-group": ["", "FID x", "FID 4294967296"],
}


def problems(name, value):
    text = f"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=a 9 P 0\r\na={name}:{value}\r\n"
    return check_description(parse_sdp(text))


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in GOOD.items() for v in values])
def test_a_value_that_follows_its_grammar_is_no_problem(name, value):
    assert problems(name, value) == []


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_a_value_that_does_not_is_named_with_its_line_and_what_was_expected(name, value):
    (problem,) = problems(name, value)
    assert problem.line == 6
    assert problem.clause.startswith("RFC ")
    assert " is not " in problem.message
    assert len(problem.message) < 250


@pytest.mark.parametrize("before", ["", "candidate:", "a=candidate:"])
def test_a_candidate_is_read_as_it_is_sent_by_any_signaling(before):
    found = parse_candidate(f"{before}1 1 udp 5 192.0.2.1 9 typ host")
    assert found == IceCandidate("1", 1, "udp", 5, "192.0.2.1", 9, "host")


names = st.text("abcz019+/", min_size=1, max_size=8)


@given(
    st.builds(
        IceCandidate,
        names,
        st.integers(0, 256),
        st.sampled_from(["udp", "tcp", "TCP"]),
        st.integers(0, 0xFFFFFFFF),
        names,
        st.integers(0, 0xFFFF),
        names,
        st.none() | names,
        st.none() | st.integers(0, 0xFFFF),
        st.lists(st.tuples(names, names), max_size=3).map(tuple),
    )
)
def test_a_candidate_that_was_written_is_read_back(candidate):
    assert parse_candidate(str(candidate)) == candidate


@given(st.text(max_size=60))
def test_any_text_is_a_candidate_or_refused(text):
    try:
        found = parse_candidate(text)
    except DescriptionError:
        return
    assert parse_candidate(str(found)) == found
