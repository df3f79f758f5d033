"""Going a part of the way to a server: what is given, what is written down, what is not sent."""

import pytest

from tests.support.authority import Authority
from tests.support.proxies import ConnectProxy
from tests.support.raw_server import RawServer
from wirescope.errors import ConnectError
from wirescope.events import (
    ConnectionFailed,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    Timeline,
)
from wirescope.transports.websocket import ConnectOptions, TLSOptions, look_at_tls, look_up, reach


class Sink:
    """Keeps what is emitted, and goes with a timeline."""

    def __init__(self):
        self.events = []
        self.arguments = {"timeline": Timeline(), "sink": self.events.extend}

    @property
    def last(self):
        return self.events[-1]


class Silent:
    """A server's talk that says nothing and keeps what it was sent."""

    def __init__(self):
        self.received = b""

    async def __call__(self, reader, writer):
        while data := await reader.read(4096):
            self.received += data


async def test_a_look_is_a_connection_that_nobody_wanted_more_of():
    sink, talk = Sink(), Silent()
    async with RawServer(talk) as server:
        url = f"ws://127.0.0.1:{server.port}/chat"
        await reach(url, "127.0.0.1", options=ConnectOptions(), **sink.arguments)
    opening, *phases, failed = sink.events
    assert isinstance(opening, ConnectionOpening)
    assert opening.url == url
    assert [each.name for each in phases if isinstance(each, ConnectionPhase)] == ["dns", "tcp"]
    assert isinstance(phases[-1], ConnectionReached)
    assert isinstance(failed, ConnectionFailed)
    assert (failed.phase, failed.kind) == ("tcp", "aborted")
    assert talk.received == b""


async def test_an_address_that_cannot_be_reached_is_explained():
    sink = Sink()
    async with RawServer(Silent()) as server:
        port = server.port
    url = f"ws://example.test:{port}/"
    with pytest.raises(ConnectError) as caught:
        await reach(url, "127.0.0.1", options=ConnectOptions(), **sink.arguments)
    assert caught.value.kind == sink.last.kind == "refused"


async def test_a_name_is_looked_up_once_for_each_address():
    sink = Sink()
    found = await look_up("ws://127.0.0.1:9/", options=ConnectOptions(), **sink.arguments)
    assert found == ["127.0.0.1"]


async def test_with_a_proxy_it_is_the_proxy_that_is_looked_up():
    sink = Sink()
    options = ConnectOptions(proxy="http://127.0.0.1:9")
    found = await look_up("ws://nowhere.invalid/", options=options, **sink.arguments)
    assert found == ["127.0.0.1"]


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


async def test_what_tls_agrees_on_is_given_with_the_chain(authority):
    sink = Sink()
    async with RawServer(Silent(), tls=authority.server("127.0.0.1")) as server:
        url = f"wss://127.0.0.1:{server.port}/"
        agreed = await look_at_tls(url, "any", options=ConnectOptions(), **sink.arguments)
    assert (agreed.version, agreed.alpn) == ("TLSv1.3", "http/1.1")
    assert agreed.certificates[0].names == ["127.0.0.1"]
    assert agreed in sink.events


async def test_http2_is_chosen_where_it_is_offered(authority):
    sink = Sink()
    async with RawServer(Silent(), tls=authority.server("127.0.0.1")) as server:
        url = f"wss://127.0.0.1:{server.port}/"
        agreed = await look_at_tls(url, "http2", options=ConnectOptions(), **sink.arguments)
    assert agreed.alpn == "h2"


async def test_trust_is_checked_even_where_the_options_do_not_ask_for_it(authority):
    sink = Sink()
    options = ConnectOptions(tls=TLSOptions(insecure=True))
    async with RawServer(Silent(), tls=authority.server("127.0.0.1")) as server:
        url = f"wss://127.0.0.1:{server.port}/"
        with pytest.raises(ConnectError):
            await look_at_tls(url, "trusted", options=options, **sink.arguments)
    assert sink.last.phase == "tls"


async def test_old_versions_are_refused_by_a_server_of_today(authority):
    sink = Sink()
    async with RawServer(Silent(), tls=authority.server("127.0.0.1")) as server:
        url = f"wss://127.0.0.1:{server.port}/"
        with pytest.raises(ConnectError):
            await look_at_tls(url, "old", options=ConnectOptions(), **sink.arguments)


async def test_tls_is_looked_at_through_a_proxy(authority):
    sink = Sink()
    async with (
        RawServer(Silent(), tls=authority.server("server.test")) as server,
        ConnectProxy({"server.test:443": server.port}) as proxy,
    ):
        options = ConnectOptions(proxy=f"http://127.0.0.1:{proxy.port}")
        agreed = await look_at_tls("wss://server.test/", "any", options=options, **sink.arguments)
    assert agreed.certificates[0].names == ["server.test"]
