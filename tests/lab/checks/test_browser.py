"""A page in the browser of this machine, and what is said where there is none."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.support.peers import until
from wirescope.errors import LabError
from wirescope.lab.checks.browser import browser
from wirescope.lab.checks.chromium import find_chromium

MODULE = sys.modules[browser.__module__]  # whose name in its package is the check's own

pytestmark = pytest.mark.slow


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which the browser gets one of its own; as short as its sockets want it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        monkeypatch.setattr(tempfile, "tempdir", made)
        yield Path(made)


def left_in(folder: Path) -> list[Path]:
    """List what is still in a folder."""
    return list(folder.iterdir())


def is_running(pid: str) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command_of(pid: str) -> str:
    """Give how a process was started; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def left_running(folder: Path) -> list[str]:
    """Give the processes that were started with something of a folder."""
    pids = [each.name for each in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if f"{folder}/" in command_of(pid)]


def pids_of_group(leader: str) -> list[str]:
    """Give the processes of a group: the session's that the browser was made the leader of."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = each.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if group == leader and state != "Z":
            found.append(each.parent.name)
    return found


SHOW = """
import asyncio, sys
from wirescope.lab.checks.chromium import chromium

async def main(path):
    async with chromium(path, "about:blank") as ended:
        print(await ended)

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.requires("chromium")
async def test_a_page_talks_over_both_with_nothing_added_and_leaves_nothing(
    folders: Path,
) -> None:
    row = await browser()
    assert row.aspect == "Browser integration"
    for words, name in ((row.websocket, "WebSocket"), (row.webrtc, "RTCPeerConnection")):
        assert re.match(r"Chrom\w+ \d+\.[\d.]+, nothing added: ", words)
        assert re.search(rf"{name} open after \d+ ms, 20 of 20 messages", words)
        assert re.search(r"round trip \d+\.\d ms", words)
        assert len(words) <= 250
    assert "Chrome/" in row.evidence
    assert not left_in(folders)
    assert not left_running(folders)


@pytest.mark.requires("chromium")
async def test_a_browser_ends_with_who_started_it_even_where_that_is_killed(folders: Path) -> None:
    path = find_chromium()
    assert path is not None
    places = os.environ | {"TMPDIR": str(folders)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SHOW, path, env=places)

    def is_shown() -> bool:
        return any("--type=renderer" in command_of(pid) for pid in left_running(folders))

    await until(is_shown)
    first = left_running(folders)
    group = {*first, *chain.from_iterable(map(pids_of_group, first))}
    process.kill()
    await process.wait()
    await until(lambda: not any(map(is_running, group)) and not left_running(folders))


async def test_without_a_browser_both_columns_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    row = await browser()
    assert row.websocket == row.webrtc
    assert "no browser was found. Install Chromium" in row.websocket


async def test_a_browser_that_ends_is_told_of_with_its_last_words(
    folders: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho no usable sandbox >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match=r"by itself with code 3\. no usable sandbox"):
        await browser()
    assert not left_in(folders)


async def test_a_page_that_never_reports_ends_with_the_deadline(
    folders: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\n/bin/sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(MODULE, "LIMIT_S", 0.3)
    with pytest.raises(LabError, match="not done within"):
        await browser()
    assert not left_in(folders)


async def test_a_check_that_is_given_up_ends_all_processes_of_the_browser(
    folders: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, noted = tmp_path / "chromium", tmp_path / "noted"
    program.write_text(f"#!/bin/sh\n/bin/sleep 60 &\necho $! >{noted}\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    async with asyncio.TaskGroup() as group:
        checking = group.create_task(browser())
        await until(lambda: noted.exists() and noted.read_text())
        child = noted.read_text().strip()
        assert is_running(child)
        checking.cancel()
    await until(lambda: not is_running(child))
    assert not left_in(folders)
