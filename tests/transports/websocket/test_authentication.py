"""Credentials in the opening handshake; the examples are those of the RFCs."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.transports.websocket.authentication import (
    Challenge,
    choose_challenge,
    digest_authorization,
    parse_challenges,
    preemptive_authorization,
)
from wirescope.transports.websocket.options import BasicAuth, BearerAuth, DigestAuth

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
MUFASA = DigestAuth("Mufasa", "Circle of Life")


def rfc_challenge(algorithm: str, **more: str) -> Challenge:
    fields = {"realm": "http-auth@example.org", "qop": "auth, auth-int", "nonce": NONCE}
    return Challenge("digest", fields | {"algorithm": algorithm, "opaque": OPAQUE} | more)


def answer(challenge: Challenge, auth: DigestAuth = MUFASA) -> dict[str, str]:
    written = digest_authorization(challenge, auth, target="/dir/index.html", cnonce=CNONCE)
    assert written.startswith("Digest ")
    return dict(re.findall(r'([\w*]+)=(?:"((?:[^"\\]|\\.)*)")', written))


def test_basic_and_bearer_go_with_the_first_request():
    assert preemptive_authorization(BasicAuth("Aladdin", "open sesame")) == (
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )
    assert preemptive_authorization(BasicAuth("test", "123£")) == "Basic dGVzdDoxMjPCow=="
    assert preemptive_authorization(BearerAuth("abc")) == "Bearer abc"
    assert preemptive_authorization(MUFASA) is None
    assert preemptive_authorization(None) is None


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_answer_is_that_of_rfc_7616(algorithm, expected):
    fields = answer(rfc_challenge(algorithm))
    assert fields["response"] == expected
    assert (fields["username"], fields["opaque"]) == ("Mufasa", OPAQUE)


def test_an_answer_of_a_session_hashes_the_nonces_into_a1():
    def h(*parts: str) -> str:
        return hashlib.sha256(":".join(parts).encode()).hexdigest()

    a1 = h(h("Mufasa", "http-auth@example.org", "Circle of Life"), NONCE, CNONCE)
    expected = h(a1, NONCE, "00000001", CNONCE, "auth", h("GET", "/dir/index.html"))
    assert answer(rfc_challenge("SHA-256-sess"))["response"] == expected


def test_a_challenge_without_qop_is_answered_as_rfc_2069_says():
    challenge = Challenge(
        "digest", {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    )
    fields = answer(challenge, DigestAuth("Mufasa", "CircleOfLife"))
    assert fields["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert "cnonce" not in fields


def test_a_name_beyond_ascii_is_hashed_or_encoded():
    auth = DigestAuth("Jäsøn Doe", "Secret, or not?")
    written = digest_authorization(rfc_challenge("MD5"), auth, target="/", cnonce="c")
    assert "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, " in written
    hashed = digest_authorization(
        rfc_challenge("SHA-256", userhash="true"), auth, target="/", cnonce="c"
    )
    expected = hashlib.sha256("Jäsøn Doe:http-auth@example.org".encode()).hexdigest()
    assert f'username="{expected}"' in hashed
    assert hashed.endswith("userhash=true")


def test_challenges_are_told_apart_in_one_header_and_over_several():
    values = ['Basic realm="a, b=c", Digest realm="d\\"e", nonce=f ,qop="auth"', "Negotiate abc=="]
    assert parse_challenges(values) == [
        Challenge("basic", {"realm": "a, b=c"}),
        Challenge("digest", {"realm": 'd"e', "nonce": "f", "qop": "auth"}),
        Challenge("negotiate", {}),
    ]


def test_the_strongest_challenge_that_can_be_answered_is_chosen():
    values = [
        'Digest realm="r", nonce="1", algorithm=MD5, qop="auth"',
        'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth-int"',
        'Digest realm="r", nonce="3", algorithm=SHA-256-sess, qop="auth,auth-int"',
        'Digest realm="r", nonce="4", algorithm=unknown, qop="auth"',
        'Digest realm="r", algorithm=SHA-256',
    ]
    chosen = choose_challenge(values)
    assert chosen is not None
    assert chosen.parameters["nonce"] == "3"
    assert choose_challenge(["Basic realm=x"]) is None


@given(st.text(alphabet='Dd=,"\\ \tab/', max_size=40).map("Digest realm=r, nonce=n, ".__add__))
def test_any_challenge_is_read_and_an_answer_stays_on_its_line(value):
    chosen = choose_challenge([value])
    assert chosen is not None
    written = digest_authorization(chosen, MUFASA, target="/", cnonce="c")
    assert not set(written) & set("\r\n\0")
