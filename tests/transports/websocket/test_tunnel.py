"""Proxies: HTTP CONNECT and SOCKS5, with and without TLS behind them."""

import pytest

from tests.support.authority import Authority
from tests.support.handshakes import Upgrading, attempt, greeting
from tests.support.proxies import ConnectProxy, Socks5Proxy
from tests.support.raw_server import RawServer
from wirescope.errors import ConnectError
from wirescope.transports.websocket.options import ResolveOverride, TLSOptions
from wirescope.transports.websocket.tunnel import connect_request
from wirescope.transports.websocket.url import parse_proxy

FAR = {"far.invalid:80": 0, "far.invalid:443": 0}


def leading_to(port: int) -> dict[str, int]:
    return dict.fromkeys(FAR, port)


@pytest.mark.each_loop
@pytest.mark.parametrize(
    ("make", "scheme"), [(ConnectProxy, "http"), (Socks5Proxy, "socks5h")], ids=["http", "socks5h"]
)
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_a_proxy_resolves_the_name_and_leads_to_the_server(tmp_path, make, scheme, secure):
    authority = Authority(tmp_path)
    tls = authority.server("far.invalid") if secure else None
    talk = Upgrading()
    async with RawServer(talk, tls=tls) as server, make(leading_to(server.port)) as proxy:
        made = await attempt(
            "wss://far.invalid/x" if secure else "ws://far.invalid/x",
            proxy=f"{scheme}://127.0.0.1:{proxy.port}",
            tls=TLSOptions(ca=authority.ca_file),
        )
    assert made.error is None
    tls_steps = ["tls", "connection.secured"] if secure else []
    expected = ["dns", "tcp", "connection.reached", "proxy", *tls_steps, "upgrade"]
    assert made.types[1:-1] == expected
    assert talk.heads[0].startswith(b"GET /x HTTP/1.1\r\nHost: far.invalid\r\n")


async def test_socks5_without_h_resolves_the_name_here():
    override = ResolveOverride("far.invalid", 80, ("127.0.0.9",))
    async with (
        RawServer(Upgrading()) as server,
        Socks5Proxy({"127.0.0.9:80": server.port}) as proxy,
    ):
        made = await attempt(
            "ws://far.invalid/", proxy=f"socks5://127.0.0.1:{proxy.port}", resolve=(override,)
        )
    assert made.error is None
    assert proxy.asked == ["127.0.0.9:80"]


@pytest.mark.parametrize(
    ("make", "scheme"), [(ConnectProxy, "http"), (Socks5Proxy, "socks5h")], ids=["http", "socks5h"]
)
async def test_a_proxy_gets_the_credentials_of_its_address(make, scheme):
    async with (
        RawServer(Upgrading()) as server,
        make(leading_to(server.port), credentials="me:p:w") as proxy,
    ):
        right, wrong = [
            await attempt("ws://far.invalid/", proxy=f"{scheme}://me:{word}@127.0.0.1:{proxy.port}")
            for word in ("p%3Aw", "x")
        ]
    assert right.error is None
    assert isinstance(wrong.error, ConnectError)
    assert (wrong.error.phase, wrong.error.kind) == ("proxy", "proxy-authentication")
    assert "into its address (--proxy)" in wrong.error.hint


async def test_the_answer_to_connect_may_come_in_pieces_and_with_any_2xx():
    pieces = (b"HTTP/1.1 200 OK\r\nVia: ", b"x\r\n", b"\r\n")
    async with (
        RawServer(Upgrading()) as server,
        ConnectProxy(leading_to(server.port), answer=pieces) as proxy,
    ):
        made = await attempt("ws://far.invalid/", proxy=f"127.0.0.1:{proxy.port}")
    assert made.error is None


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "refused to connect to far.invalid:80 with 403", "not"),
        (b"HTTP/1.1 502 x\r\n\r\n", "502 x", "cannot reach"),
        (b"\x05\xff", "did not answer in HTTP", "socks5h://"),
        (b"HTTP/1.1 200 x\r\n\r\n220 hello", "sent 9 bytes before", "no WebSocket server"),
        (b"", "closed the connection", "kind of the proxy"),
    ],
)
async def test_what_an_http_proxy_says_instead_is_told(answer, message, hint):
    async with ConnectProxy(FAR, answer=(answer,)) as proxy:
        made = await attempt("ws://far.invalid/", proxy=f"127.0.0.1:{proxy.port}")
    assert isinstance(made.error, ConnectError)
    assert made.error.phase == "proxy"
    assert message in made.error.message
    assert hint in made.error.hint


@pytest.mark.parametrize(("reply", "message"), [(2, "not allowed"), (5, "refused")])
async def test_what_a_socks_proxy_says_instead_is_told(reply, message):
    async with Socks5Proxy(FAR, reply=reply) as proxy:
        made = await attempt("ws://far.invalid/", proxy=f"socks5h://127.0.0.1:{proxy.port}")
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("proxy", "proxy")
    assert message in made.error.message


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 x\r\n\r\n", b"\x05\x00\x05\x00\x00\x07junk"])
async def test_a_socks_proxy_that_speaks_something_else_is_told(said):
    async with RawServer(greeting(said)) as server:
        made = await attempt("ws://far.invalid/", proxy=f"socks5h://127.0.0.1:{server.port}")
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("proxy", "proxy")


@pytest.mark.parametrize(("proxy", "kind"), [("127.0.0.1:1", "refused"), ("x.invalid", "resolve")])
async def test_a_proxy_that_is_not_there_is_named_as_the_proxy(proxy, kind):
    made = await attempt("ws://far.invalid/", proxy=proxy)
    assert isinstance(made.error, ConnectError)
    assert (made.error.phase, made.error.kind) == ("proxy", kind)
    assert proxy.partition(":")[0] in made.error.message


async def test_credentials_that_socks_cannot_carry_are_refused():
    async with Socks5Proxy(FAR, credentials="x:y") as proxy:
        made = await attempt("ws://far.invalid/", proxy=f"socks5h://ü:ü@127.0.0.1:{proxy.port}")
    assert isinstance(made.error, ConnectError)
    assert "SOCKS5 cannot carry" in made.error.message


def test_the_request_for_a_tunnel_names_the_target_twice():
    assert connect_request(parse_proxy("http://u:w@p"), "[::1]:80") == (
        b"CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\nProxy-Authorization: Basic dTp3\r\n\r\n"
    )
