"""A feed at full speed with the page open: all of it kept, the page at its newest row, honestly.

::

    python -m acceptance.page_3_rate [--seconds 60] [--socket-seconds 20]

First 50,000 events a second go through the sink of a connection of the workbench, then as many
messages as this machine can carry come by a real socket from `wirescope serve`. Chromium follows.
Measured: what the capture lost, how far the newest row that is seen is behind the wall clock,
whether rows shown and rows said to be skipped add up to the rows that came, and how much memory the
server took on.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, Page, TimeoutError, WebSocket, expect  # noqa: A004

from tests.support.chromium import chromium, new_context, open_page
from tests.support.parts import PARTS
from tests.support.workbench import Workbench
from wirescope.capture import open_capture
from wirescope.clock import SystemClock
from wirescope.web.messages import Batch

RATE = 50_000
RATE_HELD = 0.98
LEAST_SOCKET_RATE = 15_000
LAG_LIMIT_S = 1.0
MEMORY_LIMIT = 64 << 20
WARM_S = 3.0
ENDS_WITHIN_S = 60.0
ENDLESS = 100_000_000

now_ns = SystemClock.monotonic_ns

# The newest row that is seen: its number and its time, the capture's clock beside the wall's.
_NEWEST = """
() => {
  let newest = null;
  for (const row of document.querySelectorAll('[role="grid"] [role="rowgroup"] [role="row"]')) {
    const cells = row.querySelectorAll('[role="gridcell"]');
    const number = Number((cells[0]?.textContent ?? "").replace(/\\D/g, ""));
    const seen = (cells[1]?.textContent ?? "").replace(/[^0-9.:]/g, "").split(":")
      .reduce((sum, part) => sum * 60 + Number(part), 0);
    if (number > (newest?.[0] ?? 0)) newest = [number, seen, Date.now() / 1000];
  }
  return newest;
}
"""


@dataclass
class Heard:
    """What the live socket of a page said of its first view."""

    batches: int = 0
    shown: int = 0
    skipped: int = 0
    total: int = 0
    longest: int = 0
    wrong: list[str] = field(default_factory=list)
    _settled: int = 0

    def listen(self, socket: WebSocket) -> None:
        """Read along."""
        socket.on("framereceived", self._take)

    def _take(self, payload: str | bytes) -> None:
        if isinstance(payload, str):
            return
        batch = msgspec.msgpack.decode(payload, type=Batch)
        self.batches += 1
        self.longest = max(self.longest, len(payload))
        for view in batch.views:
            begin = view.tail_start - view.skipped
            if begin > self.total:
                self.wrong.append(f"rows {self.total} to {begin} were neither shown nor skipped")
            if view.tail_start + len(view.tail) != view.total and view.tail:
                self.wrong.append(f"the newest of {view.total} rows are not those told")
            self.shown += len(view.tail)
            self.skipped += view.skipped
            self.total = view.total


def _memory(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def _load() -> str:
    return ", ".join(f"{each:.1f}" for each in os.getloadavg())


@contextmanager
def _serving() -> Iterator[str]:
    """Run `wirescope serve`; its address."""
    command = [sys.executable, "-m", "wirescope", "serve", "--port", "0", "--format", "ndjson"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["url"]).rstrip("/")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@dataclass
class Result:
    """What is promised, what came of it, whether it is kept."""

    name: str
    words: str
    good: bool


def follow(browser: Browser, url: str, *, seconds: float, least: float) -> Iterator[Result]:
    """Connect to what pushes, follow it to its end, and judge."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workbench(
            Path(folder) / "workspace", home=Path(folder) / "home", module="acceptance.feeding"
        ) as workbench,
    ):
        context = new_context(browser)
        heard = Heard()
        context.on("page", lambda page: page.on("websocket", heard.listen))
        watched = open_page(context, workbench.address)
        page = watched.page
        fresh = _memory(workbench.pid)
        address = page.get_by_role("textbox", name="Address")
        address.fill(url)
        address.press("Enter")
        expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()
        page.get_by_role("checkbox", name="Fold heartbeats").uncheck()
        page.wait_for_timeout(WARM_S * 1000)
        warm = peak = _memory(workbench.pid)
        began_ns = now_ns()
        ended = page.get_by_role("button", name="Connect again")
        seen: list[tuple[float, float]] = []
        started_s = _started(workbench)
        while not ended.is_visible() and (now_ns() - began_ns) / 1e9 < seconds + ENDS_WITHIN_S:
            newest = page.evaluate(_NEWEST)
            if newest is not None:
                _, seen_s, wall_s = newest
                seen.append((wall_s - started_s, seen_s))
            peak = max(peak, _memory(workbench.pid))
            page.wait_for_timeout(250)
            if (now_ns() - began_ns) / 1e9 > seconds:
                with suppress(TimeoutError):  # it may be closing already
                    page.get_by_role("button", name="Disconnect").click(timeout=1000)
        expect(ended).to_be_visible()
        with open_capture(next((workbench.folder / "captures").glob("*.wirescope"))) as capture:
            statistics = capture.statistics()
            span_s = (statistics.last_at_ns - statistics.first_at_ns) / 1e9
            rate = statistics.events / span_s
            yield Result("rate", f"{rate:,.0f} events/s for {span_s:.1f} s", rate >= least)
            gaps = sum(each.count for each in capture.gaps)
            numbers = statistics.last_seq - statistics.first_seq + 1
            lost = numbers - statistics.events + gaps
            yield Result("lost in the store", f"{lost} of {numbers:,} events", lost == 0)
            end_s = statistics.last_at_ns / 1e9  # what is seen later is no more behind
            lags = [at_s - seen_s for at_s, seen_s in seen if at_s <= end_s]
            worst = max(lags[-8:], default=float("inf"))
            yield Result(
                "page behind at the end",
                f"{worst:.2f} s, at worst {max(lags, default=0):.2f} s meanwhile",
                worst < LAG_LIMIT_S,
            )
            page.wait_for_timeout(500)
            yield from _honest(heard, page)
        grown = peak - warm
        yield Result(
            "server's memory grown",
            f"{grown / 2**20:.1f} MiB, {(peak - fresh) / 2**20:.1f} MiB with what it loads",
            grown < MEMORY_LIMIT,
        )
        others = watched.complaints()
        yield Result("console", "; ".join(others) or "nothing", not others)
        context.close()


