"""The pages of the samples, their frame and their wire, over HTTP and WebSocket."""

import asyncio
import json
import re
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

from wirescope.errors import UpgradeRefusedError
from wirescope.events import (
    ConnectionOpening,
    DataChannelMessage,
    IceError,
    Timeline,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.playground import serve_endpoints
from wirescope.playground.samples import wire
from wirescope.playground.samples.rows import MAX_CONTENT, row_of
from wirescope.playground.samples.wire import Run, Wires
from wirescope.transports.websocket import (
    ConnectOptions,
    Server,
    WebSocketConnection,
    connect,
)


async def get(url: str) -> tuple[int, str, Message]:
    def ask() -> tuple[int, str, Message]:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers

    return await asyncio.to_thread(ask)


def http(server: Server) -> str:
    return server.url.replace("ws", "http", 1)


async def socket(url: str, cookie: str = "") -> WebSocketConnection:
    options = ConnectOptions(cookies=(cookie,) if cookie else ())
    return await connect(url, options=options, timeline=Timeline(), sink=lambda _: None)


async def frames_of(server: Server) -> str:
    """Ask for a page, and give the origin of its frames."""
    _, page, _ = await get(f"{http(server)}/samples/websocket")
    found = re.search(r'data-frames="([^"]+)"', page)
    assert found is not None
    return found[1]


async def rows(watching: WebSocketConnection, until: str) -> list[dict[str, Any]]:
    """Read rows until one says what is waited for."""
    found: list[dict[str, Any]] = []
    while not any(until in each["says"] for each in found):
        found += json.loads((await watching.receive()).text)["rows"]
    return found


# Pages


@pytest.mark.parametrize("name", ["websocket", "webrtc"])
async def test_a_page_runs_its_own_files_only(name: str) -> None:
    async with serve_endpoints() as server:
        status, page, headers = await get(f"{http(server)}/samples/{name}")
        frames = await frames_of(server)
    policy = headers["Content-Security-Policy"]
    assert status == 200
    assert "script-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert policy.endswith(f"frame-src {frames}")
    assert not re.search(r"<script[^>]*>[^<]|\son\w+=|<style|style=", page)


async def test_the_frames_are_of_another_origin_which_has_no_page() -> None:
    async with serve_endpoints() as server:
        frames = await frames_of(server)
        assert frames != http(server)
        assert (await get(f"{frames}/samples/websocket"))[0] == 404
        assert (await get(f"{http(server)}/samples/frame?run=x&port=1"))[0] == 404


async def test_the_second_port_is_the_same_for_all_pages() -> None:
    async with serve_endpoints() as server:
        first = await frames_of(server)
        assert await frames_of(server) == first


@pytest.mark.parametrize("path", ["/samples", "/samples/"])
async def test_the_folder_leads_to_the_first_sample(path: str) -> None:
    async with serve_endpoints() as server:
        assert "<title>WebSocket sample" in (await get(http(server) + path))[1]


@pytest.mark.parametrize(
    "path",
    ["/samples/other", "/samples/files/page.html", "/samples/files/../wire.py", "/samples/files/"],
)
async def test_nothing_else_is_given_out(path: str) -> None:
    async with serve_endpoints() as server:
        assert (await get(http(server) + path))[0] == 404


async def test_a_host_name_cannot_write_into_the_policy() -> None:
    async with serve_endpoints(hosts=("*",)) as server:

        def ask() -> str:
            request = urllib.request.Request(f"{http(server)}/samples/websocket")
            request.add_header("Host", "a; script-src *")
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.headers["Content-Security-Policy"])

        assert "script-src *" not in await asyncio.to_thread(ask)


