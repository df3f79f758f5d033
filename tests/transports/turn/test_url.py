"""Addresses of STUN and TURN servers."""

import pytest

from wirescope.errors import InvalidURLError
from wirescope.transports.turn import is_server_url, parse_server_url


@pytest.mark.parametrize(
    ("text", "shown", "transports"),
    [
        ("stun:example.test", "stun:example.test:3478", ("udp",)),
        ("STUN:example.test:19302", "stun:example.test:19302", ("udp",)),
        ("stuns:example.test", "stuns:example.test:5349", ("tls",)),
        ("turn:example.test", "turn:example.test:3478", ("udp", "tcp")),
        ("turn:[2001:db8::1]:80", "turn:[2001:db8::1]:80", ("udp", "tcp")),
        ("turn:1.2.3.4?transport=udp", "turn:1.2.3.4:3478?transport=udp", ("udp",)),
        ("turn:a?transport=tcp", "turn:a:3478?transport=tcp", ("tcp",)),
        ("turns:a:443?transport=tcp", "turns:a:443?transport=tcp", ("tls",)),
        ("turn://example.test", "turn:example.test:3478", ("udp", "tcp")),
    ],
)
def test_an_address_says_how_the_server_is_reached(text, shown, transports):
    url, credentials = parse_server_url(text)
    assert (str(url), url.transports, credentials) == (shown, transports, None)
    assert is_server_url(text)


def test_credentials_are_taken_out_of_it():
    url, credentials = parse_server_url("turn:1700000000:ada:p@ss@example.test:3478")
    assert str(url) == "turn:example.test:3478"
    assert credentials is not None
    assert (credentials.username, credentials.password) == ("1700000000:ada", "p@ss")


@pytest.mark.parametrize(
    "text",
    [
        "turn:",
        "turn:a:0",
        "turn:a:65536",
        "turn:a:x",
        "turn:a?transport=sctp",
        "turn:a?other=1",
        "turns:a?transport=udp",
        "stun:a?transport=udp",
        "stun:a/path",
        "turn:ada:pw@",
    ],
)
def test_what_is_no_address_is_refused_with_a_hint(text):
    with pytest.raises(InvalidURLError) as caught:
        parse_server_url(text)
    assert caught.value.hint
    assert "pw" not in str(caught.value)


def test_an_address_of_something_else_is_told_apart():
    assert not is_server_url("ws://example.test")
