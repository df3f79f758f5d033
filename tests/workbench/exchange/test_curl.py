import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import curl, curl_writer
from wirescope.workbench.exchange.model import Exported
from wirescope.workbench.workspace import (
    TLS,
    Auth,
    Compression,
    Cookie,
    Endpoint,
    Header,
    Limits,
    Network,
    Parameter,
    Retry,
)

CHROME = r"""curl 'https://echo.example/chat?room=1' \
  -H 'Upgrade: websocket' \
  -H 'Origin: https://app.example' \
  -H 'Cache-Control: no-cache' \
  -H 'Accept-Language: en-US,en;q=0.9' \
  -H 'Connection: Upgrade' \
  -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)' \
  -H 'Sec-WebSocket-Version: 13' \
  -H 'Sec-WebSocket-Protocol: chat, superchat' \
  -b 'sid=31d4; theme=dark' \
  -H 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'
"""


def endpoint_of(text: str) -> Endpoint:
    (endpoint,) = curl.read(text.encode(), "copied").endpoints.values()
    return endpoint


def notes_of(text: str) -> list[str]:
    return [str(note) for note in curl.read(text.encode(), "copied").notes]


def test_what_a_browser_copies_becomes_an_endpoint():
    assert endpoint_of(CHROME) == Endpoint(
        url="wss://echo.example/chat",
        query=(Parameter(name="room", value="1"),),
        headers=(
            Header(name="Cache-Control", value="no-cache"),
            Header(name="Accept-Language", value="en-US,en;q=0.9"),
            Header(name="User-Agent", value="Mozilla/5.0 (X11; Linux x86_64)"),
        ),
        origin="https://app.example",
        cookies=(Cookie(name="sid", value="31d4"), Cookie(name="theme", value="dark")),
        subprotocols=("chat", "superchat"),
    )
    assert not notes_of(CHROME)


def test_a_copied_handshake_that_offers_no_compression_offers_none():
    text = CHROME.replace("Sec-WebSocket-Extensions", "X-Other")
    assert endpoint_of(text).compression == Compression(offer=False)


def test_parameters_of_the_compression_are_kept():
    offer = "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"
    text = f"curl wss://a.example -H 'Sec-WebSocket-Extensions: {offer}'"
    assert endpoint_of(text).compression == Compression(
        server_no_context_takeover=True, server_max_window_bits=10, client_max_window_bits=None
    )


def test_another_extension_stays_a_header():
    text = "curl wss://a.example -H 'Sec-WebSocket-Extensions: x-other'"
    assert endpoint_of(text).headers == (Header(name="Sec-WebSocket-Extensions", value="x-other"),)


def test_the_endpoint_is_named_after_the_host():
    imported = curl.read(b"curl ws://a.example/x\ncurl ws://a.example/y", "copied")
    assert list(imported.endpoints) == ["a.example", "a.example 2"]


@pytest.mark.parametrize(
    ("options", "auth"),
    [
        ("-u me:pw", Auth(kind="basic", user="me", password="pw")),
        ("-ume:p:w --digest", Auth(kind="digest", user="me", password="p:w")),
        ("--oauth2-bearer t0k", Auth(kind="bearer", token="t0k")),
        ("-H 'Authorization: Bearer t0k'", Auth(kind="bearer", token="t0k")),
        ("-H 'Authorization: Basic bWU6cHc='", Auth(kind="basic", user="me", password="pw")),
    ],
)
def test_credentials_are_sorted_into_their_fields(options, auth):
    assert endpoint_of(f"curl wss://a.example {options}").auth == auth


def test_credentials_of_the_url_are_taken_out_of_it():
    endpoint = endpoint_of("curl wss://me:p%40w@a.example/x")
    assert endpoint.url == "wss://a.example/x"
    assert endpoint.auth == Auth(kind="basic", user="me", password="p@w")


def test_the_options_of_the_network_and_of_tls_are_kept():
    text = (
        "curl wss://a.example -kx socks5h://p.example:1080 --resolve a.example:443:127.0.0.1 -4 -L"
        " --max-redirs 3 --retry 2 --retry-delay 1.5 --connect-timeout 7 --cacert ca.pem"
        " --cert me.pem:phrase --key me.key --unix-socket /run/s"
    )
    endpoint = endpoint_of(text)
    assert endpoint.network == Network(
        proxy="socks5h://p.example:1080",
        resolve=("a.example:443:127.0.0.1",),
        ip=4,
        unix_socket="/run/s",
        redirects=3,
        retry=Retry(attempts=2, delay_s=1.5),
    )
    assert endpoint.tls == TLS(
        insecure=True, ca="ca.pem", certificate="me.pem", key="me.key", key_password="phrase"
    )
    assert endpoint.limits == Limits(open_timeout_s=7)


