"""How the page bears a long capture: first row, scrolling, memory, in a Chromium that is installed.

::

    python -m benchmarks.page_rows [--rows 1000000] [--chromium /usr/bin/chromium]

A capture of so many messages is made, and looked at in a workbench of its own, every message a row.
Judged are the time from the click on the capture to the first row on screen, at a server that has
never seen it; the 95th percentile of the time between two frames while the list is scrolled slowly,
by pages and by jumps; and what the page's process holds afterwards. The last row has to be reached.
Exit status 1 if a row takes more than 300 ms, the percentile more than 20 ms, or the page 300 MB.

Scripts in the page measure by its own clock. Time between frames is that of this machine, which may
have other work to do: what the page itself works for a frame stands beside it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import wirescope
from benchmarks.analysis import build

FIRST_ROW_LIMIT_MS = 300
FRAME_LIMIT_MS = 20
MEMORY_LIMIT_MB = 300

NAME = "rows"

_READY = "document.querySelector('.side button, .side a') !== null"

_OPEN = """
(name) => new Promise((done, failed) => {
  const link = [...document.querySelectorAll('.side *')].filter(
    (one) => one.children.length === 0 && one.textContent.trim() === name).at(0);
  if (!link) return failed(new Error('the capture is not listed'));
  const began = performance.now();
  const look = () => {
    const row = document.querySelector('.fr[aria-rowindex="2"] .seq');
    if (row && row.textContent.trim() !== '') {
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    } else requestAnimationFrame(look);
  };
  link.click();
  requestAnimationFrame(look);
})
"""

_UNFOLD = """
() => document.querySelector('.line .check input').checked
  && document.querySelector('.line .check input').click()
"""

_ROWS = """
() => document.querySelector('.reading') ? 0
  : Number(document.querySelector('.frames')?.getAttribute('aria-rowcount') ?? 1) - 1
