"""Everything that the page can show of hostile text is shown, and what comes of it is counted."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError, expect  # noqa: A004

from acceptance.hostile.payloads import payloads
from acceptance.hostile.places import foreign_files, hostile_server
from acceptance.meaning_8_hostile import CONTROL, OWN, capture_of
from tests.support.chromium import Watched, new_context, open_page
from tests.support.workbench import Workbench

Shown = tuple[str, str, bool]
"""What is promised, what came of it, whether it is kept."""

QUICK_MS = 4_000

# What no script of ours ever puts into the page.
_MARKS = """
() => {
  const found = [];
  if (window.__pwned !== undefined || ({}).__pwned !== undefined) found.push("a script ran");
  const roots = [document];
  for (const root of roots) {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) roots.push(element.shadowRoot);
      const name = element.localName;
      const own = name === "script" || name === "link" || name === "meta" || name === "base";
      if (own && element.parentElement !== document.head) found.push(`an element ${name}`);
      if (name === "noscript" && element.parentElement !== document.body) found.push(name);
      if (/^(iframe|object|embed|portal|marquee|math|video|audio|animate)$/.test(name)) {
        found.push(`an element ${name}`);
      }
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/i.test(attribute)) found.push(`${name} has ${attribute}`);
        if (/^(src|href|action|srcdoc|data|formaction)$/i.test(attribute)) {
          if (/javascript:|pwned|^data:text/i.test(value)) found.push(`${name} has ${value}`);
        }
      }
    }
  }
  return found;
}
"""


def ask(page: Page, path: str, body: Any = None) -> Any:
    """Ask the server as the page does; what it answers, whatever that is."""
    return page.evaluate(
        """async ([path, body]) => {
          const said = body === null ? {} : {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(body),
          };
          const answer = await fetch(path, said);
          const text = await answer.text();
          return { status: answer.status, text };
        }""",
        [path, body],
    )


class Tour:
    """A way through all views; what came of the text is looked at after each step."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.page = watched.page
        self.found: list[str] = []
        self.missed: list[str] = []
        self.steps = 0

    def look(self, where: str) -> None:
        """Look whether anything has happened."""
        self.steps += 1
        self.found += [f"{where}: {each}" for each in self.page.evaluate(_MARKS)]

    def click(self, where: str, role: Any, name: str, **options: Any) -> None:
        """Press what has a name, and look."""
        try:
            self.page.get_by_role(role, name=name, **options).first.click(timeout=QUICK_MS)
        except TimeoutError:
            self.missed.append(where)
        self.look(where)

    def command(self, name: str) -> None:
        """Run a command by its name in the palette, and look."""
        self.page.keyboard.press("Control+k")
        try:
            self.page.get_by_role("dialog").get_by_role("combobox").fill(name, timeout=QUICK_MS)
            self.page.wait_for_timeout(100)
            self.look(f"palette: {name[:30]}")
            self.page.keyboard.press("Enter")
        except TimeoutError:
            self.missed.append(f"command {name}")
        self.page.wait_for_timeout(200)
        self.look(f"command {name[:30]}")

    def rows(self, count: int) -> None:
        """Choose each row, so that the inspector shows it."""
        grid = self.page.get_by_role("grid", name="Messages")
        try:
            grid.focus(timeout=QUICK_MS)
        except TimeoutError:
            self.missed.append("rows")
            return
        self.page.keyboard.press("Home")
        for number in range(count):
            self.page.keyboard.press("ArrowDown")
            if number % 8 == 0:
                self.look(f"row {number}")

    def inspector(self) -> None:
        """Show a row in each of the inspector's ways."""
        inspector = self.page.get_by_role("region", name="Inspector")
        for button in inspector.get_by_role("button").all()[:24]:
            with suppress(TimeoutError):
                name = (button.text_content(timeout=500) or "").strip()
                button.click(timeout=1000)
                self.look(f"inspector {name[:20]}")

    def view(self, name: str) -> None:
        """Show a view of the tab."""
        views = self.page.get_by_role("navigation", name="Views and options")
        with suppress(TimeoutError):
            views.get_by_role("button", name=name).first.click(timeout=QUICK_MS)
            self.page.wait_for_timeout(400)
        self.look(f"view {name}")
        self.watched.picture(f"hostile-{name.lower()}")

    def options(self) -> None:
        """Unfold each option of the endpoint."""
        views = self.page.get_by_role("navigation", name="Views and options")
        self.click("all options", "button", "All options")
        for button in views.get_by_role("button").all():
            with suppress(TimeoutError):
                button.click(timeout=1000)
                self.page.wait_for_timeout(50)
                self.look("option")
        self.view("Wire")


