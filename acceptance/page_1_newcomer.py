"""A newcomer's path through the page, from `wirescope up` on an empty folder to a proven gain.

Against the built-in JSON-RPC endpoint, and against servers of three libraries that are not ours.
Each step is done by what is written on the page, and says how long it took.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Error

from tests.interop.harness import FOREIGN, serving
from tests.support.chromium import Watched, chromium, new_context, open_page
from tests.support.newcomer import Newcomer, offered
from tests.support.parts import PARTS
from tests.support.workbench import Workbench
from wirescope.clock import SystemClock

now_ns = SystemClock.monotonic_ns

THREE = ("websockets", "aiohttp", "ws")
LONG = 20
"""Readings in a message to a foreign server: `ws` compresses nothing below 1,024 bytes."""


@contextmanager
def built_in() -> Iterator[str]:
    """Give no address of another server: the one that the page offers is taken."""
    yield ""


def targets() -> dict[str, tuple[Callable[[], AbstractContextManager[str]], int]]:
    """Give what is connected to, by name: how it is served, and the length of the message."""
    found: dict[str, tuple[Callable[[], AbstractContextManager[str]], int]] = {
        "built-in": (built_in, 4)
    }
    for server in FOREIGN:
        if server.name in THREE:
            found[server.name] = (partial(serving, server, None), LONG)
    return found


def go(watched: Watched, newcomer: Newcomer, name: str) -> bool:
    """Go the path once and print each step; whether all of them could be done."""
    began_ns = now_ns()
    for what, do in newcomer.steps():
        step_ns = now_ns()
        try:
            said = do()
        except (AssertionError, Error) as error:
            watched.picture(f"newcomer-{name}-failed")
            print(f"{name:12} {what:26} CANNOT BE DONE: {error}")
            return False
        print(f"{name:12} {what:26} {(now_ns() - step_ns) / 1e9:6.2f} s  {said}", flush=True)
    watched.picture(f"newcomer-{name}")
    complaints = watched.complaints()
    total = f"{(now_ns() - began_ns) / 1e9:6.2f} s"
    print(f"{name:12} {'all':26} {total}  console: {complaints or 'nothing'}\n", flush=True)
    return not complaints


def walk(browser: Browser, folder: Path, url: str, name: str, readings: int) -> bool:
    """Start a workbench on an empty folder, open its page and go the path."""
    with Workbench(folder / "workspace", home=folder / "home") as workbench:
        context = new_context(browser)
        began_ns = now_ns()
        watched = open_page(context, workbench.address)
        watched.page.set_default_timeout(10_000)
        print(f"{name:12} {'page opened':26} {(now_ns() - began_ns) / 1e9:6.2f} s", flush=True)
        known_as = f"{name} telemetry"
        target = url or offered(watched.page)
        newcomer = Newcomer(watched.page, target, name=known_as, readings=readings)
        good = go(watched, newcomer, name)
        context.close()
        return good


def main() -> int:
    """Go the path to every server; 1 when a step cannot be done."""
    path = PARTS["chromium"]()
    if path is None:
        print("There is no Chromium on this machine.")
        return 1
    wanted = sys.argv[1:]
    good = True
    with chromium(path) as browser:
        for name, (serve, readings) in targets().items():
            if wanted and name not in wanted:
                continue
            with serve() as url, tempfile.TemporaryDirectory() as folder:
                good &= walk(browser, Path(folder), url, name, readings)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
