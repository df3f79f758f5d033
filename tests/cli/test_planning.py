"""Which proxy the environment means, and for which hosts it means none."""

import pytest

from wirescope.cli.planning import host_matches


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