def test_a_header_without_a_value_and_one_that_is_left_out_are_told_apart():
    endpoint = endpoint_of("curl wss://a.example -H 'X-Empty;' -H 'User-Agent:'")
    assert endpoint.headers == (
        Header(name="X-Empty", value=""),
        Header(name="User-Agent", value=None),
    )


def test_what_has_no_place_is_told():
    told = "\n".join(notes_of("curl -X POST --data x=1 -T . -H @file -b jar wss://a.example"))
    for part in ("POST", "--data", "--upload-file", "'file'", "'jar'"):
        assert part in told


def test_a_value_that_is_left_out_is_not_in_the_note():
    assert "hunter2" not in "\n".join(notes_of("curl --data hunter2 wss://a.example"))


def test_options_about_the_output_are_told_in_one_note():
    (note,) = notes_of("curl -isSN --compressed --http1.1 -o /dev/null wss://a.example")
    assert "--include" in note
    assert "--compressed" in note


def test_the_value_of_an_option_that_is_not_known_is_no_address():
    endpoint_of("curl --ciphers ECDHE wss://a.example --aws-sigv4 aws:amz")


@pytest.mark.parametrize("mark", ["--next", "-:"])
def test_what_stands_before_the_next_request_does_not_go_to_it(mark):
    text = f"curl wss://a.example -u me:pw -k {mark} wss://b.example -H 'X: y'"
    first, second = curl.read(text.encode(), "x").endpoints.values()
    assert first.auth == Auth(kind="basic", user="me", password="pw")
    assert not first.headers
    assert second == Endpoint(url="wss://b.example", headers=(Header(name="X", value="y"),))


def test_blanks_behind_the_mark_of_a_line_that_goes_on_are_passed_over():
    endpoint = endpoint_of("curl wss://a.example \\  \n  -H 'X: y' \\\t\r\n  -k \\")
    assert endpoint == Endpoint(
        url="wss://a.example", headers=(Header(name="X", value="y"),), tls=TLS(insecure=True)
    )


def test_a_command_with_a_path_and_variables_of_the_shell_is_read_without_their_values():
    text = 'TOKEN=hunter2 /usr/bin/curl wss://a.example -H "X: $TOKEN"\nTOKEN=hunter2\n'
    assert curl.recognise(text.encode())
    imported = curl.read(text.encode(), "x")
    assert imported.endpoints["a.example"].headers == (Header(name="X", value="{{TOKEN}}"),)
    assert "hunter2" not in "".join(map(str, imported.notes))


@pytest.mark.parametrize("text", ["wget x", "", "curl -k", "curl ''", "curl --url ' '"])
def test_what_has_no_command_or_no_address_is_refused(text):
    with pytest.raises(ForeignFormatError):
        curl.read(text.encode(), "x")


@pytest.mark.parametrize("text", ["curl x", "$ curl x", "# a\ncurl.exe x", "\ncurl ^\n x"])
def test_a_curl_command_is_recognised(text):
    assert curl.recognise(text.encode())


def test_a_query_that_would_be_sent_with_other_bytes_stays_in_the_url():
    endpoint = endpoint_of("curl 'wss://a.example/?a=b+c&d=%7e'")
    assert endpoint.url == "wss://a.example/?a=b+c&d=%7e"
    assert not endpoint.query


def test_an_endpoint_is_written_as_a_command_that_is_read_again():
    endpoint = endpoint_of(CHROME + "  -k -x http://p.example:1 -u me:pw -L --retry 1")
    written = curl_writer.write(Exported("all", {"rooms/chat": endpoint}))
    (text,) = written.files.values()
    assert curl.read(text, "x").endpoints == {"rooms/chat": endpoint}
    assert not written.notes


def test_what_a_command_cannot_carry_is_told():
    endpoint = Endpoint(url="ws://a.example", strict=False)
    (note,) = curl_writer.write(Exported("all", {"a": endpoint})).notes
    assert str(note) == "endpoint a: The format has no place for strict."


def test_the_comment_above_a_command_is_its_name():
    imported = curl.read(b"# Lobby\n\ncurl ws://a.example\ncurl ws://b.example", "copied")
    assert list(imported.endpoints) == ["Lobby", "b.example"]


@settings(deadline=None)
@given(st.binary() | st.text().map(lambda text: b"curl " + text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(data):
    curl.recognise(data)
    with contextlib.suppress(ForeignFormatError):
        curl.read(data, "x")