def prepare(page: Page, texts: list[str], url: str) -> tuple[int, int]:
    """Save a workspace in which everything is named so; how much was taken, and refused."""
    saves: list[dict[str, Any]] = []
    for number, text in enumerate(texts):
        fields = {"url": f"{url}/{number}", "description": text, "origin": text}
        headers = [{"name": "X-Hostile", "value": text}, {"name": text, "value": text}]
        endpoint = {**fields, "headers": headers, "query": headers, "cookies": headers}
        saves.append({"kind": "endpoint", "path": text, "value": endpoint})
        if number % 4 == 0:
            saves.append({"kind": "endpoint", "path": f"named {number}", "value": endpoint})
            body = {"kind": "text", "body": text, "description": text}
            saves.append({"kind": "message", "path": f"saved {number}", "value": body})
    values = {f"v{number}": text for number, text in enumerate(texts)}
    saves.append({"kind": "environment", "path": "hostile", "value": {"variables": values}})
    statuses = [ask(page, "/api/workspace/save", each)["status"] for each in saves]
    return statuses.count(200), len(statuses) - statuses.count(200)


def name_files(folder: Path, texts: list[str]) -> list[str]:
    """Name files of a workspace so, as somebody else can who shares one; their names."""
    names = [name for text in texts if (name := _file_name(text))]
    for kind in ("endpoints", "messages", "environments", "captures"):
        (folder / kind).mkdir(parents=True)
    (folder / "wirescope.yaml").write_text(f"name: {json.dumps(texts[2])}\n", "utf-8")
    for name in names[:40]:
        (folder / "endpoints" / f"{name}.yaml").write_text(f"url: ws://{name}\n", "utf-8")
        (folder / "messages" / f"{name}.yaml").write_text("kind: [broken\n", "utf-8")
        (folder / "environments" / f"{name}.yaml").write_text("variables: {v: x}\n", "utf-8")
    for name in names[:10]:
        capture_of(folder / "captures" / f"{name}.wirescope", [name.encode()])
    return names[:10]


def _file_name(text: str) -> str:
    return "" if "/" in text or "\x00" in text or len(text.encode()) > 100 else text


def take_in(tour: Tour, files: dict[str, str], folder: Path) -> None:
    """Read files of other tools, look at what is offered, and save it."""
    page = tour.page
    for name, text in files.items():
        path = folder / name
        path.write_text(text, "utf-8")
        page.get_by_role("navigation", name="Main").get_by_role("button", name="Start").click()
        field = page.locator('input[type="file"][aria-label="File of another tool"]')
        with suppress(TimeoutError):
            field.set_input_files(path, timeout=QUICK_MS)
        page.wait_for_timeout(600)
        tour.look(f"offered of {name}")
        with suppress(TimeoutError):
            page.get_by_role("button", name="Save to the workspace").click(timeout=2000)
        page.wait_for_timeout(300)
        tour.look(f"saved of {name}")
        for asked in ({"name": name, "text": text}, {"name": name, "text": text, "apply": True}):
            ask(page, "/api/workspace/import", asked)
    page.locator('input[type="file"][aria-label="Capture"]').set_input_files(folder / "hostile.har")
    page.wait_for_timeout(1500)
    tour.look("a HAR as a capture")


