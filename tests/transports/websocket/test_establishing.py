"""The upgrade: what is sent, what may be answered, redirects, credentials, retries."""

import asyncio

import pytest

from tests.support.authority import Authority
from tests.support.handshakes import (
    Answering,
    Lost,
    Upgrading,
    attempt,
    greeting,
    redirect,
    upgrade,
)
from tests.support.raw_server import RawServer, header, read_head
from wirescope.errors import ConnectError, HandshakeError, InvalidURLError, UpgradeRefusedError
from wirescope.events import Timeline
from wirescope.transports.websocket.establishing import establish
from wirescope.transports.websocket.options import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    RetryPolicy,
    TLSOptions,
)
from wirescope.wire.websocket import DeflateOffer, build_refusal


async def to(talk, path: str = "/", **options):
    async with RawServer(talk) as server:
        return await attempt(f"ws://127.0.0.1:{server.port}{path}", **options)


# What is sent and recorded


async def test_the_handshake_is_recorded_byte_for_byte():
    talk = Upgrading(lines=("x-A: \xe9", "Sec-WebSocket-Protocol: b"))
    made = await to(talk, "/p?q", subprotocols=("a", "b"), headers=(("X-Z", "1"), ("x-y", "2")))
    event = made.last("websocket.handshake")
    assert event.request.encode("latin-1") == talk.heads[0]
    assert event.response.encode("latin-1") == upgrade(talk.heads[0], *talk.lines)
    assert (event.status, event.subprotocol, event.extensions) == (101, "b", [])
    assert event.request.startswith("GET /p?q HTTP/1.1\r\n")
    assert event.request.endswith("\r\nX-Z: 1\r\nx-y: 2\r\n\r\n")


@pytest.mark.parametrize(
    ("user", "auth", "expected"),
    [
        ("", BasicAuth("u", "w"), "Basic dTp3"),
        ("", BearerAuth("t"), "Bearer t"),
        ("u:w@", None, "Basic dTp3"),
        ("a:b@", BasicAuth("u", "w"), "Basic dTp3"),
    ],
)
async def test_credentials_go_with_the_first_request(user, auth, expected):
    talk = Upgrading()
    async with RawServer(talk) as server:
        made = await attempt(f"ws://{user}127.0.0.1:{server.port}/", auth=auth)
    assert header(talk.heads[0], "Authorization") == expected
    assert made.events[0].url == f"ws://127.0.0.1:{server.port}/"


async def test_the_offer_and_the_answer_of_compression_are_joined():
    line = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10"
    made = await to(Upgrading(lines=(line,)), compression=DeflateOffer())
    assert made.established is not None
    assert made.established.compression is not None
    assert made.established.compression.server_max_window_bits == 10
    assert made.last("websocket.handshake").extensions == [line.partition(": ")[2]]


@pytest.mark.each_loop
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("delay_s", [0, 0.05])
async def test_no_byte_is_lost_between_the_handshake_and_who_takes_over(tmp_path, secure, delay_s):
    authority, frames = Authority(tmp_path), b"\x81\x02hi" * 50_000

    async def talk(reader, writer):
        writer.write(upgrade(await read_head(reader)) + frames)
        await writer.drain()
        writer.close()

    tls = authority.server("localhost") if secure else None
    async with RawServer(talk, tls=tls) as server:
        made = await establish(
            f"{'wss' if secure else 'ws'}://localhost:{server.port}/",
            options=ConnectOptions(compression=None, tls=TLSOptions(ca=authority.ca_file)),
            timeline=Timeline(),
            sink=lambda _: None,
        )
        await asyncio.sleep(delay_s)
        taker = Taking(made.leftover)
        if not made.transport.is_closing():
            made.transport.set_protocol(taker)
            made.transport.resume_reading()
            await taker.lost
    assert bytes(taker.data) == frames


class Taking(Lost):
    def __init__(self, leftover: bytes) -> None:
        super().__init__()
        self.data = bytearray(leftover)

    def data_received(self, data: bytes) -> None:
        self.data += data


# What is answered


@pytest.mark.each_loop
@pytest.mark.parametrize("cut", [1, 7, 100])
async def test_the_answer_may_come_in_pieces(cut):
    async def talk(reader, writer):
        answer = upgrade(await read_head(reader), "X: y") + b"\x81\x00"
        for position in range(0, len(answer), cut):
            writer.write(answer[position : position + cut])
            await asyncio.sleep(0)
        await reader.read()

    assert (await to(talk)).error is None