async def test_the_list_of_the_endpoints_leads_to_the_samples() -> None:
    async with serve_endpoints() as server:

        def ask() -> str:
            request = urllib.request.Request(f"{http(server)}/", headers={"Accept": "text/html"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.read().decode())

        page = await asyncio.to_thread(ask)
    assert 'href="/samples/websocket"' in page
    assert 'href="/samples/webrtc"' in page
    assert "<code>fragments=1</code> frames to cut each answer into" in page


# The frame and the wire


async def test_a_frame_is_given_to_a_run_that_is_there_and_names_it_in_a_cookie() -> None:
    async with serve_endpoints() as server:
        frames = await frames_of(server)
        async with await socket(f"{server.url}/samples/wire") as watching:
            run = json.loads((await watching.receive()).text)["run"]
            url = f"{frames}/samples/frame?run={run}&port={server.url.rpartition(':')[2]}"
            status, page, headers = await get(url)
            assert status == 200
            assert headers["Set-Cookie"].startswith(f"{wire.COOKIE}={run}; Path=/; HttpOnly")
            assert headers["Content-Security-Policy"].endswith(f"frame-ancestors {http(server)}")
            assert f'data-page="{http(server)}"' in page
        assert (await get(url))[0] == 404
        assert (await get(f"{frames}/samples/frame?run={run}&port=1;x"))[0] == 404


async def test_the_wire_shows_the_connections_of_its_own_run_alone() -> None:
    async with serve_endpoints() as server, await socket(f"{server.url}/samples/wire") as watching:
        run = json.loads((await watching.receive()).text)["run"]
        async with await socket(f"{server.url}/echo", "wirescope-run=other") as stranger:
            await stranger.send("not for you")
            await stranger.receive()
        async with await socket(f"{server.url}/echo", f"a=b; {wire.COOKIE}={run}") as mine:
            await mine.send("mine")
            await mine.receive()
        found = await rows(watching, "closed by the page with 1000")
    assert "not for you" not in str(found)
    says = [(each.get("way", ""), each["says"], each.get("content", "")) for each in found]
    assert says[0] == ("", f"{server.url}/echo", "")
    assert says[1][1] == "GET /echo: 101"
    assert ("to server", "mine") in [(way, content) for way, _, content in says]
    assert ("to page", "mine") in [(way, content) for way, _, content in says]
    assert ("to server", "close 1000", "") in says


async def test_the_wire_gives_no_heads() -> None:
    async with serve_endpoints() as server, await socket(f"{server.url}/samples/wire") as watching:
        run = json.loads((await watching.receive()).text)["run"]
        cookie = f"workbench=secret; {wire.COOKIE}={run}"
        async with await socket(f"{server.url}/echo", cookie):
            pass
        found = str(await rows(watching, "closed by"))
    assert "secret" not in found
    assert run not in found


async def test_a_call_belongs_to_the_run_of_its_signaling() -> None:
    async with serve_endpoints() as server, await socket(f"{server.url}/samples/wire") as watching:
        run = json.loads((await watching.receive()).text)["run"]
        url = f"{server.url}/webrtc/echo"
        async with await socket(url, f"{wire.COOKIE}={run}"):
            found = await rows(watching, "webrtc+ws://")
    assert len({each["connection"] for each in found}) == 2


async def test_pages_of_other_origins_get_no_wire() -> None:
    async with serve_endpoints() as server:
        options = ConnectOptions(origin="http://a.test")
        with pytest.raises(UpgradeRefusedError, match="403"):
            await connect(
                f"{server.url}/samples/wire",
                options=options,
                timeline=Timeline(),
                sink=lambda _: None,
            )


async def test_there_are_few_runs_at_a_time(monkeypatch: Any) -> None:
    monkeypatch.setattr(wire, "MAX_RUNS", 1)
    async with serve_endpoints() as server, await socket(f"{server.url}/samples/wire") as one:
        await one.receive()
        async with await socket(f"{server.url}/samples/wire") as other:
            assert (await other.wait_closed()).code == wire.TRY_AGAIN_LATER


async def test_rows_that_nobody_waits_for_are_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(wire, "MAX_ROWS", 2)
    run = Run()
    for number in range(5):
        run.take(message(number, f"{number}".encode()))
    update = await run.next()
    assert update.left_out == 3
    assert [each.content for each in update.rows] == ["3", "4"]


def test_connections_of_nobody_are_forgotten(monkeypatch: Any) -> None:
    monkeypatch.setattr(wire, "MAX_OPENINGS", 2)
    wires = Wires(lambda _: None)
    wires._runs["r"] = Run()
    for number in range(5):
        wires.sink((ConnectionOpening(number, 0, f"c{number}", "ws://a", "websocket"),))
    assert list(wires._openings) == ["c3", "c4"]


def message(seq: int, payload: bytes, kind: Any = "text") -> WebSocketMessage:
    length = len(payload)
    return WebSocketMessage(seq, 0, "c1", "received", kind, length, length, False, (1,), payload)


def test_a_row_shows_as_much_of_a_message_as_a_page_can_use() -> None:
    long = row_of(message(1, b"x" * 100_000), 0)
    assert long is not None
    assert len(long.content) == MAX_CONTENT
    binary = row_of(message(1, bytes(100), "binary"), 0)
    assert binary is not None
    assert binary.content.endswith(" …")


def test_frames_of_data_make_no_rows_and_pings_do() -> None:
    data = WebSocketFrame(1, 0, "c1", "sent", b"\x81\x00", b"", 0)
    ping = WebSocketFrame(1, 0, "c1", "sent", b"\x89\x02", b"hi", 0)
    assert row_of(data, 0) is None
    made = row_of(ping, 0)
    assert made is not None
    assert (made.says, made.content, made.way) == ("ping of 2 bytes", "68 69", "to page")


def test_what_is_wrong_is_marked() -> None:
    error = IceError(1, 5_000_000, "c1", "stun:s", 701, "no answer", "", 0)
    row = row_of(error, 0)
    assert row is not None
    assert (row.tone, row.at_ms) == ("error", 5)


def test_a_message_of_a_channel_is_shown_with_its_content() -> None:
    event = DataChannelMessage(1, 0, "c1", "sent", 1, "text", 2, b"hi")
    row = row_of(event, 0)
    assert row is not None
    assert row.content == "hi"


def test_a_handshake_without_a_cookie_is_of_no_run() -> None:
    wires = Wires(lambda _: None)
    wires._runs["r"] = Run()
    for head in ("GET /echo HTTP/1.1\r\nHost: a", "GET /echo HTTP/1.1\r\nCookie: \x00=;;\r\n"):
        wires.sink((WebSocketHandshake(1, 0, "c1", head, "", 101, "", []),))
    assert wires._of == {}
