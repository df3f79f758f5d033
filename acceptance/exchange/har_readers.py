"""HAR out to har-validator and mitmproxy, and a HAR of mitmproxy in."""

import asyncio
import json
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from acceptance.exchange.programs import MITMPROXY, Finding, node_packages, output, tool
from wirescope.capture import FORMATS, Capture, CaptureWriter, open_capture
from wirescope.clock import SystemClock
from wirescope.events import Timeline, WebSocketMessage
from wirescope.playground import serve_endpoints
from wirescope.transports.websocket import ConnectOptions, connect

_ADDON = """
from mitmproxy import http

def load(loader):
    pass

def response(flow: http.HTTPFlow):
    messages = len(flow.websocket.messages) if flow.websocket else 0
    print(flow.response.status_code, len(flow.request.headers), messages, flush=True)
"""
_SENT = ("through mitmproxy", "ünïcode", bytes(range(64)), "x" * 3000)
_DEADLINE_S = 30


def check(path: Path, capture: Capture) -> Iterator[Finding]:
    """Let both look at a HAR that we wrote."""
    log = json.loads(path.read_bytes())["log"]
    count = output("node", node_packages() / "validate_har.js", path, check=False).strip()
    shows = f"valid HAR 1.2, {count or 'no'} entries"
    yield Finding("har", "har-validator 5.1.5", shows, count == str(len(log["entries"])))
    yield _mitmproxy_reads(path, log["entries"])
    yield _mitmproxy_writes()


def _mitmproxy_reads(path: Path, entries: list[object]) -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        addon = Path(folder) / "addon.py"
        addon.write_text(_ADDON, "utf-8")
        command = tool("mitmproxy", MITMPROXY, "mitmdump", "-q", "-n", "-r", str(path))
        lines = output(*command, "-s", str(addon)).splitlines()
    flows = [tuple(map(int, line.split())) for line in lines]
    upgraded = sum(status == 101 for status, _, _ in flows)
    messages = sum(each for _, _, each in flows)
    told = f"{messages} messages" if messages else "its reader passes over _webSocketMessages"
    shows = f"{len(flows)} of {len(entries)} flows, {upgraded} upgraded to WebSocket; {told}"
    return Finding("har", f"mitmproxy {MITMPROXY}", shows, len(flows) == len(entries) > 0)


def _mitmproxy_writes() -> Finding:
    """Talk through mitmproxy, let it save a HAR, and make a capture of that."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = asyncio.run(_talk_through(folder))
        with (folder / "theirs.har").open("rb") as file:
            FORMATS["har"].read(file, folder / "theirs.wirescope")
        with open_capture(folder / "theirs.wirescope") as capture:
            theirs = _messages(capture)
        same = theirs == kept
    shows = f"{len(theirs)} messages of a HAR that it saved, {'equal' if same else 'not equal'}"
    return Finding("har", f"from mitmproxy {MITMPROXY}", shows, same and len(kept) == 8)


def _messages(capture: Capture) -> list[tuple[str, str, bytes]]:
    return [
        (event.direction, event.kind, event.payload)
        for event in capture.events(filter="type == websocket.message")
        if isinstance(event, WebSocketMessage)
    ]


async def _talk_through(folder: Path) -> list[tuple[str, str, bytes]]:
    timeline = Timeline()
    async with serve_endpoints() as server:
        port = _free_port()
        to = server.url.replace("ws://", "http://")
        command = tool("mitmproxy", MITMPROXY, "mitmdump", "-q", "--mode", f"reverse:{to}")
        options = ["--listen-host", "127.0.0.1", "-p", str(port), "--set"]
        saving = f"hardump={folder / 'theirs.har'}"
        proxy = await asyncio.create_subprocess_exec(
            *command, *options, saving, stdin=asyncio.subprocess.DEVNULL
        )
        try:
            await _until_it_listens(port)
            async with CaptureWriter.create(folder / "ours", timeline=timeline) as writer:
                await _talk(f"ws://127.0.0.1:{port}/echo", timeline, writer)
        finally:
            proxy.terminate()  # it writes the HAR then
            async with asyncio.timeout(_DEADLINE_S):
                await proxy.wait()
    with open_capture(folder / "ours") as capture:
        return _messages(capture)


async def _talk(url: str, timeline: Timeline, writer: CaptureWriter) -> None:
    # Its own name is what mitmproxy passes on as Host, which the endpoints know.
    connection = await connect(url, options=ConnectOptions(), timeline=timeline, sink=writer)
    async with asyncio.timeout(_DEADLINE_S), connection:
        for data in _SENT:
            await connection.send(data)
            await connection.receive()
        await connection.close(1000)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def _until_it_listens(port: int) -> None:
    clock = SystemClock()
    end_ns = clock.monotonic_ns() + _DEADLINE_S * 10**9
    while clock.monotonic_ns() < end_ns:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)  # a program cannot be waited for in any other way
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise RuntimeError("mitmproxy does not listen")