async def test_interim_answers_are_passed_over_and_recorded():
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    made = await to(Upgrading(before=hints))
    assert made.error is None
    assert made.last("websocket.handshake").response.startswith(hints.decode())


async def test_interim_answers_without_end_are_refused():
    made = await to(Answering([b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000], hold=True))
    assert isinstance(made.error, HandshakeError)


@pytest.mark.parametrize(
    "lines",
    [("X: " + "a" * 65536,), tuple(f"X-{number:04}: {'b' * 8}" for number in range(4096))],
    ids=["one long field", "many fields"],
)
async def test_an_answer_with_64_kib_of_headers_is_taken(lines):
    made = await to(Upgrading(lines=lines))
    assert made.error is None
    response = made.last("websocket.handshake").response
    assert len(response) > 65536
    assert all(line in response for line in lines)


async def test_an_answer_without_end_is_refused():
    made = await to(greeting(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000))
    assert isinstance(made.error, HandshakeError)
    assert "longer than 131072 bytes" in made.error.message
    assert made.types[-2:] == ["websocket.handshake", "connection.failed"]


@pytest.mark.each_loop
@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (build_refusal(403, body=b"no entry"), b"no entry"),
        (b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
         b"3\r\nno \r\n3\r\nway\r\n0\r\n\r\n", b"no way"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 403 Forbidden\nContent-Length: 2\n\nabcd", b"ab"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\ncut", b"cut"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: x\r\n\r\nodd", b"odd"),
        (b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"zz\r\n"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n" + b"a" * 200_000, b"a" * 65536),
    ],
    ids=["length", "chunked", "end", "http1.0", "cut", "bad length", "bad chunk", "long"],
)  # fmt: skip
async def test_a_refusal_keeps_its_status_headers_and_body(answer, body):
    made = await to(Answering([answer]))
    assert isinstance(made.error, UpgradeRefusedError)
    assert (made.error.status, made.error.body) == (403, body)
    assert made.error.message == "The server refused the opening handshake with 403 Forbidden."
    failed = made.last("connection.failed")
    assert (failed.phase, failed.kind, failed.status, failed.body) == (
        "upgrade",
        "status",
        403,
        body,
    )
    assert made.last("websocket.handshake").status == 403


async def test_a_refusal_without_a_body_is_not_waited_for():
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    async with asyncio.timeout(2):
        made = await to(Answering([answer], hold=True))
    assert (made.error.status, made.error.body) == (403, b"")


@pytest.mark.slow
async def test_a_body_that_does_not_end_is_cut_before_the_time_out_for_opening():
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nhalf"
    made = await to(Answering([answer], hold=True), open_timeout_s=0.4)
    assert isinstance(made.error, UpgradeRefusedError)
    assert made.error.body == b"half"


@pytest.mark.each_loop
@pytest.mark.parametrize(
    ("said", "kind", "message", "hint"),
    [
        (b"\x15\x03\x01\x00\x02\x02\x46", "tls-expected", "a TLS record", "wss:"),
        (b"\0\0\x12\x04\0\0\0\0\0\0\x03", "http2", "an HTTP/2 frame", "HTTP/1.1"),
        (b"SSH-2.0-OpenSSH_9\r\n", "not-http", "SSH server", "port"),
        (b"220 mail ESMTP\r\n", "not-http", "mail or FTP", "port"),
        (b"-ERR unknown command\r\n", "not-http", "Redis", "port"),
        (b"<html>hello", "not-http", "page without", "address"),
        (b"\x81\x05hello", "not-http", "WebSocket frame", "its mistake"),
        (b"\xde\xad\xbe\xef", "not-http", "not an HTTP status line", "address and port"),
        (b"HTTP/1.1 OK\r\n\r\n", "not-http", "not an HTTP status line", ""),
        (b"HTTP/1.1 101 X\r\n" + b"a: b\r\n" * 30_000, "handshake", "longer", "Cookies"),
    ],
)
async def test_an_answer_that_is_not_http_is_named(said, kind, message, hint):
    made = await to(greeting(said))
    assert isinstance(made.error, HandshakeError)
    assert message in made.error.message
    assert hint in made.error.hint
    assert made.last("websocket.handshake").response.encode("latin-1") == said
    assert made.last("connection.failed").kind == kind


@pytest.mark.each_loop
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 101 Switch"])
async def test_an_end_without_an_answer_is_named(said):
    made = await to(Answering([said]))
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("upgrade", "reset")
    assert "wss://127.0.0.1:" in made.error.hint
    assert made.last("websocket.handshake").response.encode() == said


