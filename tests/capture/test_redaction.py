"""Secrets are blotted out, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.capture import redact, redact_head, redact_text
from wirescope.capture.redaction import SECRET_PARAMETERS, known_secrets
from wirescope.events import (
    ConnectionFailed,
    ConnectionOpening,
    ConnectionReached,
    DataChannelOpened,
    Finding,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    WebSocketFrame,
    WebSocketHandshake,
)

REQUEST = (
    "GET /feed?room=7&Access_Token=abc%20d&x=1 HTTP/1.1\r\n"
    "Host: example.com\r\n"
    "aUTHORIZATION:   Bearer abc.def.ghi\r\n"
    "Cookie: a=1; b=2\r\n"
    "X-Note: Cookie: is not one\r\n"
    "Proxy-Authorization: Basic YTpi\r\n"
    "\r\n"
)


def test_a_request_keeps_all_but_its_secrets() -> None:
    assert redact_head(REQUEST) == (
        "GET /feed?room=7&Access_Token=[redacted]&x=1 HTTP/1.1\r\n"
        "Host: example.com\r\n"
        "aUTHORIZATION:   [redacted]\r\n"
        "Cookie: [redacted]\r\n"
        "X-Note: Cookie: is not one\r\n"
        "Proxy-Authorization: [redacted]\r\n"
        "\r\n"
    )


def test_the_code_of_a_login_is_a_secret_and_a_close_code_is_none() -> None:
    for kept in ("ws://h/close?code=1011&reason=x", "ws://h/close?code=1011", "?code=0 is asked"):
        assert redact_text(kept) == kept
    for code in ("4%2F0AX", "123456", "12ab"):
        assert redact_text(f"wss://h/cb?code={code}&x=1") == "wss://h/cb?code=[redacted]&x=1"


def test_the_credentials_of_a_proxy_are_blotted_out() -> None:
    way = ("192.0.2.7", 3128, "192.0.2.9", 50_712)
    event = redact(ConnectionReached(1, 0, "c1", *way, "http://ada:pw@proxy.test:3128"))
    assert isinstance(event, ConnectionReached)
    assert event.proxy == "http://[redacted]@proxy.test:3128"
    direct = ConnectionReached(1, 0, "c1", *way)
    assert redact(direct) is direct


def test_every_cookie_that_is_set_is_blotted_out() -> None:
    head = "HTTP/1.1 101 X\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\n\r\n"
    assert redact_head(head).count("[redacted]") == 2
    assert "a=1" not in redact_head(head)


def test_a_folded_header_is_blotted_out_to_its_end() -> None:
    assert "def" not in redact_head("GET / HTTP/1.1\r\nCookie: abc\r\n def\r\nHost: x\r\n\r\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ws://a:b@h/", "ws://[redacted]@h/"),
        ("WSS://only@h:1/p", "WSS://[redacted]@h:1/p"),
        ("turn:ada:pw@h:3478?transport=udp", "turn:[redacted]@h:3478?transport=udp"),
        ("asks TURNS:ada@h, stun:h", "asks TURNS:[redacted]@h, stun:h"),
        ("turn:h:3478?to=a@b", "turn:h:3478?to=a@b"),
        ("wss://h/p@q?x=1", "wss://h/p@q?x=1"),
        ("wss://h/?key=1;sig=2#token=3", "wss://h/?key=[redacted];sig=[redacted]#token=[redacted]"),
        ("wss://h/?monkey=1&keynote=2", "wss://h/?monkey=1&keynote=2"),
        ("wss://h/?token=", "wss://h/?token="),
        ("no address at all", "no address at all"),
    ],
)
def test_an_address_keeps_all_but_its_secrets(text: str, expected: str) -> None:
    assert redact_text(text) == expected


@pytest.mark.parametrize("name", SECRET_PARAMETERS)
def test_every_known_parameter_is_blotted_out(name: str) -> None:
    assert "canary" not in redact_text(f"wss://h/?a=1&{name.upper()}=canary&b=2")


def test_named_texts_are_blotted_out_the_longest_first() -> None:
    secrets = known_secrets(["abc", "abcdef", ""])
    assert redact_text("x abcdef y abc z", secrets) == "x [redacted] y [redacted] z"


def test_a_secret_that_was_agreed_on_as_the_subprotocol_is_blotted_out() -> None:
    head = "Sec-WebSocket-Protocol: bearer.abcdef\r\n\r\n"
    handshake = WebSocketHandshake(1, 1, "c1", head, head, 101, "bearer.abcdef", [])
    redacted = redact(handshake, known_secrets(["abcdef"]))
    assert isinstance(redacted, WebSocketHandshake)
    assert redacted.subprotocol == "bearer.[redacted]"
    assert "abcdef" not in redacted.request + redacted.response


def test_a_refused_upgrade_keeps_its_body_but_for_named_texts() -> None:
    event = ConnectionFailed(1, 1, "c1", "upgrade", "status", "No.", "", 401, b"\xffbad canary")
    changed = redact(event, known_secrets(["canary"]))
    assert isinstance(changed, ConnectionFailed)
    assert changed.body == b"\xffbad [redacted]"


def test_an_event_without_secrets_is_the_same_object() -> None:
    for event in (
        ConnectionOpening(1, 1, "c1", "ws://127.0.0.1/", "websocket"),
        WebSocketHandshake(2, 2, "c1", "GET / HTTP/1.1\r\n\r\n", "", 0, "", []),
        WebSocketFrame(3, 3, "c1", "sent", b"\x81\x00", b"", 0),
    ):
        assert redact(event) is event


@given(st.text())
def test_redaction_says_the_same_when_repeated(text: str) -> None:
    once = redact_head(text)
    assert redact_head(once) == once


def test_a_finding_quotes_no_secret_of_an_address() -> None:
    cause = "The server answers at wss://a.test/?token=abc."
    found = Finding(1, 0, "c1", "WS105", "info", "Elsewhere", cause, "Go there.", [1])
    redacted = redact(found)
    assert isinstance(redacted, Finding)
    assert redacted.cause == "The server answers at wss://a.test/?token=[redacted]"


def test_the_credentials_of_a_turn_server_are_blotted_out() -> None:
    link = '<turn:turn.test?transport=udp>; rel="ice-server"; username="ada"; credential="pw:1"'
    answer = f"Content-Type: application/sdp\r\nLink: {link}"
    given = ("POST", "https://ada:pw@whip.test/live", 201, "Authorization: Bearer abc", "v=0")
    event = redact(SignalingExchange(1, 0, "c1", *given, answer, "v=0", 9))
    assert isinstance(event, SignalingExchange)
    assert event.url == "https://[redacted]@whip.test/live"
    assert event.request == "Authorization: [redacted]"
    assert event.response == answer.replace('"ada"', '"[redacted]"').replace(
        '"pw:1"', '"[redacted]"'
    )


def test_a_secret_in_a_description_or_the_name_of_a_channel_is_blotted_out() -> None:
    sdp = "v=0\r\na=fmtp:96 key=9;token=of-the-format\r\na=x-auth:hunter2-secret\r\n"
    described = SignalingDescription(1, 0, "c1", "local", "offer", sdp)
    secrets = known_secrets(["hunter2-secret"])
    assert redact(described, secrets).sdp == sdp.replace("hunter2-secret", "[redacted]")
    assert redact(described) is described
    values = ("chat", "hunter2-secret", True, None, None, False, "local")
    opened = DataChannelOpened(2, 0, "c1", 1, *values)
    assert redact(opened, secrets).protocol == "[redacted]"


@pytest.mark.parametrize("value", [r'"pw\"rest"', r'"pw\\"', '"pw', r'"pw\"; rest'])
def test_a_quoted_credential_is_blotted_out_to_its_end(value: str) -> None:
    head = f"Link: <turn:turn.test>; credential={value}\r\nAge: 1"
    assert redact_head(head) == 'Link: <turn:turn.test>; credential="[redacted]"\r\nAge: 1'


def test_a_secret_in_statistics_is_blotted_out() -> None:
    values = {"label": "hunter2-secret", "url": "turn:ada:pw@h", "list": ["hunter2-secret", 1]}
    sample = Statistics(1, 0, "c1", "data-channel", "D1", {**values, "messagesSent": 3})
    redacted = redact(sample, known_secrets(["hunter2-secret"]))
    assert isinstance(redacted, Statistics)
    assert redacted.values == {
        "label": "[redacted]",
        "url": "turn:[redacted]@h",
        "list": ["[redacted]", 1],
        "messagesSent": 3,
    }
    plain = Statistics(1, 0, "c1", "data-channel", "D1", {"label": "chat"})
    assert redact(plain, known_secrets(["hunter2-secret"])) is plain


def test_an_address_made_to_be_slow_is_searched_in_linear_time() -> None:
    text = "turn:" * 20_000  # in quadratic time it would take minutes
    assert redact_text(text) == text
