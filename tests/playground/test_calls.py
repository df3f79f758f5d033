"""The endpoints for WebRTC, with our own peers."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.peers import Capture, until
from tests.support.visitors import calling_at, publishing_at, seen, watching_at
from wirescope.errors import (
    EngineError,
    EngineMissingError,
    SignalingError,
    UpgradeRefusedError,
)
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpening,
    DataChannelMessage,
    SignalingExchange,
    Timeline,
)
from wirescope.playground import ENDPOINTS, serve_endpoints
from wirescope.playground.endpoints import calling, picture, serving
from wirescope.transports.webrtc import (
    ChannelOptions,
    DataChannel,
    Peer,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import read_number
from wirescope.transports.webrtc.signaling import MessageSignaling, adapter_of
from wirescope.transports.websocket import Server, connect

LOSSY = ChannelOptions(label="unordered", ordered=False, max_retransmits=0)


def http(server: Server) -> str:
    return server.url.replace("ws", "http", 1)


async def get(url: str, method: str = "GET") -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        request = urllib.request.Request(url, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return await asyncio.to_thread(ask)


async def test_the_echo_sends_each_message_back_on_its_channel() -> None:
    async with (
        serve_endpoints() as server,
        calling_at(server.url, channels=(ChannelOptions(label="chat"), LOSSY)) as (peer, _),
    ):
        for channel in peer.channels:
            await channel.wait_open()
            for said in ("hi", "", b"\x00\xff"):
                await channel.send(said)
                back = await channel.receive()
                assert (back.text if isinstance(said, str) else back.payload) == said


async def test_the_echo_waits_before_each_answer_as_asked() -> None:
    async with (
        serve_endpoints() as server,
        calling_at(server.url, "?delay_ms=300", channels=(ChannelOptions(),)) as (peer, _),
    ):
        await peer.channels[0].wait_open()
        began_s = asyncio.get_running_loop().time()
        await peer.channels[0].send("hi")
        await peer.channels[0].receive()
        assert asyncio.get_running_loop().time() - began_s >= 0.3


async def test_the_echo_speaks_the_nested_shape_of_signaling() -> None:
    channels = (ChannelOptions(),)
    async with (
        serve_endpoints() as server,
        calling_at(server.url, "?adapter=nested", adapter="nested", channels=channels) as (peer, _),
    ):
        await peer.wait_open()


@pytest.mark.slow
async def test_the_echo_sends_picture_and_sound_back() -> None:
    async with serve_endpoints() as server, calling_at(server.url, video=True) as (peer, _):
        numbers = [read_number(each) for each in await seen(peer, "video", 30)]
        assert numbers[-1]
        blocks = await seen(peer, "audio", 100)
        loudest = max(max(memoryview(each.data).cast("h")) for each in blocks)
        assert loudest > 4000  # a quarter of full scale was sent
        assert {each.streams[0] for each in peer.media.received if each.streams} != set()


@pytest.mark.slow
async def test_the_echo_agrees_on_the_codec_that_is_asked_for() -> None:
    async with (
        serve_endpoints() as server,
        calling_at(server.url, "?codec=VP9", video=True) as (peer, _),
    ):
        await seen(peer, "video", 3)
        codecs = await peer.media.codecs()
        used = {(each.direction, each.name) for each in codecs if each.mid == "0"}
        assert used == {("sent", "VP9"), ("received", "VP9")}


async def test_a_call_ends_with_its_signaling() -> None:
    capture = Capture()
    async with serve_endpoints(timeline=capture.timeline, sink=capture.sink) as server:
        async with calling_at(server.url, channels=(ChannelOptions(),)) as (peer, connection):
            await peer.wait_open()
            await connection.close()
            async with asyncio.timeout(10):
                await peer.wait_ended()
        assert len(capture.of(ConnectionClosed)) == 2


async def test_the_signaling_ends_with_its_call() -> None:
    async with (
        serve_endpoints() as server,
        calling_at(server.url, channels=(ChannelOptions(),)) as (peer, connection),
    ):
        await peer.wait_open()
        await peer.close()
        assert (await connection.wait_closed()).code == 1000


async def test_a_call_that_fails_says_why_in_the_closing_frame(monkeypatch: Any) -> None:
    monkeypatch.setattr(calling, "OPEN_TIMEOUT_S", 0.1)
    async with serve_endpoints() as server:
        url = f"{server.url}/webrtc/echo"
        connection = await connect(url, timeline=Timeline(), sink=lambda _: None)
        async with connection:
            closed = await connection.wait_closed()
    assert closed.code == calling.CALL_FAILED
    assert "0.1 s" in closed.reason


async def test_a_call_without_an_engine_is_told_so_in_the_closing_frame(monkeypatch: Any) -> None:
    def missing(**_: Any) -> Any:
        raise EngineMissingError("There is no engine on this machine.")

    monkeypatch.setattr(calling, "open_peer", missing)
    async with serve_endpoints() as server:
        url = f"{server.url}/webrtc/echo"
        connection = await connect(url, timeline=Timeline(), sink=lambda _: None)
        async with connection:
            closed = await connection.wait_closed()
    assert (closed.code, closed.reason) == (
        calling.CALL_FAILED,
        "There is no engine on this machine.",
    )


async def test_a_message_that_the_engine_does_not_take_ends_its_channel_and_not_the_call(
    monkeypatch: Any,
) -> None:
    send = DataChannel.send

    async def refuse(self: DataChannel, data: str | bytes) -> None:
        if self.label == "refused" and self.initiator == "remote":
            raise EngineError("The engine did not take the message.")
        await send(self, data)

    monkeypatch.setattr(DataChannel, "send", refuse)
    channels = (ChannelOptions(label="refused"), ChannelOptions(label="taken"))
    async with serve_endpoints() as server, calling_at(server.url, channels=channels) as (peer, _):
        first, second = peer.channels
        await first.wait_open()
        await first.send("hi")
        async with asyncio.timeout(10):
            await first.wait_closed()
        await second.send("still here")
        assert (await second.receive()).text == "still here"


async def test_there_are_no_more_calls_than_may_be(monkeypatch: Any) -> None:
    monkeypatch.setattr(calling, "MAX_CALLS", 1)
    async with (
        serve_endpoints() as server,
        calling_at(server.url, channels=(ChannelOptions(),)) as (peer, _),
    ):
        await peer.wait_open()
        url = f"{server.url}/webrtc/echo"
        second = await connect(url, timeline=Timeline(), sink=lambda _: None)
        async with second:
            assert (await second.wait_closed()).code == calling.TRY_AGAIN_LATER


async def test_channels_beyond_the_limit_are_closed(monkeypatch: Any) -> None:
    monkeypatch.setattr(calling, "MAX_CHANNELS", 1)
    channels = (ChannelOptions(label="first"), ChannelOptions(label="second"))
    async with serve_endpoints() as server, calling_at(server.url, channels=channels) as (peer, _):
        first, second = peer.channels
        await second.wait_closed()
        await first.send("still here")
        assert (await first.receive()).text == "still here"


async def test_channels_that_are_closed_do_not_count(monkeypatch: Any) -> None:
    monkeypatch.setattr(calling, "MAX_CHANNELS", 1)
    channels = (ChannelOptions(label="first"),)
    async with serve_endpoints() as server, calling_at(server.url, channels=channels) as (peer, _):
        for _ in range(3):
            channel = peer.channels[-1]
            await channel.send("echo")
            assert (await channel.receive()).text == "echo"
            await channel.close()
            peer.create_channel(ChannelOptions(label="next"))


async def test_the_server_ends_its_calls_when_it_ends() -> None:
    capture = Capture()
    async with calling_beyond_the_server(capture) as peer:
        async with asyncio.timeout(10):
            await peer.wait_ended()
        assert peer.closed is not None
        assert peer.closed.initiator == "remote"


@asynccontextmanager
async def calling_beyond_the_server(capture: Capture) -> AsyncIterator[Peer]:
    """Call, and end the server while the call stands."""
    async with open_peer(timeline=capture.timeline, sink=capture.sink) as peer:
        async with serve_endpoints() as server:
            url = f"{server.url}/webrtc/echo"
            connection = await connect(url, timeline=Timeline(), sink=lambda _: None)
            signaling = MessageSignaling(connection, adapter_of("json"))
            peer.create_channel(ChannelOptions())
            async with negotiate(peer, signaling, polite=False):
                await peer.wait_open()
        await connection.wait_closed()
        yield peer


async def test_call_and_signaling_are_in_the_capture_of_the_server() -> None:
    capture = Capture()
    async with (
        serve_endpoints(timeline=capture.timeline, sink=capture.sink) as server,
        calling_at(server.url, channels=(ChannelOptions(label="chat"),)) as (peer, _),
    ):
        await peer.channels[0].wait_open()
        await peer.channels[0].send("hi")
        await peer.channels[0].receive()
        await until(lambda: len(capture.of(DataChannelMessage)) >= 2)
        opening = [(each.transport, each.url) for each in capture.of(ConnectionOpening)]
    address = f"{server.url}/webrtc/echo"
    assert opening == [("websocket", address), ("webrtc", f"webrtc+{address}")]


# Published and watched


@pytest.mark.slow
async def test_what_is_published_at_the_sink_is_seen_at_its_outlet_and_counted() -> None:
    capture = Capture()
    async with serve_endpoints(timeline=capture.timeline, sink=capture.sink) as server:
        address = http(server)
        assert "Nobody publishes" in (await get(f"{address}/whip/sink"))[1]
        async with publishing_at(address, codec="VP9"), watching_at(address, "/whep/sink") as one:
            assert read_number((await seen(one, "video", 5))[-1]) is not None
            status, told = await get(f"{address}/whip/sink")
            assert status == 405
            assert "Published is VP9 (" in told
            assert "1 watch it" in told
            with pytest.raises(SignalingError, match="Somebody publishes here already"):
                async with publishing_at(address):
                    pass
        assert "Nobody publishes" in (await get(f"{address}/whep/sink"))[1]
    methods = [each.method for each in capture.of(SignalingExchange)]
    assert methods.count("DELETE") == 2
    addresses = {each.url for each in capture.of(ConnectionOpening)}
    assert addresses == {f"{address}/whip/sink", f"{address}/whep/sink"}


async def test_an_outlet_where_nobody_publishes_says_so() -> None:
    async with serve_endpoints() as server:
        with pytest.raises(SignalingError, match="Nobody publishes yet"):
            async with watching_at(http(server), "/whep/sink"):
                pass


# The picture


@pytest.mark.slow
async def test_the_picture_is_made_once_for_all_who_watch_it() -> None:
    capture = Capture()
    async with serve_endpoints(timeline=capture.timeline, sink=capture.sink) as server:
        address, path = http(server), "/whep/picture?size=320x180&fps=20"
        async with watching_at(address, path) as one, watching_at(address, path) as other:
            numbers = [
                [read_number(each) for each in await seen(peer, "video", 10)]
                for peer in (one, other)
            ]
            assert all(each[-1] is not None for each in numbers)
            frame = (await seen(one, "video", 1))[0]
            assert (frame.width, frame.height) == (320, 180)
            assert "VP8 320x180 for 2" in (await get(f"{address}/whep/picture"))[1]
            sound = await seen(other, "audio", 50)
            assert max(max(memoryview(each.data).cast("h")) for each in sound) > 4000
    assert sum(each.url == "webrtc:" for each in capture.of(ConnectionOpening)) == 1


@pytest.mark.slow
async def test_the_picture_comes_in_the_codec_that_is_asked_for() -> None:
    async with (
        serve_endpoints() as server,
        watching_at(http(server), "/whep/picture?codec=VP9&size=320x180") as peer,
    ):
        await seen(peer, "video", 3)
        assert "VP9" in {each.name for each in await peer.media.codecs()}


@pytest.mark.slow
async def test_a_picture_that_nobody_watches_is_made_no_more(monkeypatch: Any) -> None:
    monkeypatch.setattr(serving, "LINGER_S", 0.2)
    monkeypatch.setattr(serving, "LOOK_S", 0.05)
    capture = Capture()
    async with serve_endpoints(timeline=capture.timeline, sink=capture.sink) as server:
        async with watching_at(http(server), "/whep/picture?size=320x180"):
            pass
        await until(lambda: len(capture.of(ConnectionClosed)) == 2)
        assert "Nobody watches" in (await get(f"{http(server)}/whep/picture"))[1]


@pytest.mark.slow
async def test_a_picture_goes_on_for_a_viewer_who_came_just_before_its_end(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(serving, "LINGER_S", 0.3)
    monkeypatch.setattr(serving, "LOOK_S", 0.6)  # the first viewer comes between two looks
    async with (
        serve_endpoints() as server,
        watching_at(http(server), "/whep/picture?size=320x180&fps=20") as peer,
    ):
        assert len(await seen(peer, "video", 40)) == 40


@pytest.mark.slow
async def test_there_are_few_different_pictures_at_a_time(monkeypatch: Any) -> None:
    monkeypatch.setattr(picture, "MAX_PICTURES", 1)
    async with serve_endpoints() as server:
        address = http(server)
        async with watching_at(address, "/whep/picture?size=320x180"):
            with pytest.raises(SignalingError, match="1 different pictures"):
                async with watching_at(address, "/whep/picture?size=320x180&fps=20"):
                    pass


async def test_a_parameter_out_of_its_range_is_refused() -> None:
    async with serve_endpoints() as server:
        with pytest.raises(SignalingError, match="400") as caught:
            async with watching_at(http(server), "/whep/picture?fps=1000"):
                pass
        assert "fps takes a number from 1 to 60" in f"{caught.value}"


# What all of them have in common


async def test_each_is_listed_with_its_whole_address() -> None:
    async with serve_endpoints() as server:
        _, listed = await get(f"{http(server)}/")
    host = server.url.partition("://")[2]
    for address in (
        f"webrtc+ws://{host}/webrtc/echo",
        f"whip+http://{host}/whip/sink",
        f"whep+http://{host}/whep/sink",
        f"whep+http://{host}/whep/picture",
    ):
        assert address in listed


def test_the_address_over_tls_says_so() -> None:
    by_path = {each.path: each for each in ENDPOINTS}
    assert by_path["/webrtc/echo"].address("wss://h:1") == "webrtc+wss://h:1/webrtc/echo"
    assert by_path["/whip/sink"].address("wss://h:1") == "whip+https://h:1/whip/sink"


@pytest.mark.parametrize("path", ["/whip/sink", "/whep/sink", "/whep/picture"])
async def test_an_endpoint_over_http_is_no_websocket(path: str) -> None:
    async with serve_endpoints() as server:
        with pytest.raises(UpgradeRefusedError, match="400"):
            await connect(server.url + path, timeline=Timeline(), sink=lambda _: None)


async def test_the_calls_endpoint_needs_a_websocket() -> None:
    async with serve_endpoints() as server:
        assert (await get(f"{http(server)}/webrtc/echo"))[0] == 426


@pytest.mark.parametrize("path", ["/whip/sink", "/whep/picture"])
async def test_pages_of_other_origins_are_kept_out(path: str) -> None:
    def ask(url: str) -> int:
        request = urllib.request.Request(url, b"v=0", {"Origin": "http://a.test"})
        try:
            urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        return 200

    async with serve_endpoints() as server:
        assert await asyncio.to_thread(ask, http(server) + path) == 403
    async with serve_endpoints(origins=("http://a.test",)) as server:
        assert await asyncio.to_thread(ask, http(server) + path) == 415