async def test_a_tls_port_that_answers_in_plain_text_is_recognised():
    body = b"Client sent an HTTP request to an HTTPS server.\n"
    made = await to(Answering([build_refusal(400, body=body)]), "/a")
    assert isinstance(made.error, UpgradeRefusedError)
    assert "wss://127.0.0.1:" in made.error.hint


# A 101 that breaks the rules


@pytest.mark.parametrize("strict", [True, False])
async def test_a_breach_fails_a_strict_connection_and_is_written_down_either_way(strict):
    talk = Upgrading(lines=("Sec-WebSocket-Protocol: unasked", "Content-Length: 0"))
    made = await to(talk, strict=strict)
    breaches = [each for each in made.events if each.type == "websocket.violation"]
    assert [each.clause for each in breaches] == ["RFC 6455 4.1", "RFC 9110 8.6"]
    if strict:
        assert isinstance(made.error, HandshakeError)
        assert (made.error.clause, made.error.status) == ("RFC 6455 4.1", 101)
    else:
        assert made.error is None


async def test_a_breach_that_everybody_gets_along_with_fails_nothing():
    made = await to(Upgrading(lines=("Content-Length: 0",)))
    assert made.error is None
    assert made.last("websocket.violation").clause == "RFC 9110 8.6"


async def test_headers_typed_by_the_user_count_as_offers():
    own = (("sec-websocket-protocol", "own"), ("Sec-WebSocket-Extensions", "x-own; a"))
    lines = ("Sec-WebSocket-Protocol: own", "Sec-WebSocket-Extensions: x-own; b=1")
    made = await to(Upgrading(lines=lines), headers=own)
    assert made.error is None
    assert made.last("websocket.handshake").subprotocol == "own"


async def test_a_key_typed_by_the_user_is_the_one_that_is_checked():
    made = await to(Upgrading(), headers=(("Sec-WebSocket-Key", "own key"),))
    assert made.error is None


async def test_parameters_of_compression_that_were_not_offered_are_refused():
    line = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9"
    offer = DeflateOffer(client_max_window_bits=None)
    made = await to(Upgrading(lines=(line,)), compression=offer)
    assert isinstance(made.error, HandshakeError)
    assert made.error.clause.startswith("RFC 7692")
    assert made.last("websocket.violation").clause == made.error.clause


# Redirects


class Hops:
    """Two servers; the first redirects to the second, or where it is told."""

    def __init__(self, status: int = 302) -> None:
        self.status = status
        self.second = Upgrading()

    async def run(self, location: str = "", path: str = "/a", **options):
        async with RawServer(self.second) as second:
            target = location or f"ws://127.0.0.1:{second.port}/b#top"
            self.first = Answering([redirect(target, self.status)])
            async with RawServer(self.first) as first:
                url = f"ws://127.0.0.1:{first.port}{path}"
                self.url = f"ws://127.0.0.1:{second.port}/b"
                return await attempt(url, **({"max_redirects": 2} | options))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_each_exchange_recorded(status):
    hops = Hops(status)
    made = await hops.run()
    assert made.established is not None
    assert made.established.url == hops.url
    statuses = [each.status for each in made.events if each.type == "websocket.handshake"]
    assert statuses == [status, 101]


async def test_credentials_are_for_the_server_that_they_were_given_for():
    hops = Hops()
    await hops.run(
        auth=BasicAuth("u", "w"),
        cookies=("a=b",),
        headers=(("Cookie", "c=d"), ("authorization", "x"), ("Host", "h"), ("X-Kept", "1")),
    )
    first, second = hops.first.heads[0], hops.second.heads[0]
    assert (header(first, "Cookie"), header(first, "Host")) == ("c=d", "h")
    assert (header(second, "Cookie"), header(second, "Authorization")) == ("", "")
    assert header(second, "Host").startswith("127.0.0.1:")
    assert header(second, "X-Kept") == "1"


async def test_credentials_stay_with_a_redirect_on_the_same_server():
    talk = Answering([redirect("/b"), build_refusal(404)])
    made = await to(talk, auth=BearerAuth("t"), cookies=("a=b",), max_redirects=1)
    assert isinstance(made.error, UpgradeRefusedError)
    assert talk.heads[1].startswith(b"GET /b ")
    assert [header(head, "Authorization") for head in talk.heads] == ["Bearer t"] * 2
    assert [header(head, "Cookie") for head in talk.heads] == ["a=b"] * 2


