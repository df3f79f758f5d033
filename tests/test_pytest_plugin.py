"""`wirescope_link`, as it is there in anybody's project: in a run of pytest of its own."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import asyncio, socket, time
import pytest
from wirescope.errors import UsageError
from wirescope.link import Direction, symmetric

TARGET = ("127.0.0.1", {port})
SLOW = symmetric("slow", Direction(delay_ms=40))

def asked(address):
    began = time.monotonic()
    with socket.create_connection(address) as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
    return time.monotonic() - began

def test_a_plain_test_waits_for_the_link(wirescope_link):
    link = wirescope_link(SLOW, TARGET)
    assert asked((link.host, link.port)) >= 0.08
    up, down = link.reports()
    assert (up.counts.passed, down.counts.passed) >= (1, 1)
    assert link.url("ws", "/chat") == f"ws://{{link.host}}:{{link.port}}/chat"
    assert any("round trip" in each for each in link.cannot_show)

async def asked_there(address):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.close()

def test_a_coroutine_uses_it_from_its_own_loop(wirescope_link):
    link = wirescope_link("clean", "127.0.0.1:{port}")
    asyncio.run(asked_there((link.host, link.port)))

def test_a_file_and_several_links_at_a_time(wirescope_link, tmp_path):
    (tmp_path / "office.json").write_text('{{"name": "office", "both": {{"delay_ms": 1}}}}')
    one = wirescope_link(str(tmp_path / "office.json"), TARGET)
    other = wirescope_link("clean", TARGET)
    assert one.port != other.port
    assert one.settings.name == "office"

@pytest.mark.parametrize(("link", "target", "words"), [
    ("dance", TARGET, "no link"),
    ("clean", "nowhere", "no host and port"),
    ("/does/not/exist.json", TARGET, "cannot be read"),
])
def test_what_cannot_be_is_refused(wirescope_link, link, target, words):
    with pytest.raises(UsageError, match=words):
        wirescope_link(link, target)

def test_a_link_ends_with_a_test_that_fails(wirescope_link):
    link = wirescope_link("clean", TARGET)
    print("PORT", link.port)
    raise AssertionError("as it should")
"""


@pytest.fixture
def echo() -> Iterator[int]:
    """Send back what comes, on a port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    while data := connection.recv(4096):
                        connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_it_is_there_in_any_project(echo: int, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(PROGRAM.format(port=echo))
    done: Any = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rP", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "6 passed, 1 failed" in done.stdout.replace("1 failed, 6 passed", "6 passed, 1 failed")
    assert "as it should" in done.stdout
    (port,) = (line.split()[1] for line in done.stdout.splitlines() if line.startswith("PORT"))
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()


def test_loading_it_loads_nothing_else_of_the_package() -> None:
    listed = "[name for name in sys.modules if name.startswith('wirescope.')]"
    program = f"import sys, wirescope.pytest_plugin; print({listed})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "['wirescope.pytest_plugin']"
