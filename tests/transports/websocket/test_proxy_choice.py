"""Which proxy a connection takes: what was asked for, the environment, the hosts that need none."""

import pytest

from wirescope.errors import InvalidURLError
from wirescope.transports.websocket.proxy_choice import choose_proxy, host_matches

ENVIRONMENT = {
    "HTTPS_PROXY": "https.example:1",
    "http_proxy": "http://http.example:2",
    "NO_PROXY": "internal.example",
}


@pytest.mark.parametrize(
    ("url", "asked", "expected"),
    [
        ("wss://a.example/", None, "http://https.example:1"),
        ("ws://a.example/", None, "http://http.example:2"),
        ("ws://a.example/", "socks5://b.example:3", "socks5://b.example:3"),
        ("ws://a.example/", "", None),
        ("wss://internal.example/", None, None),
        ("wss://internal.example/", "socks5://b.example:3", None),
    ],
)
def test_what_was_asked_for_goes_before_the_environment(url, asked, expected):
    assert choose_proxy(url, asked=asked, environment=ENVIRONMENT) == expected


def test_a_list_of_hosts_that_was_asked_for_takes_the_place_of_the_environments():
    url = "wss://internal.example/"
    assert choose_proxy(url, asked=None, excluded="", environment=ENVIRONMENT) is not None


def test_to_a_unix_socket_only_a_proxy_that_was_asked_for_is_taken():
    url = "wss://a.example/"
    for asked, expected in ((None, None), ("socks5://b.example:3", "socks5://b.example:3")):
        chosen = choose_proxy(url, asked=asked, environment=ENVIRONMENT, by_address=False)
        assert chosen == expected


def test_a_proxy_that_a_requests_header_could_set_is_not_taken():
    environment = {"HTTP_PROXY": "evil.example:1"}
    assert choose_proxy("ws://a.example/", asked=None, environment=environment) is None


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


@pytest.mark.parametrize("url", ["ws://[::1", "wss://]/"])
def test_an_address_that_cannot_be_read_is_told_as_one(url):
    with pytest.raises(InvalidURLError):
        choose_proxy(url, asked=None, environment=ENVIRONMENT)