async def test_a_redirect_is_not_followed_unasked():
    made = await Hops().run(max_redirects=0)
    assert isinstance(made.error, UpgradeRefusedError)
    assert made.error.status == 302
    assert "-L" in made.error.hint


async def test_redirects_in_a_circle_end():
    made = await to(Answering([redirect("/")]), max_redirects=3)
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("upgrade", "redirects")
    assert "more than 3 redirects" in made.error.message
    failed = [each for each in made.events if each.type == "connection.failed"]
    assert [each.kind for each in failed] == ["redirected"] * 3 + ["redirects"]
    assert (failed[-1].message, failed[-1].status) == (made.error.message, 302)


@pytest.mark.parametrize("location", ["ftp://x/", "http://[", "ws://:0"])
async def test_a_redirect_to_no_websocket_is_told(location):
    made = await Hops().run(location)
    assert isinstance(made.error, ConnectError)
    assert made.error.kind == "redirects"
    assert location in made.error.message


async def test_a_redirect_without_a_location_is_a_refusal():
    made = await to(Answering([b"HTTP/1.1 302 Found\r\n\r\n"]), max_redirects=3)
    assert isinstance(made.error, UpgradeRefusedError)


async def test_a_redirect_from_tls_to_plain_text_is_not_followed(tmp_path):
    authority = Authority(tmp_path)
    talk = Answering([redirect("ws://127.0.0.1:1/")])
    async with RawServer(talk, tls=authority.server("localhost")) as server:
        made = await attempt(
            f"wss://localhost:{server.port}/",
            tls=TLSOptions(ca=authority.ca_file),
            max_redirects=3,
        )
    assert isinstance(made.error, ConnectError)
    assert made.error.kind == "redirects"
    assert "from TLS to plain text" in made.error.message
    assert made.events[-1].kind == "redirects"


# Digest


CHALLENGE = build_refusal(
    401, headers=[("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5')]
)


async def test_a_digest_challenge_is_answered_once():
    talk = Answering([CHALLENGE])
    made = await to(talk, "/x?y", auth=DigestAuth("u", "w"))
    assert isinstance(made.error, UpgradeRefusedError)
    assert "check user and password" in made.error.hint
    first, second = (header(head, "Authorization") for head in talk.heads)
    assert first == ""
    assert second.startswith('Digest username="u", realm="r", nonce="n", uri="/x?y", response="')


async def test_a_digest_answer_that_is_accepted_establishes():
    challenged = Answering([CHALLENGE])
    upgrading = Upgrading()

    async def talk(reader, writer):
        await (upgrading if challenged.heads else challenged)(reader, writer)

    made = await to(talk, auth=DigestAuth("u", "w"))
    assert made.error is None
    statuses = [each.status for each in made.events if each.type == "websocket.handshake"]
    assert statuses == [401, 101]


@pytest.mark.parametrize("auth", [None, BasicAuth("u", "w")])
async def test_without_digest_credentials_a_challenge_is_a_refusal(auth):
    talk = Answering([CHALLENGE])
    made = await to(talk, auth=auth)
    assert isinstance(made.error, UpgradeRefusedError)
    assert len(talk.heads) == 1


# Giving up


async def test_an_attempt_that_nobody_waits_for_any_more_has_an_end():
    events = []
    reached = asyncio.Event()

    async def talk(reader, writer):
        await read_head(reader)
        reached.set()
        await reader.read()

    async with RawServer(talk) as server, asyncio.TaskGroup() as group:
        url = f"ws://127.0.0.1:{server.port}/"
        opening = group.create_task(
            establish(url, options=ConnectOptions(), timeline=Timeline(), sink=events.extend)
        )
        await reached.wait()
        opening.cancel()
    assert events[-1].type == "connection.failed"
    assert (events[-1].phase, events[-1].kind) == ("upgrade", "aborted")


# Retries


async def test_a_failure_that_may_pass_is_tried_again_as_a_connection_of_its_own():
    busy, upgrading = Answering([build_refusal(503)]), Upgrading()

    async def talk(reader, writer):
        await (upgrading if busy.heads else busy)(reader, writer)

    made = await to(talk, retry=RetryPolicy(attempts=2, delay_s=0))
    assert made.error is None
    opened = [each.connection for each in made.events if each.type == "connection.opening"]
    assert opened == ["c1", "c2"]


async def test_a_wrong_address_is_refused_before_anything_is_emitted():
    made = await attempt("ws://h/#x")
    assert isinstance(made.error, InvalidURLError)
    assert made.events == []
