"""The page for everybody: no violation that axe knows, all by keyboard alone, and soon there.

axe-core looks at every view, light and dark, on a wide screen and on a phone. Then the newcomer's
path is gone with the keyboard and nothing else, from the first Tab to the proven gain. Last, the
page is opened with an empty cache: how long until its first view can be used, and how many bytes
were sent for that.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from acceptance.page_1_newcomer import go
from tests.support.chromium import PHONE, WIDE, chromium, new_context, open_page
from tests.support.keyboard import KeyboardNewcomer
from tests.support.newcomer import offered
from tests.support.parts import PARTS
from tests.support.scenes import SCENES, Stage
from tests.support.workbench import Workbench

AXE = Path(__file__).resolve().parent.parent / "ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

READY_S = 1.0
FIRST_BYTES = 400_000
OPENED = 5
"""Times that the page is opened; the middle one counts, since other work shares the machine."""

# By the page's own clock, from the begin of the navigation, the redirect of the key included: the
# first frame in which the first view can be used.
_NOTE_READY = """
window.ready = new Promise((done) => {
  const look = () => {
    const button = [...document.querySelectorAll("button")]
      .find((each) => each.getAttribute("aria-label") === "Connect to Echo" && !each.disabled);
    if (button) done(performance.now());
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""


def violations(page: Page) -> list[str]:
    """Run axe on what is shown."""
    # Evaluated over the debugger's protocol, which the page's policy does not bind.
    page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        """async (rules) => {
          const run = await axe.run(document, { runOnly: { type: "tag", values: rules } });
          const said = ({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`;
          return run.violations.map((each) => ({ ...each, nodes: each.nodes.map(said) }));
        }""",
        RULES,
    )
    return [
        f"{each['id']} ({each['help']}): {' '.join(node.split())}"
        for each in found
        for node in each["nodes"]
    ]


def looked_at(browser: Browser) -> Iterator[tuple[str, str, bool]]:
    """Run axe on every view in every form of the page."""
    for size in (WIDE, PHONE):
        for dark in (False, True):
            form = f"{'phone' if size == PHONE else 'wide'}, {'dark' if dark else 'light'}"
            with Stage(browser, size=size, dark=dark) as stage:
                for name, show in SCENES.items():
                    try:
                        show(stage)
                    except (AssertionError, Error) as error:
                        yield f"axe: {form}: {name}", f"cannot be shown: {error}", False
                        continue
                    found = violations(stage.page)
                    yield f"axe: {form}: {name}", "; ".join(found) or "no violation", not found


def by_keyboard(browser: Browser) -> bool:
    """Go the newcomer's path without a mouse."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workbench(Path(folder) / "workspace", home=Path(folder) / "home") as workbench,
    ):
        context = new_context(browser)
        watched = open_page(context, workbench.address)
        newcomer = KeyboardNewcomer(
            watched.page, offered(watched.page), name="by keyboard", readings=3
        )
        good = go(watched, newcomer, "keyboard")
        context.close()
        return good


def opened(browser: Browser) -> tuple[float, int]:
    """Open the page with an empty cache: seconds until it can be used, bytes until then."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workbench(Path(folder) / "workspace", home=Path(folder) / "home") as workbench,
    ):
        context = new_context(browser)
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        lengths: list[int] = []
        wire.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
        context.add_init_script(_NOTE_READY)
        page.goto(workbench.address)
        page.get_by_role("button", name="Connect to Echo", exact=True).wait_for()
        ready_s = page.evaluate("() => window.ready") / 1000
        context.close()
        return ready_s, round(sum(lengths))


def budget(browser: Browser) -> Iterator[tuple[str, str, bool]]:
    """Measure how soon the page is there."""
    runs = [opened(browser) for _ in range(OPENED)]
    seconds = sorted(each[0] for each in runs)
    longest = max(each[1] for each in runs)
    middle = seconds[OPENED // 2]
    all_of_them = ", ".join(f"{each:.2f}" for each in seconds)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    yield "budget: ready", f"{middle:.2f} s ({all_of_them}), {load}", middle < READY_S
    yield "budget: first download", f"{longest:,} B", longest < FIRST_BYTES


def main() -> int:
    """Show all; 1 when something is not as promised."""
    path = PARTS["chromium"]()
    if path is None or not AXE.exists():
        print("Chromium is needed, and axe-core: `./run just page check` installs it.")
        return 1
    failed = 0
    wanted = sys.argv[1:]
    parts: dict[str, Callable[[Browser], Iterator[tuple[str, str, bool]]]] = {
        "budget": budget,
        "axe": looked_at,
    }
    with chromium(path) as browser:
        for part, show in parts.items():
            if wanted and part not in wanted:
                continue
            for what, words, good in show(browser):
                print(f"{what:46} {words}  {'ok' if good else 'FAILED'}", flush=True)
                failed += not good
        if not wanted or "keyboard" in wanted:
            failed += not by_keyboard(browser)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
