"""Addresses of STUN and TURN servers, however they are spelled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.wire.turn import read_server, same_server


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("stun:a.test", ("stun", "a.test", 3478, "udp")),
        ("turn:a.test?transport=tcp", ("turn", "a.test", 3478, "tcp")),
        ("turns:[2001:db8::1]:443?transport=tcp", ("turns", "2001:db8::1", 443, "tls")),
        ("TURN:A.test:80", ("turn", "a.test", 80, "udp")),
    ],
)
def test_a_server_is_known_by_any_spelling(url, told):
    read = read_server(url)
    assert read is not None
    assert (read.scheme, read.host, read.port, read.transport) == told


@pytest.mark.parametrize("url", ["", "http://a.test", "turn:a.test:port", "stun a.test"])
def test_what_is_no_address_of_a_server_is_none(url):
    assert read_server(url) is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("turn:a.test", "turn:A.test:3478?transport=udp", True),
        ("turns:a.test", "turns:a.test:5349?transport=tcp", True),
        ("turn:a.test", "turn:a.test?transport=tcp", False),
        ("stun:a.test", "turn:a.test", False),
        ("nonsense", "nonsense", True),
        ("nonsense", "stun:a.test", False),
    ],
)
def test_two_spellings_of_one_server_are_known_as_one(one, other, is_same):
    assert same_server(one, other) is is_same


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_perhaps_a_server(text):
    assert same_server(text, text)
    read = read_server(text)
    assert read is None or read.transport
