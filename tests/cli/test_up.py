"""`wirescope up`, as a process: what it prints, what it opens, how it ends."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.capture.making import conversation
from tests.cli.running import ENVIRONMENT, cli, started
from wirescope.cli.exit_codes import ExitCode
from wirescope.workbench.workspace import Workspace

FULL = Path("/dev/full")
UP = ("up", "--headless", "--port", "0")


@pytest.fixture
def page(tmp_path):
    """A workbench in a folder of its own; yields the process and the address it printed."""
    arguments = [*UP, "--format", "ndjson", "--workspace", str(tmp_path / "ws")]
    with started(*arguments) as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())


def browser():
    jar = urllib.request.HTTPCookieProcessor(CookieJar())
    return urllib.request.build_opener(jar, urllib.request.ProxyHandler({}))


def test_it_says_that_it_is_ready_with_an_address_that_opens_the_page(page):
    _, ready = page
    assert ready["type"] == "ready"
    with browser().open(ready["url"], timeout=10) as answer:
        assert answer.url == ready["url"].partition("?")[0]
        assert b'id="page"' in answer.read()


@pytest.mark.skipif(sys.platform != "linux", reason="reads what a process has mapped")
def test_the_engine_is_loaded_without_a_call(page):
    process, _ = page
    maps = Path(f"/proc/{process.pid}/maps")
    for _ in range(1500):
        if "/wrtc" in maps.read_text():
            return
        time.sleep(0.02)
    pytest.fail("the engine is not loaded")


def test_the_address_opens_once(page):
    _, ready = page
    browser().open(ready["url"], timeout=10).close()
    with pytest.raises(urllib.error.HTTPError) as caught:
        browser().open(ready["url"], timeout=10)
    assert caught.value.code == 401
    caught.value.close()


def test_a_browser_that_entered_needs_no_key_again(page):
    _, ready = page
    one = browser()
    one.open(ready["url"], timeout=10).close()
    with one.open(ready["url"].partition("?")[0], timeout=10) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(page, number):
    process, _ = page
    process.send_signal(number)
    assert process.wait(15) == 0
    assert process.stderr.read() == b""


def test_it_makes_the_workspace_that_is_named(page, tmp_path):
    assert (tmp_path / "ws" / "wirescope.yaml").is_file()


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = cli("up", "--headless", "--port", str(port), "--workspace", str(tmp_path))
    assert done.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on" in done.stderr
    assert "--port 0" in done.stderr


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = cli(*UP, "--workspace", str(tmp_path / "file" / "ws"))
    assert done.returncode != 0
    assert "file" in done.stderr


def recorded(folder, name, *, age_days):
    """Make a workspace with a capture of that age."""
    workspace = Workspace.create(folder)
    path = conversation(3).record(workspace.root / "captures" / f"{name}.wirescope")
    at = time.time() - age_days * 86_400  # noqa: TID251 -- the age of a file
    os.utime(path, (at, at))
    return path


def up_once(folder):
    """Start a workbench in a folder and end it; what it told."""
    with started(*UP, "--format", "ndjson", "--workspace", str(folder)) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        return process.stderr.read().decode()


def test_captures_stay_when_nobody_said_how_long(tmp_path):
    path = recorded(tmp_path, "old", age_days=9999)
    assert up_once(tmp_path) == ""
    assert path.exists()


def test_what_the_settings_let_go_is_deleted_at_the_start_and_told(tmp_path):
    path = recorded(tmp_path, "old", age_days=31)
    (tmp_path / "wirescope.yaml").write_text("retention:\n  days: 30\n", "utf-8")
    told = up_once(tmp_path)
    assert "Deleted the capture old" in told
    assert "It is 31 days old; captures are kept for 30 days." in told
    assert not path.exists()


def test_what_goes_from_the_trash_at_the_start_is_told(tmp_path):
    path = recorded(tmp_path, "old", age_days=0)
    size = path.stat().st_size
    Workspace.open(tmp_path).history.delete("old")
    settings = f"retention:\n  bytes: {size - 1}\n"
    (tmp_path / "wirescope.yaml").write_text(settings, "utf-8")
    told = f"Deleted 1 thing from the trash ({size:,} bytes) for its age or size."
    assert told in up_once(tmp_path)


def test_settings_that_cannot_be_read_delete_nothing(tmp_path):
    path = recorded(tmp_path, "old", age_days=31)
    (tmp_path / "wirescope.yaml").write_text("retention:\n  days: soon\n", "utf-8")
    assert "No captures were deleted" in up_once(tmp_path)
    assert path.exists()


def test_a_workbench_that_cannot_start_deletes_nothing(tmp_path):
    path = recorded(tmp_path, "old", age_days=31)
    (tmp_path / "wirescope.yaml").write_text("retention:\n  days: 30\n", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = cli("up", "--headless", "--port", str(port), "--workspace", str(tmp_path))
    assert done.returncode == 2
    assert path.exists()


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is full")
def test_an_address_that_cannot_be_printed_is_told(tmp_path):
    with (
        FULL.open("wb") as full,
        started(*UP, "--workspace", str(tmp_path), stdout=full) as process,
    ):
        assert process.wait(15) == ExitCode.WRITE
        assert (
            process.stderr.read()
            .decode()
            .endswith("wirescope: The output cannot be written: No space left on device.\n")
        )


@pytest.fixture
def slow_browser(tmp_path):
    """A browser that goes on until the test ends; its file, and the one it writes addresses to."""
    asked, until, browser = tmp_path / "asked", tmp_path / "until", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {asked}\nread _ < {until}\n', "utf-8")
    browser.chmod(0o700)
    os.mkfifo(asked)
    os.mkfifo(until)
    held = os.open(until, os.O_RDWR)
    yield browser, asked
    os.close(held)


@pytest.mark.skipif(os.name != "posix", reason="a script takes the browser's place")
def test_it_ends_while_the_browser_that_it_opened_goes_on(tmp_path, slow_browser):
    browser, asked = slow_browser
    environment = {**ENVIRONMENT, "BROWSER": f"{browser} %s"}
    arguments = ("up", "--port", "0", "--workspace", str(tmp_path / "ws"))
    with started(*arguments, env=environment) as process:
        address = process.stdout.readline().decode().removeprefix("Workbench at ")
        assert asked.read_text("utf-8") == address
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_that_no_browser_could_be_opened_is_told(tmp_path):
    environment = {**ENVIRONMENT, "PATH": "", "BROWSER": "nonesuch"}
    arguments = ("up", "--port", "0", "--workspace", str(tmp_path))
    with started(*arguments, env=environment) as process:
        assert process.stderr.readline() == f"* Workspace {tmp_path}\n".encode()
        told = process.stderr.readline()
    assert told == b"* No browser could be opened; open the address in one.\n"
