"""What options mean: compression, and the hosts that need no proxy."""

import pytest

from wirescope.cli.planning import host_matches, read_compression
from wirescope.errors import UsageError
from wirescope.wire.websocket import DeflateOffer


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("off", None),
        ("deflate", DeflateOffer()),
        ("permessage-deflate; server_max_window_bits=10", DeflateOffer(server_max_window_bits=10)),
        ("deflate,client_max_window_bits=none", DeflateOffer(client_max_window_bits=None)),
    ],
)
def test_compression_is_off_or_an_offer(text, offer):
    assert read_compression(text) == offer


@pytest.mark.parametrize("text", ["", "on", "off,deflate", "deflate,level=9", "deflate,x=²"])
def test_what_is_no_compression_is_a_mistake(text):
    with pytest.raises(UsageError):
        read_compression(text)


@pytest.mark.parametrize(
    ("host", "patterns"),
    [
        ("example.com", "example.com"),
        ("api.example.com", "localhost, .example.com"),
        ("api.example.com", "*.example.com"),
        ("example.com", "EXAMPLE.com:443"),
        ("anything", "*"),
        ("::1", "::1"),
        ("::1", "[::1]"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("fe80::1%eth0", "fe80::/10"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "localhost 10.1.2.3"),
    ],
)
def test_a_host_is_in_the_list(host, patterns):
    assert host_matches(host, patterns)


@pytest.mark.parametrize(
    ("host", "patterns"),
    [
        ("badexample.com", "example.com"),
        ("example.com", "api.example.com"),
        ("example.com", ""),
        ("example.com", ",."),
        ("11.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "::/0"),
        ("::2", "::1"),
    ],
)
def test_a_host_is_not_in_the_list(host, patterns):
    assert not host_matches(host, patterns)
