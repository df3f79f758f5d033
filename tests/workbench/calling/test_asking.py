"""The way to the server of WHIP and WHEP: it is that of a WebSocket."""

import asyncio
from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.proxies import ConnectProxy, Socks5Proxy
from tests.transports.webrtc.signaling.serving import told
from tests.workbench.calling.others import Log, over_http
from wirescope.errors import ConnectError, SignalingError
from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse
from wirescope.transports.websocket import ConnectOptions, ResolveOverride, TLSOptions
from wirescope.workbench.calling import CallOptions, parse_address

pytestmark = pytest.mark.slow

NAMED = "whep+http://localhost:7/live"


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


async def stands(url: str, **signaling: object) -> None:
    """Make a call that comes about, and end it."""
    options = ConnectOptions(**signaling)  # type: ignore[arg-type]
    async with Log().call(url, signaling=options) as call:
        await call.wait_open()


async def test_it_goes_by_an_http_proxy() -> None:
    async with over_http(media=True) as other:
        port = port_of(other.url)
        async with ConnectProxy({"localhost:7": port}, credentials="a:b") as proxy:
            await stands(NAMED, proxy=f"http://a:b@127.0.0.1:{proxy.port}")
        assert proxy.asked


async def test_it_goes_by_a_socks_proxy() -> None:
    async with over_http(media=True) as other:
        async with Socks5Proxy({"localhost:7": port_of(other.url)}) as proxy:
            await stands(NAMED, proxy=f"socks5h://127.0.0.1:{proxy.port}")
        assert set(proxy.asked) == {"localhost:7"}


async def test_tls_goes_by_a_proxy_and_is_checked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with over_http(media=True, ssl=authority.server("localhost")) as other:
        way = {"localhost:443": port_of(other.url)}
        async with ConnectProxy(way) as proxy:
            named, by = "whep+https://localhost/live", f"http://127.0.0.1:{proxy.port}"
            await stands(named, proxy=by, tls=TLSOptions(ca=authority.ca_file))
            with pytest.raises(ConnectError) as seen:
                await stands(named, proxy=by)
    assert seen.value.kind == "certificate-untrusted"


async def test_a_proxy_that_refuses_is_what_failed() -> None:
    refusing = ConnectProxy({"localhost:7": 1}, answer=(b"HTTP/1.1 403 No\r\n\r\n",))
    async with refusing as proxy:
        with pytest.raises(ConnectError) as seen:
            await stands(NAMED, proxy=f"http://127.0.0.1:{proxy.port}")
    assert (seen.value.phase, seen.value.kind) == ("proxy", "proxy")
    with pytest.raises(ConnectError) as seen:
        await stands(NAMED, proxy="socks5h://127.0.0.1:9")
    assert (seen.value.phase, seen.value.kind) == ("proxy", "refused")


async def test_each_address_of_a_list_is_tried() -> None:
    async with over_http(media=True) as other:
        port = port_of(other.url)
        override = ResolveOverride("localhost", port, ("127.0.0.9", "127.0.0.1"))
        await stands(f"whep+http://localhost:{port}/live", resolve=(override,))


async def test_an_address_family_is_kept_to() -> None:
    async with over_http(media=True) as other:
        await stands(other.url, family=4)
        with pytest.raises(ConnectError) as seen:
            await stands(other.url, family=6)
    assert seen.value.kind == "resolve"


async def test_redirects_are_followed_as_often_as_asked_for() -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        step = int(request.path.rpartition("/")[2])
        if step == 3:
            return HttpResponse(404)
        return HttpResponse(307, (("Location", f"/{step + 1}"),))

    async with told(answer) as server:
        for most, kind in ((None, SignalingError), (3, SignalingError), (0, ConnectError)):
            with pytest.raises(kind) as seen:
                async with Log().call(f"whep+{server.url}/0", max_redirects=most):
                    pass
            if kind is ConnectError:
                assert "more than 0 redirects" in str(seen.value)


def test_the_time_for_connecting_bounds_an_exchange() -> None:
    address = parse_address("whep+https://a.test/b")
    for seconds in (2.0, 60.0):
        options = CallOptions(signaling=ConnectOptions(open_timeout_s=seconds))
        assert options.http_options(address).timeout_s == seconds


async def test_a_server_that_hangs_over_tls_is_not_waited_for_beyond_the_deadline(
    tmp_path: Path,
) -> None:
    authority, over = Authority(tmp_path), asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await over.wait()  # neither an answer nor the end of TLS comes
        writer.transport.abort()

    server = await asyncio.start_server(hang, "127.0.0.1", 0, ssl=authority.server("localhost"))
    loop = asyncio.get_running_loop()
    async with server:
        url = f"whep+https://localhost:{server.sockets[0].getsockname()[1]}/live"
        began_s = loop.time()
        with pytest.raises(ConnectError, match="did not answer within 1 s"):
            await stands(url, open_timeout_s=1.0, tls=TLSOptions(ca=authority.ca_file))
        assert loop.time() - began_s < 15  # asyncio waits 30 s for the end of TLS
        over.set()
