"""The opening handshake as bytes: building, cutting out, reading and checking heads."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import HandshakeError, UsageError
from wirescope.wire.websocket.handshake import (
    Extension,
    HeadReader,
    HeadTooLargeError,
    accept_key,
    build_refusal,
    build_request,
    build_response,
    check_request,
    check_response,
    make_key,
    parse_extensions,
    parse_request,
    parse_response,
    parse_subprotocols,
)

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def request(**options):
    return build_request("/chat", "example.test", KEY, **options)


def response(*lines: str, status: str = "101 Switching Protocols"):
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""])
    return parse_response(head.encode("latin-1"))


GOOD = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {ACCEPT}")


# Building


def test_the_accept_key_is_that_of_the_rfc():
    assert accept_key(KEY) == ACCEPT
    assert make_key(b"the sample nonce") == KEY


def test_the_request_is_written_in_the_order_that_browsers_use():
    assert request(origin="http://a.test", subprotocols=["a", "b"], user_agent="w/1") == (
        b"GET /chat HTTP/1.1\r\n"
        b"Host: example.test\r\n"
        b"User-Agent: w/1\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"Origin: http://a.test\r\n"
        b"Sec-WebSocket-Protocol: a, b\r\n"
        b"\r\n"
    )


def test_cookies_share_one_header_and_extensions_go_out_as_given():
    written = request(cookies=["a=1", "b=2"], extensions="permessage-deflate; x", authorization="B")
    assert b"\r\nCookie: a=1; b=2\r\n" in written
    assert b"\r\nSec-WebSocket-Extensions: permessage-deflate; x\r\n" in written
    assert b"\r\nAuthorization: B\r\n" in written


def test_headers_go_out_as_typed_in_their_order_and_case():
    written = request(headers=[("x-B", "2"), ("X-a", "1"), ("x-B", "3"), ("Empty", "")])
    assert written.endswith(b"\r\nx-B: 2\r\nX-a: 1\r\nx-B: 3\r\nEmpty:\r\n\r\n")


def test_a_header_of_the_user_replaces_the_default_of_the_same_name():
    written = request(headers=[("HOST", "other.test"), ("sec-websocket-version", "8")])
    assert written.count(b"ost: ") == 0
    assert b"\r\nHOST: other.test\r\nsec-websocket-version: 8\r\n\r\n" in written
    assert b"Version: 13" not in written


def test_a_header_without_a_value_leaves_the_default_out():
    assert b"Upgrade: websocket" not in request(headers=[("Upgrade", None)])


def test_text_goes_out_as_utf8_and_undecodable_bytes_as_themselves():
    assert b"\r\nX: \xc3\xa9\xff\r\n" in request(headers=[("X", "é\udcff")])


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\ud800"])
@pytest.mark.parametrize("field", ["origin", "user_agent", "extensions", "authorization"])
def test_a_value_that_would_end_its_line_is_refused(field, text):
    with pytest.raises(UsageError):
        request(**{field: text})


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\n", "é"])
def test_a_name_that_is_no_token_is_refused(name):
    with pytest.raises(UsageError, match="cannot be the name"):
        request(headers=[(name, "x")])


@pytest.mark.parametrize("target", ["", "/a b", "/a\r\nX: y", "/a\x7f"])
def test_a_target_with_a_blank_or_control_character_is_refused(target):
    with pytest.raises(UsageError, match="target"):
        build_request(target, "example.test", KEY)


def test_the_answer_of_a_server_passes_its_own_client_s_check():
    raw = build_response(KEY, subprotocol="b", extensions="x; y=1", headers=[("Server", "w")])
    head = parse_response(raw)
    assert head.headers[-1] == ("Server", "w")
    assert check_response(head, key=KEY, subprotocols=["a", "b"], extensions=["x"]) == []


def test_a_refusal_announces_its_body_and_the_end_of_the_connection():
    assert build_refusal(426, headers=[("Sec-WebSocket-Version", "13")], body=b"no") == (
        b"HTTP/1.1 426 Upgrade Required\r\n"
        b"Content-Length: 2\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Connection: close\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"\r\nno"
    )
    assert build_refusal(599).startswith(b"HTTP/1.1 599 \r\n")


# Reading


def test_a_head_keeps_its_bytes_order_and_case():
    raw = b"HTTP/1.1 101 \xe9\r\nb:  2 \r\nA:1\r\nb:3\r\n\r\n"
    head = parse_response(raw)
    assert (head.raw, head.status, head.reason) == (raw, 101, "é")
    assert head.headers == (("b", "2"), ("A", "1"), ("b", "3"))
    assert (head.get("B"), head.get_all("B"), head.get("c")) == ("2", ["2", "3"], None)
    assert head.text.encode("latin-1") == raw


def test_a_request_line_has_three_words():
    head = parse_request(b"\r\nGET /a?b HTTP/1.0\nHost: x\n\n")
    assert (head.method, head.target, head.version) == ("GET", "/a?b", "HTTP/1.0")
    assert head.headers == (("Host", "x"),)


def test_folded_and_malformed_lines_are_kept_as_evidence():
    head = response("A: 1", "  more", "no colon", "b : 2")
    assert head.headers == (("A", "1 more"),)
    assert head.malformed == ("  more", "no colon", "b : 2")
    assert [problem.fatal for problem in check_response(head, key=KEY)][-3:] == [False] * 3


def test_lists_are_split_at_commas_over_all_fields_of_the_name():
    head = response("Connection: keep-alive,, Upgrade", "connection: x")
    assert head.get_list("Connection") == ["keep-alive", "Upgrade", "x"]


def test_what_follows_a_head_is_left_over():
    reader = HeadReader(kind="response")
    assert reader.feed(b"HTTP/1.1 101 x\r\n\r") is None
    assert reader.feed(b"\n\x81\x00") == b"HTTP/1.1 101 x\r\n\r\n"
    assert reader.leftover == b"\x81\x00"
    with pytest.raises(ValueError, match="whole already"):
        reader.feed(b"x")


def test_a_head_of_64_kib_is_read():
    raw = b"HTTP/1.1 101 x\r\nX: " + b"a" * 65536 + b"\r\n\r\n"
    assert HeadReader(kind="response").feed(raw) == raw


def test_a_head_above_the_limit_is_refused_at_once():
    reader = HeadReader(kind="request", limit=100)
    reader.feed(b"GET / HTTP/1.1\r\n" + b"a" * 84)
    with pytest.raises(HeadTooLargeError, match="longer than 100 bytes"):
        reader.feed(b"a")


@pytest.mark.parametrize("raw", [b"\x15\x03\x01\x00\x02\x02\x46", b"SSH-2.0-x\r\n", b"HTTQ"])
def test_an_answer_that_is_not_http_is_refused_without_waiting(raw):
    with pytest.raises(HandshakeError, match="not an HTTP status line"):
        HeadReader(kind="response").feed(raw)


def test_a_tls_hello_is_not_a_request():
    with pytest.raises(HandshakeError, match="request line") as caught:
        HeadReader(kind="request").feed(b"\x16\x03\x01")
    assert "wss:" in caught.value.hint


# Extensions and subprotocols


def test_extensions_are_read_in_order_with_quoted_values():
    values = ['a; b; c=1; d = "q\\z" , , e', 'f;g="h"']
    assert parse_extensions(values) == [
        Extension("a", (("b", None), ("c", "1"), ("d", "qz"))),
        Extension("e"),
        Extension("f", (("g", "h"),)),
    ]


def test_an_extension_is_written_as_it_was_read():
    assert str(parse_extensions(['a ;b;c="1"'])[0]) == "a; b; c=1"


@pytest.mark.parametrize("value", ["a b", "a;", "a; =", "a=1", 'a; b="c', 'a; b="c,d"', "a; b=\n"])
def test_extensions_that_break_the_grammar_are_refused_with_the_place(value):
    with pytest.raises(HandshakeError, match="at character") as caught:
        parse_extensions([value])
    assert caught.value.clause == "RFC 6455 9.1"


def test_subprotocols_come_in_order_of_preference():
    assert parse_subprotocols(["b, a", " ,c"]) == ["b", "a", "c"]


# Checking the answer


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (GOOD, []),
        (("upgrade: WebSocket", "connection: Keep-Alive, upgrade", GOOD[2]), []),
        (GOOD[1:], ["header Upgrade: websocket is missing"]),
        (("Upgrade: h2c", *GOOD[1:]), ["'h2c'; websocket was expected"]),
        ((GOOD[0], GOOD[2]), ["Connection header is missing"]),
        (("Connection: close", GOOD[0], GOOD[2]), ["Connection header is 'close'"]),
        (GOOD[:2], ["Sec-WebSocket-Accept is missing"]),
        ((*GOOD, GOOD[2]), ["appears 2 times"]),
        ((*GOOD, "Sec-WebSocket-Protocol: z"), ["chose the subprotocol 'z'; offered: a"]),
        ((*GOOD, *["Sec-WebSocket-Protocol: a"] * 2), ["Protocol appears 2 times"]),
        ((*GOOD, "Sec-WebSocket-Extensions: y"), ["extension y, which was not offered"]),
        ((*GOOD, "Sec-WebSocket-Extensions: ;"), ["cannot be read"]),
        ((*GOOD, "Content-Length: 0"), ["Content-Length"]),
    ],
)
def test_an_answer_is_checked_rule_by_rule(lines, expected):
    found = check_response(response(*lines), key=KEY, subprotocols=["a"], extensions=["x"])
    assert len(found) == len(expected)
    for problem, message in zip(found, expected, strict=True):
        assert message in problem.message


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (KEY, "sent the key back"),
        ("hHLtf2V1k8aDQZfNjw3Ia1hCwt0=", "without the GUID"),
        ("", "cache"),
    ],
)
def test_a_wrong_accept_key_is_explained(value, hint):
    head = response(*GOOD[:2], f"Sec-WebSocket-Accept: {value}")
    (problem,) = check_response(head, key=KEY)
    assert hint in problem.hint
    assert ACCEPT in problem.message


def test_another_status_than_101_is_a_problem():
    (problem,) = check_response(response(*GOOD, status="200 OK"), key=KEY)
    assert (problem.clause, problem.fatal) == ("RFC 6455 4.1", True)


# Checking the request


def test_the_request_of_a_client_passes_its_own_server_s_check():
    assert check_request(parse_request(request())) == []


@pytest.mark.parametrize(
    ("old", "new", "status", "header"),
    [
        (b"GET", b"POST", 405, ("Allow", "GET")),
        (b"HTTP/1.1", b"HTTP/1.0", 400, None),
        (b"Host: example.test\r\n", b"", 400, None),
        (b"Upgrade: websocket\r\n", b"", 426, ("Upgrade", "websocket")),
        (b"Connection: Upgrade\r\n", b"", 426, ("Connection", "Upgrade")),
        (b"Version: 13", b"Version: 12", 426, ("Sec-WebSocket-Version", "13")),
        (b"Sec-WebSocket-Version: 13\r\n", b"", 426, ("Sec-WebSocket-Version", "13")),
        (KEY.encode(), b"c2hvcnQ=", 400, None),
        (KEY.encode(), "kéy".encode(), 400, None),
        (b"Sec-WebSocket-Key: " + KEY.encode() + b"\r\n", b"", 400, None),
        (b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n", 400, None),
    ],
)
def test_a_request_is_checked_rule_by_rule(old, new, status, header):
    (problem,) = check_request(parse_request(request().replace(old, new, 1)))
    assert problem.status == status
    assert header is None or header in problem.headers


# Any bytes, any pieces


def read_head(kind, pieces):
    reader = HeadReader(kind=kind, limit=200)
    parse = parse_request if kind == "request" else parse_response
    try:
        for index, piece in enumerate(pieces):
            raw = reader.feed(piece)
            if raw is not None:
                return parse(raw), reader.leftover + b"".join(pieces[index + 1 :])
    except HandshakeError as error:
        return type(error)
    return None


heads = st.one_of(
    st.binary(max_size=250),
    st.builds(
        lambda parts: b"".join(parts),
        st.lists(
            st.sampled_from(
                [b"HTTP/1.1 101 x", b"GET / HTTP/1.1", b"\r\n", b"\n", b"A: b", b":", b" ", b"\xff"]
            )
        ),
    ),
)


@given(st.sampled_from(["request", "response"]), heads, st.lists(st.integers(0, 250), max_size=5))
def test_any_cut_of_any_bytes_gives_the_same_head(kind, data, cuts):
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    assert read_head(kind, pieces) == read_head(kind, [data])
    assert read_head(kind, [data[i : i + 1] for i in range(len(data))]) == read_head(kind, [data])


@given(heads, heads)
def test_whatever_head_is_read_can_be_checked(first, rest):
    for kind, line in (("request", b"GET / HTTP/1.1\r\n"), ("response", b"HTTP/1.1 101 x\r\n")):
        read = read_head(kind, [line + first + rest + b"\r\n\r\n"])
        if isinstance(read, tuple):
            head = read[0]
            problems = check_request(head) if kind == "request" else check_response(head, key=KEY)
            assert problems
            assert head.raw.decode("latin-1") == head.text


@given(st.lists(st.text(alphabet='ab;,= \t"\\\n\xe9', max_size=20)))
def test_reading_extensions_raises_nothing_but_its_own_error(values):
    try:
        found = parse_extensions(values)
    except HandshakeError:
        return
    assert parse_extensions([", ".join(map(str, found))]) == found
