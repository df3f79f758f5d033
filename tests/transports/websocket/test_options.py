"""What can be asked of a connection, and what is said when it cannot."""

from pathlib import Path

import pytest

from wirescope.errors import InvalidURLError, UsageError
from wirescope.transports.websocket.options import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    ResolveOverride,
    RetryPolicy,
    TLSOptions,
    parse_header,
)


def test_the_defaults_can_be_used():
    options = ConnectOptions()
    assert options.user_agent is not None
    assert options.user_agent.startswith("wirescope/")
    assert options.compression is not None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"headers": (("a b", "x"),)}, "name of a header"),
        ({"headers": (("a", "x\r\nb: c"),)}, "carriage return"),
        ({"origin": "x\n"}, "carriage return"),
        ({"cookies": ("a",)}, "name=value"),
        ({"cookies": ("a=b\r\nX: y",)}, "carriage return"),
        ({"user_agent": "\0"}, "NUL"),
        ({"subprotocols": ("a b",)}, "not a token"),
        ({"subprotocols": ("a", "a")}, "named twice"),
        ({"ping_interval_s": 0}, "ping interval"),
        ({"ping_timeout_s": -1}, "ping time-out"),
        ({"ping_payload": b"x" * 126}, "126 bytes"),
        ({"open_timeout_s": float("nan")}, "time-out for opening"),
        ({"close_timeout_s": 0}, "time-out for closing"),
        ({"max_message_size": 0}, "maximum message size"),
        ({"hold_limit": -1}, "hold limit"),
        ({"max_redirects": -1}, "redirects"),
        ({"family": 5}, "address family"),
        ({"proxy": "http://p", "unix_socket": Path("/s")}, "one way"),
    ],
)
def test_a_value_that_cannot_be_carried_out_is_refused(values, message):
    with pytest.raises(UsageError, match=message):
        ConnectOptions(**values)


def test_a_wrong_proxy_is_refused_before_anything_is_sent():
    with pytest.raises(InvalidURLError, match="socks4"):
        ConnectOptions(proxy="socks4://p")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-b: c: d ", ("A-b", "c: d")),
        ("A;", ("A", "")),
        ("Host:", ("Host", None)),
        ("A: ;", ("A", ";")),
    ],
)
def test_a_header_is_read_as_curl_does(text, expected):
    assert parse_header(text) == expected


def test_a_header_without_a_colon_is_explained():
    with pytest.raises(UsageError, match="no colon"):
        parse_header("Authorization")


@pytest.mark.parametrize(
    ("text", "host", "port", "addresses"),
    [
        ("A.test:443:127.0.0.1", "a.test", 443, ("127.0.0.1",)),
        ("+a:80:::1,[::2], 10.0.0.1", "a", 80, ("::1", "::2", "10.0.0.1")),
        ("[::1]:80:127.0.0.1", "::1", 80, ("127.0.0.1",)),
        ("*:80:127.0.0.1", "*", 80, ("127.0.0.1",)),
    ],
)
def test_a_resolve_override_is_read_as_curl_does(text, host, port, addresses):
    override = ResolveOverride.parse(text)
    assert override == ResolveOverride(host, port, addresses)
    assert override.applies_to("A.TEST" if host == "a.test" else host, port)
    assert not override.applies_to(host, 1)


@pytest.mark.parametrize("text", ["", "a:80", "a:x:1.1.1.1", "a:0:1.1.1.1", "a:80:", "a:80:b"])
def test_a_resolve_override_of_another_form_is_explained(text):
    with pytest.raises(UsageError, match="resolve override") as caught:
        ResolveOverride.parse(text)
    assert "--resolve example.test:443:127.0.0.1" in caught.value.hint


def test_credentials_are_read_as_curl_does():
    assert BasicAuth.parse("me:a:b") == BasicAuth("me", "a:b")
    assert DigestAuth.parse("me") == DigestAuth("me", "")


def test_secrets_are_not_shown():
    options = ConnectOptions(
        auth=BearerAuth("hidden"), tls=TLSOptions(certificate=Path("c"), password="hidden")
    )
    assert "hidden" not in repr((options, BasicAuth("u", "hidden"), DigestAuth("u", "hidden")))


@pytest.mark.parametrize(
    "make",
    [
        lambda: BasicAuth("a:b", "c"),
        lambda: BearerAuth(""),
        lambda: BearerAuth("Bearer x"),
        lambda: TLSOptions(key=Path("k")),
        lambda: RetryPolicy(attempts=-1),
        lambda: RetryPolicy(delay_s=-1),
    ],
)
def test_parts_check_themselves(make):
    with pytest.raises(UsageError):
        make()