def show(browser: Browser, folder: Path) -> Iterator[Shown]:
    """Put hostile text everywhere and look at it everywhere."""
    texts = payloads()
    named = name_files(folder / "workspace", texts)
    with (
        hostile_server(texts) as url,
        Workbench(folder / "workspace", home=folder / "home") as workbench,
    ):
        context = new_context(browser)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        watched = open_page(context, workbench.address)
        tour = Tour(watched)
        page = watched.page
        taken, refused = prepare(page, texts, url)
        tour.look("a workspace that is named so")
        for tab in (*named, "named 4"):
            with suppress(TimeoutError):
                page.get_by_text(tab).first.click(timeout=1000)
                tour.look("opened by its name")
        take_in(tour, foreign_files(texts, url), folder)
        yield from _seen_live(tour, texts, url)
        for name in ("Captures", "Side by side", "Start"):
            main = page.get_by_role("navigation", name="Main")
            with suppress(TimeoutError):
                main.get_by_role("button", name=name).click(timeout=QUICK_MS)
            page.wait_for_timeout(500)
            tour.look(f"page {name}")
            watched.picture(f"hostile-{name.lower()}")
        for name in ("Edit environments", "Import endpoints", "Export endpoints", "Show all keys"):
            tour.command(name)
            page.wait_for_timeout(300)
            tour.look(name)
            page.keyboard.press("Escape")
        _refused(tour, url)
        page.reload()
        page.wait_for_timeout(1500)
        tour.look("after a reload")
        words = f"{taken} files saved, {refused} refused for their names, {tour.steps} looks"
        yield "hostile text in the page", words, tour.steps > 100 and taken > 100
        yield "places that were not reached", ", ".join(tour.missed) or "none", not tour.missed
        yield "scripts and elements", "; ".join(tour.found[:4]) or "none", not tour.found
        yield "dialogs", "; ".join(watched.dialogs[:3]) or "none", not watched.dialogs
        yield "requests to others", "; ".join(watched.strays[:3]) or "none", not watched.strays
        errors = [each for each in watched.errors if "403" not in each]
        yield "policy and console", "; ".join(errors[:3]) or "nothing", not errors
        context.close()
    yield from _in_a_terminal(folder / "workspace")


def _seen_live(tour: Tour, texts: list[str], url: str) -> Iterator[Shown]:
    page = tour.page
    page.get_by_role("navigation", name="Main").get_by_role("button", name="Start").click()
    address = page.get_by_role("textbox", name="Address")
    address.fill(f"{url}/live")
    address.press("Enter")
    expect(page.get_by_role("contentinfo", name="Status")).to_contain_text("0 lost")
    page.wait_for_timeout(1500)
    tour.look("messages as they come")
    tour.rows(2 * len(texts))
    tour.inspector()
    for name in ("Wire", "Handshake", "Charts", "Findings"):
        tour.view(name)
    tour.options()
    field = page.get_by_role("combobox", name="Filter: show only")
    for text in texts[:12]:
        field.fill(text.replace("\x00", ""))
        field.press("Enter")
        tour.look("filter")
    field.fill("")
    field.press("Enter")
    for text in texts[:40:4]:
        tour.command(text.replace("\x00", "")[:60])
        page.keyboard.press("Escape")
    capture = json.loads(ask(page, "/api/state")["text"])["captures"][0]["id"]
    for seq in range(8, 60, 5):
        note = {"seq": seq, "text": texts[seq], "bookmarked": True}
        ask(page, f"/api/captures/{capture}/note", note)
    tour.view("Findings")
    tour.view("Wire")
    tour.rows(60)
    for name in ("Copy as text", "Copy as hex", "Copy as JSON", "Copy as cURL", "Copy as Python"):
        tour.command(name)
        page.keyboard.press("Escape")
    composer = page.get_by_role("textbox", name="Message")
    with suppress(TimeoutError):
        composer.fill(texts[2], timeout=QUICK_MS)
    page.wait_for_timeout(400)
    tour.look("composer")
    with suppress(AssertionError):
        expect(page.get_by_role("button", name="Disconnect")).to_have_count(0, timeout=45_000)
    tour.look("close reason")
    shown = page.get_by_role("main").inner_text()
    yield "hostile text is shown as text", f"{len(shown):,} letters in view", "<" in shown


def _refused(tour: Tour, url: str) -> None:
    """Be refused with a body, a reason and headers that are scripts."""
    page = tour.page
    page.get_by_role("navigation", name="Main").get_by_role("button", name="Start").click()
    address = page.get_by_role("textbox", name="Address")
    address.fill(f"{url}/refused")
    address.press("Enter")
    page.wait_for_timeout(1200)
    tour.look("refused")
    for name in ("Handshake", "Findings", "Wire"):
        tour.view(name)


def _in_a_terminal(folder: Path) -> Iterator[Shown]:
    """Show the captures by the commands that print, and count control codes."""
    captures = sorted((folder / "captures").glob("*.wirescope"))
    count, printed = 0, 0
    for path, command in ((path, command) for path in captures for command in ("show", "analyze")):
        done = subprocess.run(
            [sys.executable, "-m", "wirescope", command, str(path)],
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        text = OWN.sub(b"", done.stdout + done.stderr)
        count += len(CONTROL.findall(text))
        printed += len(text)
    yield (
        "in a terminal",
        f"{count} control codes in {printed:,} bytes of {len(captures)} captures",
        (count == 0 and printed > 10_000),
    )
