"""Chromium of this machine, started for one page and gone without a trace after it.

It is whatever a user would have, with a profile that is as new as on its first day. What it writes
it writes into a folder that is removed, its home included. It ends with this process, also where
that is killed: it is told to take orders from a pipe, and ends when the other end, which is here
alone, is closed. Not here: what the page does.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from wirescope.errors import LabError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""What it is called by those who install it."""

ARGUMENTS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-dev-shm-usage",  # what is there would outlive it
    "--allow-loopback-in-peer-connection",  # on a machine without a network there is no other way
)

ON_A_PIPE = 'exec "$0" --remote-debugging-pipe "$@" 3<&0 4>/dev/null </dev/null'
"""For a shell: becomes a browser that reads orders from what was the shell's input.

A browser that is told so reads from descriptor 3 and answers on descriptor 4; it gets no orders.
"""

REMOVE_S = 5.0
"""Seconds after its end in which what it still had open may stand in the way of the folder's."""


def find_chromium() -> str | None:
    """Find Chromium or Chrome among the programs of this machine; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def chromium(path: str, url: str) -> AsyncIterator[asyncio.Task[str]]:
    """Have Chromium show a page while the context lasts.

    Args:
        path: of the program.
        url: of the page.

    Returns:
        A context that gives a task; it is done if Chromium ends by itself, and then says why.

    Raises:
        LabError: it cannot be started.
    """
    folder = Path(tempfile.mkdtemp(prefix="wirescope-browser-"))
    try:
        with (folder / "printed").open("wb") as printed:
            process = _start(path, url, folder, printed.fileno())
        try:
            async with asyncio.TaskGroup() as group:
                ended = group.create_task(_ended(process, folder / "printed"))
                yield ended
                ended.cancel()
        finally:
            await _end(process)
    finally:
        await _remove(folder)


def _start(path: str, url: str, folder: Path, printed: int) -> subprocess.Popen[bytes]:
    """Start it, at once: who is cancelled while it starts would not know what is to be ended."""
    launcher = () if os.name == "nt" else ("/bin/sh", "-c", ON_A_PIPE)
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(folder))
    try:
        return subprocess.Popen(  # noqa: S603 - the browser that this machine has
            [
                *launcher,
                path,
                *ARGUMENTS,
                *(("--no-sandbox",) if _is_root() else ()),
                f"--user-data-dir={folder / 'profile'}",
                url,
            ],
            stdin=subprocess.PIPE,  # nothing is written to it: it is there to be closed
            stdout=subprocess.DEVNULL,
            stderr=printed,
            env=os.environ | places,
            start_new_session=True,
        )
    except OSError as error:
        raise LabError(f"{path} could not be started: {error.strerror or error}.") from None


def _is_root() -> bool:
    """Whether its sandbox refuses to be made by this user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


async def _ended(process: subprocess.Popen[bytes], printed: Path) -> str:
    code = await asyncio.to_thread(process.wait)
    return f"The browser has ended by itself with code {code}. {_last_words(printed)}".strip()


def _last_words(printed: Path) -> str:
    lines = printed.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


async def _end(process: subprocess.Popen[bytes]) -> None:
    """End all of its processes, at once."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await asyncio.to_thread(process.wait)
    if process.stdin is not None:
        process.stdin.close()


async def _remove(folder: Path) -> None:
    """Remove a folder into which processes that end may still write for a moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(REMOVE_S):
            # nothing tells when the last of its processes is gone
            while not await asyncio.to_thread(_is_removed, folder):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


def _is_removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