def _started(workbench: Workbench) -> float:
    """Say when the capture began, in seconds of the wall clock."""
    path = next((workbench.folder / "captures").glob("*.wirescope"))
    with open_capture(path) as capture:
        return capture.started_wall_ns / 1e9


def _honest(heard: Heard, page: Page) -> Iterator[Result]:
    """Judge what the page was told, and what it shows where it was told nothing."""
    words = (
        f"{heard.shown:,} rows told, {heard.skipped:,} said to be skipped, {heard.total:,} in all,"
        f" {heard.batches:,} batches, {heard.longest / 1024:,.0f} KiB at most"
    )
    adds_up = not heard.wrong and heard.shown + heard.skipped >= heard.total > 0
    yield Result("told or counted", "; ".join(heard.wrong[:3]) or words, adds_up)
    found, wanted = 0, random.Random(4).sample(range(50, heard.total - 50), 5)
    grid = page.get_by_role("grid", name="Messages")
    grid.focus()
    page.keyboard.press("Home")  # a hand: the view follows no more
    for share in (each / heard.total for each in wanted):
        rows = grid.evaluate(
            """async (grid, share) => {
              const of = grid.matches(".scroll") ? grid : grid.closest("[class*=scroll]") ?? grid;
              of.scrollTop = share * of.scrollHeight;
              await new Promise((then) => setTimeout(then, 800));
              return [...grid.querySelectorAll('[role="rowgroup"] [role="row"]')].map((row) => [
                Number(row.querySelector('[role="gridcell"]')?.textContent.replace(/\\D/g, "")),
                row.textContent,
              ]).filter(([seq]) => seq > 0).sort((one, other) => one[0] - other[0]);
            }""",
            share,
        )
        if len(rows) > 5 and all(other[0] - one[0] == 2 for one, other in pairwise(rows)):
            found += 1
    yield Result(
        "rows in its middle",
        f"{found} of {len(wanted)} places are shown when looked at",
        found == len(wanted),
    )


def main() -> int:
    """Measure both; 1 when a limit was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--socket-seconds", type=int, default=20)
    arguments = parser.parse_args()
    path = PARTS["chromium"]()
    if path is None:
        print("There is no Chromium on this machine.")
        return 1
    failed = 0
    print(f"load {_load()} before, on {os.cpu_count()} processors")
    with chromium(path) as browser, _serving() as server:
        feed = f"ws://feed.invalid/?rate={RATE}&seconds={arguments.seconds}"
        runs = {
            "by the sink": (feed, arguments.seconds + ENDS_WITHIN_S, RATE * RATE_HELD),
            # A message is a frame and what it says: two events.
            "by a socket": (
                f"{server}/push?count={ENDLESS}",
                arguments.socket_seconds,
                2 * LEAST_SOCKET_RATE,
            ),
        }
        for how, (url, seconds, least) in runs.items():
            for result in follow(browser, url, seconds=seconds, least=least):
                verdict = "ok" if result.good else "MISSED"
                print(f"{how}: {result.name:26} {result.words:70} {verdict}", flush=True)
                failed += not result.good
    print(f"load {_load()} after")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
