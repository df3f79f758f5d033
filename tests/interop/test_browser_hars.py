"""HARs of a page's WebSocket that a browser saved, by Playwright and by Chromium's own DevTools."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import cli
from tests.support.node_packages import with_packages
from wirescope import open_capture
from wirescope.events import MESSAGES_ONLY, CaptureGap, WebSocketHandshake, WebSocketMessage
from wirescope.playground import serve_endpoints

pytestmark = [
    pytest.mark.slow,
    pytest.mark.requires("chromium", "node", "npm"),
    pytest.mark.timeout(180),
]

BROWSER = Path(__file__).with_name("browser")
DEADLINE_S = 120
SAID = [
    ("text", b"hello"),
    ("text", "ünïcode 😀".encode()),
    ("binary", b"\x00\x01\xfe\xff"),
    ("text", b"0123456789" * 10_000),
]
NAMES = ("playwright", "devtools")


@pytest.fixture(scope="module")
def hars(tmp_path_factory: pytest.TempPathFactory, real_part: Callable[[str], str]) -> Path:
    """Let Chromium open a page that talks to the test endpoints; give the folder of its HARs."""
    folder = tmp_path_factory.mktemp("hars")
    script = with_packages(BROWSER, "browser", real_part("npm")) / "record_hars.js"
    command = [real_part("node"), str(script), real_part("chromium")]
    asyncio.run(record(command, folder))
    return folder


async def record(command: list[str], folder: Path) -> None:
    page = await asyncio.start_server(answer_with_a_page, "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{page.sockets[0].getsockname()[1]}"
    async with page, serve_endpoints(origins=(origin,)) as endpoints:
        address = (f"{origin}/", f"{endpoints.url}/echo", str(folder))
        process = await asyncio.create_subprocess_exec(
            *command,
            *address,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(DEADLINE_S):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode == 0, said.decode("utf-8", "replace")


async def answer_with_a_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        pass  # the browser opens connections that it may not use
    else:
        body = b"<!doctype html><title>A page</title>"
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    writer.close()


def imported(hars: Path, name: str, folder: Path) -> Path:
    path = folder / f"{name}.wirescope"
    done = cli("import", str(hars / f"{name}.har"), "-o", str(path))
    assert done.returncode == 0, done.stderr
    assert "read as har" in done.stderr
    return path


@pytest.mark.parametrize("name", NAMES)
def test_the_har_of_a_browser_becomes_a_capture_of_its_messages(
    hars: Path, tmp_path: Path, name: str
) -> None:
    with open_capture(imported(hars, name, tmp_path)) as capture:
        events = list(capture.events())
    messages = [event for event in events if isinstance(event, WebSocketMessage)]
    assert [(each.direction, each.kind, each.payload) for each in messages] == [
        (direction, *message) for message in SAID for direction in ("sent", "received")
    ]
    (gap,) = (event for event in events if isinstance(event, CaptureGap))
    assert gap.reason == MESSAGES_ONLY
    (handshake,) = (event for event in events if isinstance(event, WebSocketHandshake))
    assert handshake.status == 101
    assert "permessage-deflate" in handshake.extensions[0]
    assert "\r\nSec-WebSocket-Key: " in handshake.request


@pytest.mark.parametrize("name", NAMES)
def test_the_times_of_a_browsers_har_are_those_of_its_messages(
    hars: Path, tmp_path: Path, name: str
) -> None:
    har = json.loads((hars / f"{name}.har").read_bytes())
    (entry,) = (each for each in har["log"]["entries"] if "_webSocketMessages" in each)
    unit = 1e6 if name == "playwright" else 1e9
    told = [message["time"] * unit for message in entry["_webSocketMessages"]]
    with open_capture(imported(hars, name, tmp_path)) as capture:
        started = capture.started_wall_ns
        messages = [e for e in capture.events() if isinstance(e, WebSocketMessage)]
    assert [started + each.at_ns for each in messages] == pytest.approx(told, abs=2000)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_about_a_browsers_har_is_not_about_what_it_cannot_have(
    hars: Path, tmp_path: Path, name: str
) -> None:
    path = imported(hars, name, tmp_path)
    shown = cli("show", str(path)).stdout.decode()
    assert "ünïcode 😀" in shown
    assert "upgrade done in" not in shown
    report = json.loads(cli("analyze", str(path), "--format", "json").stdout)
    assert report["verdict"].endswith("The connection was opened; how it ended is not known.")
    assert report["findings"] == []
