"""Debian's Chromium, driven by Playwright, and what a page in it may not do.

Each page that is opened here is watched: what its console says, what the policy of its server had
to forbid, dialogs, and requests to anywhere but its own server. Playwright's own browsers are never
used, so nothing is downloaded.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebSocket,
    sync_playwright,
)

ARGUMENTS = ("--disable-gpu", "--disable-quic", "--disable-background-networking")

ARTEFACTS = Path(__file__).resolve().parent.parent.parent / ".artefacts"
"""Pictures of pages, ignored by git."""

WIDE = (1440, 900)
PHONE = (390, 844)

# Chromium's own words on an answer that says no; the page says why in its own.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d ")

# Scripts of the page cannot see this one's own world, but all of them share `document`.
_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  const of = event.target.outerHTML || event.target.nodeName;
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${of.slice(0, 200)}`);
});
"""


def arguments() -> list[str]:
    """Give the flags that it is started with by this user."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*ARGUMENTS, *(("--no-sandbox",) if as_root else ())]


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Start Chromium without a window; its profile is gone at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments())
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and what it did that it should not.

    Attributes:
        page: the page.
        host: of its server, the only one that it may ask.
        errors: what its console and its scripts complained of.
        dialogs: texts of dialogs; none is ever opened by the page itself.
        strays: addresses of other hosts that were asked for.
        asked: all addresses that were asked for.
    """

    page: Page
    host: str
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._on_dialog)
        self.page.on("websocket", self._on_socket)
        self.page.context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _REFUSED.match(message.text):
            self.errors.append(message.text)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        self._note(request.url)

    def _on_socket(self, socket: WebSocket) -> None:
        self._note(socket.url)

    def _note(self, url: str) -> None:
        self.asked.append(url)
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.strays.append(url)

    def complaints(self) -> list[str]:
        """List all that the page should not have done."""
        return [
            *self.errors,
            *(f"dialog: {each}" for each in self.dialogs),
            *(f"asked elsewhere: {each}" for each in self.strays),
        ]

    def picture(self, name: str) -> None:
        """Keep a picture of the page among the artefacts."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")


def open_page(context: BrowserContext, address: str) -> Watched:
    """Open the page at an address and wait until it knows what its server has."""
    page = context.new_page()
    watched = Watched(page, urlsplit(address).netloc)
    page.goto(address)
    # By its label, since a phone has no room for it and hides it.
    page.get_by_label("Status", exact=True).get_by_text("Wirescope").wait_for(state="attached")
    return watched


def new_context(
    browser: Browser, *, size: tuple[int, int] = WIDE, dark: bool = False
) -> BrowserContext:
    """Make a context, as a fresh profile would be."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    return context