"""

_SCROLL = """
(how) => new Promise((done) => {
  const list = document.querySelector('.scroll');
  const deltas = [];
  let before = 0, frame = 0;
  const wheel = (y) => {
    const event = new WheelEvent('wheel', {deltaY: y, bubbles: true, cancelable: true});
    if (list.dispatchEvent(event)) list.scrollTop += y;
  };
  const step = (now) => {
    if (before > 0) deltas.push(now - before);
    before = now;
    frame += 1;
    if (frame > 300) return done(deltas);
    if (how === 'lines') wheel(60);
    else if (how === 'pages') wheel(list.clientHeight);
    else list.scrollTop = (list.scrollHeight - list.clientHeight) * ((frame * 37) % 300) / 300;
    requestAnimationFrame(step);
  };
  list.scrollTop = 0;
  requestAnimationFrame(step);
})
"""

_END = """
() => new Promise((done) => {
  const list = document.querySelector('.scroll');
  list.scrollTop = list.scrollHeight;
  const rows = document.querySelector('.frames').getAttribute('aria-rowcount');
  const began = performance.now();
  const look = () => {
    const row = document.querySelector(`.fr[aria-rowindex="${rows}"] .seq`);
    if (row && row.textContent.trim() !== '') done(row.textContent.trim());
    else if (performance.now() - began > 5000) done('');
    else requestAnimationFrame(look);
  };
  look();
})
"""


class Page:
    """A page of a browser, told what to do by the DevTools protocol.

    Args:
        connection: to the page's target.
        errors: takes what the page's console reports as an error.
    """

    def __init__(self, connection: Any, errors: list[str]) -> None:
        self._connection = connection
        self._errors = errors
        self._last = 0

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method and wait for its result."""
        self._last += 1
        order = {"id": self._last, "method": method, "params": params}
        await self._connection.send(json.dumps(order))
        while True:
            told = json.loads((await self._connection.receive()).text)
            if told.get("method") == "Log.entryAdded":
                self._errors.append(told["params"]["entry"]["text"])
            if told.get("id") == self._last:
                if "error" in told:
                    raise RuntimeError(told["error"]["message"])
                result: dict[str, Any] = told["result"]
                return result

    async def run(self, function: str, *args: object) -> Any:
        """Run a function in the page; its result, awaited."""
        spelled = ", ".join(json.dumps(each) for each in args)
        answer = await self.call(
            "Runtime.evaluate",
            expression=f"({function})({spelled})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    async def until(self, condition: str, *, timeout_s: float = 120) -> Any:
        """Wait until an expression is true in the page; its value."""
        async with asyncio.timeout(timeout_s):
            # The page is asked, since it tells nothing by itself.
            while not (value := await self.run(f"() => {condition}")):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return value

    async def worked_s(self) -> float:
        """Return the processor time of the page's main thread so far."""
        metrics = (await self.call("Performance.getMetrics"))["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")


@asynccontextmanager
async def browser(chromium: str, folder: Path, url: str) -> AsyncIterator[tuple[Page, list[str]]]:
    """Start a browser at an address; its page, and what the page reports as errors."""
    arguments = [
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"),
        *("--disable-background-networking", "--disable-quic", "--window-size=1440,900"),
        f"--user-data-dir={folder}",
    ]
    process = await asyncio.create_subprocess_exec(
        *(chromium, *arguments, "about:blank"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = await asyncio.to_thread(_port, folder / "DevToolsActivePort")
        targets = await asyncio.to_thread(_read, f"http://127.0.0.1:{port}/json/list")
        target = next(each for each in targets if each["type"] == "page")
        errors: list[str] = []
        address = target["webSocketDebuggerUrl"]
        async with wirescope.connect(address, compression=None) as connection:
            page = Page(connection, errors)
            for domain in ("Page", "Log"):
                await page.call(f"{domain}.enable")
            await page.call("Performance.enable", timeDomain="threadTicks")
            await page.call("Page.navigate", url=url)
            await page.until(_READY)
            yield page, errors
    finally:
        process.terminate()
        await process.wait()


def _port(file: Path) -> int:
    for _ in range(600):
        if file.exists() and (words := file.read_text().split()):
            return int(words[0])
        time.sleep(0.05)
    raise RuntimeError("The browser does not say where it listens.")


def _read(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:
        return json.load(answer)


def held_mb(folder: Path) -> float:
    """Return what the page's process holds: its own memory, and its part of what is shared."""
    held = 0
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            started = (process / "cmdline").read_bytes()
            if b"--type=renderer" not in started or not _is_child(process, folder):
                continue
            for line in (process / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    held = max(held, int(line.split()[1]))
        except OSError:
            continue
    return held * 1024 / 1e6


def _is_child(process: Path, folder: Path) -> bool:
    parent = process
    for _ in range(4):
        number = (parent / "stat").read_text().rpartition(")")[2].split()[1]
        parent = Path("/proc", number)
        if number in ("0", "1"):
            return False
        if os.fsencode(f"--user-data-dir={folder}") in (parent / "cmdline").read_bytes():
            return True
    return False


@asynccontextmanager
async def workbench(folder: Path) -> AsyncIterator[str]:
    """Run a workbench on a folder; the address that opens it."""
    command = [sys.executable, "-m", "wirescope", "up", "--headless", "--port", "0"]
    process = await asyncio.create_subprocess_exec(
        *command, "--format", "ndjson", "--workspace", str(folder), stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline())["url"]
    finally:
        process.terminate()
        await process.wait()


def percentile(values: list[float], share: float) -> float:
    """Return the value below which that share of all is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def measure(folder: Path, rows: int, chromium: str) -> bool:
    """Measure one capture; whether everything is within its limit."""
    captures = folder / "workspace" / "captures"
    captures.mkdir(parents=True)
    build(captures / f"{NAME}.wirescope", "calls", rows * 2)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(workbench(folder / "workspace"))
        profile = folder / "profile"
        page, errors = await stack.enter_async_context(browser(chromium, profile, url))
        await page.until(f"document.querySelector('.side')?.textContent.includes('{NAME}')")
        first_ms = await page.run(_OPEN, NAME)
        print(f"first row      {first_ms:7.1f} ms (at most {FIRST_ROW_LIMIT_MS})", flush=True)
        await page.run(_UNFOLD)
        await asyncio.sleep(0.5)
        there = await page.until(f"({_ROWS})()", timeout_s=600)
        print(f"rows           {there:>9,}", flush=True)
        good = first_ms <= FIRST_ROW_LIMIT_MS and there >= rows
        for how in ("lines", "pages", "jumps"):
            began_s = await page.worked_s()
            deltas = await page.run(_SCROLL, how)
            worked_ms = (await page.worked_s() - began_s) * 1000 / len(deltas)
            late_ms = percentile(deltas, 0.95)
            good &= late_ms <= FRAME_LIMIT_MS
            print(
                f"scroll {how:8}{late_ms:7.1f} ms between frames, p95 (at most {FRAME_LIMIT_MS});"
                f" median {percentile(deltas, 0.5):.1f}, the page's own work {worked_ms:.1f}",
                flush=True,
            )
        last = await page.run(_END)
        print(f"last row       {last or 'not reached'}", flush=True)
        held = held_mb(profile)
        heap = await page.run("() => performance.memory.usedJSHeapSize / 1e6")
        print(
            f"page holds     {held:7.1f} MB (at most {MEMORY_LIMIT_MB}), {heap:.1f} of it scripts'"
        )
        for error in errors:
            print(f"console: {error}")
        return bool(good and last and held <= MEMORY_LIMIT_MB and not errors)


def main() -> int:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        return 0 if asyncio.run(measure(Path(made), asked.rows, asked.chromium)) else 1


if __name__ == "__main__":
    sys.exit(main())
