"""Addresses: what they are read as, and what is said about those that cannot be connected to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import InvalidURLError
from wirescope.transports.websocket.url import join_url, parse_proxy, parse_url


@pytest.mark.parametrize(
    ("text", "secure", "host", "port", "target"),
    [
        ("ws://example.test", False, "example.test", 80, "/"),
        ("wss://Example.Test/a?b=c&d", True, "example.test", 443, "/a?b=c&d"),
        ("http://h:8080?x", False, "h", 8080, "/?x"),
        ("HTTPS://h/?", True, "h", 443, "/?"),
        ("ws://[::1]:9/", False, "::1", 9, "/"),
        ("ws://[fe80::1%25eth0]/", False, "fe80::1%eth0", 80, "/"),
        ("ws://127.0.0.1:65535/a%20b", False, "127.0.0.1", 65535, "/a%20b"),
        ("ws://h/a b/ü?q=ü", False, "h", 80, "/a%20b/%C3%BC?q=%C3%BC"),
        ("ws://h/{a}|b?c[]=\"d\"", False, "h", 80, "/{a}|b?c[]=\"d\""),
        ("wss://bücher.example/", True, "xn--bcher-kva.example", 443, "/"),
        ("wss://faß.de", True, "xn--fa-hia.de", 443, "/"),
        ("ws://my_service/", False, "my_service", 80, "/"),
        (" ws://h./ ", False, "h.", 80, "/"),
    ],
)  # fmt: skip
def test_an_address_is_read(text, secure, host, port, target):
    url = parse_url(text)
    assert (url.secure, url.host, url.port, url.target) == (secure, host, port, target)


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("ws://h:80", "h"),
        ("wss://h:443", "h"),
        ("wss://h:80", "h:80"),
        ("ws://[::1]:1", "[::1]:1"),
    ],
)
def test_the_authority_has_the_port_only_where_it_is_not_the_default(text, authority):
    assert parse_url(text).authority == authority


def test_credentials_are_read_and_not_written():
    url = parse_url("wss://me%40home:p%3Aw@h/x")
    assert (url.user, url.password, str(url)) == ("me@home", "p:w", "wss://h/x")
    assert "p:w" not in repr(url)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "is empty", "wss://"),
        ("example.test/a", "which protocol", "Did you mean wss://example.test/a ?"),
        ("localhost:8080", "which protocol", "Did you mean ws://localhost:8080 ?"),
        ("ws:example.test", "no host", "ws://example.test"),
        ("ws:///path", "no host", "wss://example.test/path"),
        ("ftp://h", "ftp://, which is not a WebSocket's", "ws://"),
        ("ws://h/#top", "fragment (#top)", "%23"),
        ("ws://h/#", "fragment", "%23"),
        ("ws://h:0/", "The port", "1 to 65535"),
        ("ws://h:65536/", "The port", "1 to 65535"),
        ("ws://h:x/", "The port", "1 to 65535"),
        ("ws://[::1/", "cannot be read", ""),
        ("ws://[127.0.0.1]/", "cannot be read", ""),
        ("ws://a b/", "name of a host", ""),
        ("ws://a..b/", "name of a host", ""),
        ("ws://h/\n", None, ""),
        ("ws://h/a\nb", "control character", ""),
        ("ws://\u2024/", "cannot", ""),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(text, message, hint):
    if message is None:
        parse_url(text)  # white space around it is not part of it
        return
    with pytest.raises(InvalidURLError) as caught:
        parse_url(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


@given(
    st.one_of(st.text(), st.text(alphabet="ws:/[]@#?%.ü\\1a ", max_size=20).map("ws://".__add__))
)
def test_any_text_is_an_address_or_explained(text):
    try:
        url = parse_url(text)
    except InvalidURLError:
        return
    assert url.target.isascii()
    assert not set(url.target) & set(" \r\n\t#")
    assert parse_url(str(url)).origin == url.origin


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b?c", "wss://h:9/b?c"),
        ("b", "wss://h:9/x/b"),
        ("//other/", "wss://other/"),
        ("wss://other:1/z#part", "wss://other:1/z"),
        ("http://other/", "ws://other/"),
        ("?q", "wss://h:9/x/a?q"),
    ],
)
def test_a_redirect_is_followed_from_where_it_was_given(location, expected):
    assert str(join_url(parse_url("wss://u:p@h:9/x/a"), location)) == expected


@pytest.mark.parametrize("location", ["ftp://x/", "wss://[", "mailto:a@b"])
def test_a_redirect_to_something_else_is_refused(location):
    with pytest.raises(InvalidURLError):
        join_url(parse_url("ws://h/"), location)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:3128", "http://127.0.0.1:3128"),
        ("http://p", "http://p:80"),
        ("socks5h://u:w@p", "socks5h://p:1080"),
        ("socks5://[::1]:9", "socks5://[::1]:9"),
    ],
)
def test_a_proxy_address_is_read(text, expected):
    assert str(parse_proxy(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "socks4://p", "https://p:1", "ftp://p", "http://", "http://p:x"]
)
def test_a_proxy_address_that_cannot_be_used_is_refused(text):
    with pytest.raises(InvalidURLError):
        parse_proxy(text)


@pytest.mark.parametrize(
    "text",
    ["//ada:swordfish@h:x/", "//ada:swordfish@/", "//ada:swordfish@h/#x", "//ada:swordfish@[h]/",
     "//ada:sword@fish@h:x"],
)  # fmt: skip
@pytest.mark.parametrize(("read", "scheme"), [(parse_url, "ws:"), (parse_proxy, "http:")])
def test_a_message_does_not_tell_the_credentials_of_an_address(read, scheme, text):
    said = ""
    try:
        read(scheme + text)
    except InvalidURLError as error:
        said = str(error)
    assert "sword" not in said


def test_a_proxy_over_tls_is_refused_in_words_of_its_own():
    with pytest.raises(InvalidURLError) as caught:
        parse_proxy("https://ada:swordfish@proxy.test:3129")
    assert caught.value.message.startswith("The proxy proxy.test:3129 is to be reached over TLS")
    assert "http://" in caught.value.hint


def test_bytes_that_are_no_text_are_sent_as_they_were_typed():
    assert parse_url("ws://127.0.0.1/\udcff?a=\udcfe").target == "/%FF?a=%FE"
