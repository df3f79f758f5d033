"""Every view and state of the page, one after the other, to be looked at or measured.

A scene leaves the page as the next one needs it; each is reached by names, through the palette, so
that the same scenes serve a wide screen and a phone.
"""

import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import Watched, new_context, open_page
from tests.support.newcomer import call_of
from tests.support.workbench import Workbench

OPTIONS = (
    *("Query", "Headers", "Cookies", "Auth", "Origin", "Subprotocols", "Compression", "Heartbeat"),
    *("Limits", "TLS", "Network", "Decoder", "Rules", "Description"),
)
KINDS = ("JSON", "Text", "Hex", "Base64", "File", "Ping, pong, close", "Saved", "History")
PARTS = ("Decoded", "Pretty", "Raw", "Hex", "Frames", "Compare A, B")
VISIBLE_MS = 10_000
CONNECTED_MS = 30_000
"""A picture is made and encoded before the first who watches it is answered."""


class Stage:
    """A workbench with its page, in one form; a context manager.

    Args:
        browser: what shows it.
        size: of the page, in CSS pixels.
        dark: whether the system is.

    Attributes:
        page: the page.
    """

    page: Page
    watched: Watched

    def __init__(self, browser: Browser, *, size: tuple[int, int], dark: bool = False) -> None:
        self._browser, self._size, self._dark = browser, size, dark
        self._stack = ExitStack()
        self.workbench: Workbench

    def __enter__(self) -> Self:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        running = Workbench(folder / "orders-api", home=folder / "home")
        self.workbench = self._stack.enter_context(running)
        context = new_context(self._browser, size=self._size, dark=self._dark)
        self._stack.callback(context.close)
        self.watched = open_page(context, running.address)
        self.page = self.watched.page
        self.page.set_default_timeout(VISIBLE_MS)
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._stack.close()

    def run(self, command: str) -> None:
        """Run an action by its name; one that is not offered is done already."""
        self.page.keyboard.press("Control+k")
        palette = self.page.get_by_role("dialog", name="Go to or run")
        palette.get_by_role("combobox").fill(command)
        option = palette.get_by_role("option", name=re.compile(f"^{re.escape(command)}")).first
        if option.is_visible():
            option.click()
        else:
            self.page.keyboard.press("Escape")
        # A closed dialog is no dialog any more, but in the page for a moment, and in the way.
        expect(self.page.locator("dialog.palette")).to_have_count(0)

    def pane(self, name: str) -> None:
        """Go to a pane, where only one is on screen."""
        button = self.page.get_by_role("navigation", name="Panes").get_by_role("button", name=name)
        if button.is_visible():
            button.click()

    def connect(self, name: str) -> None:
        """Connect to a built-in endpoint from the start page, and wait for what comes of it."""
        self.run("Go to Start")
        self.page.get_by_role("button", name=f"Connect to {name}", exact=True).click()
        decided = self.page.get_by_role("button", name=re.compile("Disconnect|again"))
        expect(decided).to_be_enabled(timeout=CONNECTED_MS)

    def send(self, text: str, *, every_s: str = "") -> None:
        """Send a message, or have it repeated for a while."""
        self.pane("Send")
        composer = self.page.get_by_role("region", name="Composer").last
        composer.get_by_role("button", name="JSON", exact=True).click()
        composer.get_by_role("textbox", name="Message").fill(text)
        repeat = composer.get_by_role("checkbox", name="Repeat every")
        if every_s:
            repeat.check()
            composer.get_by_role("spinbutton").fill(every_s)
        composer.get_by_role("button", name=re.compile("^Send")).click()
        expect(composer.get_by_text(re.compile(r"^Sent \d"))).to_be_visible()
        if every_s:
            words = re.compile(r"^sent ([3-9]\d|\d{3,}) times$")
            expect(composer.get_by_text(words)).to_be_visible(timeout=VISIBLE_MS)
            composer.get_by_role("button", name="Stop", exact=True).click()
        self.pane("Wire")

    def filter(self, text: str) -> None:
        """Show only the rows that fit."""
        self.pane("Wire")
        field = self.page.get_by_role("combobox", name="Filter: show only")
        field.fill(text)
        field.press("Enter")

    def choose_row(self, words: str) -> None:
        """Choose the first row that is read out like this."""
        self.pane("Wire")
        grid = self.page.get_by_role("grid", name="Messages")
        grid.get_by_role("row", name=re.compile(words)).first.click()


Scene = Callable[[Stage], None]


def _nothing(_: Stage) -> None:
    """Show what is there."""


def _new(stage: Stage) -> None:
    stage.run("New endpoint")
    stage.page.get_by_role("textbox", name="URL").fill("wss://{{host}}/v2/prices?since=now")


def _option(name: str) -> Scene:
    return lambda stage: stage.run(f"Set {name.lower()}")


def _live(stage: Stage) -> None:
    stage.connect("JSON-RPC")
    stage.send(call_of(6), every_s="0.05")


def _tab(name: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.pane("Inspect")
        inspector = stage.page.get_by_role("region", name="Inspector")
        inspector.get_by_role("button", name=name).or_(
            inspector.get_by_role("tab", name=name)
        ).first.click()

    return show


def _row(stage: Stage) -> None:
    stage.choose_row("received text, .* answers")
    stage.pane("Inspect")


def _kind(name: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.pane("Send")
        kinds = stage.page.get_by_role("navigation", name="Message kind")
        kinds.get_by_role("button", name=name).click()

    return show


def _illegal(stage: Stage) -> None:
    stage.pane("Send")
    stage.page.get_by_role("checkbox", name="Allow illegal frames").check()


def _legal(stage: Stage) -> None:
    stage.pane("Send")
    stage.page.get_by_role("checkbox", name="Allow illegal frames").uncheck()
    stage.page.get_by_role("button", name="JSON", exact=True).click()


def _filtered(stage: Stage) -> None:
    stage.filter("direction == received and wire_length > 100")
    expect(stage.page.get_by_text(re.compile(r"^\d+ found$"))).to_be_visible()


def _no_match(stage: Stage) -> None:
    stage.filter('text ~ "nothing like this"')
    expect(stage.page.get_by_text("No row fits the filter")).to_be_visible()


def _wrong_filter(stage: Stage) -> None:
    stage.filter("wire_length >")


def _paused(stage: Stage) -> None:
    stage.filter("")
    stage.page.get_by_role("button", name="Pause").click()


def _findings(stage: Stage) -> None:
    stage.run("Show wire")
    stage.pane("Wire")
    resume = stage.page.get_by_role("button", name="Resume")
    if resume.is_visible():
        resume.click()
    stage.run("Set compression")
    stage.page.get_by_role("checkbox", name="Offer compression").uncheck()
    stage.page.get_by_role("button", name="Compression", expanded=True).click()
    stage.page.get_by_role("button", name="Disconnect").click()
    stage.page.get_by_role("button", name="Connect again").click()
    expect(stage.page.get_by_role("button", name="Disconnect")).to_be_enabled()
    stage.send(call_of(6), every_s="0.05")
    stage.page.get_by_role("button", name="Disconnect").click()
    stage.run("Show findings")
    expect(stage.page.get_by_role("region", name="All findings")).to_be_visible()


def _finding(stage: Stage) -> None:
    listed = stage.page.get_by_role("region", name="All findings")
    listed.get_by_role("button", name="Compression not negotiated").first.click()
    expect(stage.page.get_by_role("region", name="Gain")).to_be_visible()


def _about(stage: Stage) -> None:
    stage.page.get_by_role("button", name="About WS501").click()
    expect(stage.page.get_by_role("dialog")).to_be_visible()


def _closed(stage: Stage) -> None:
    stage.page.keyboard.press("Escape")
    stage.run("Show wire")


def _sheet(command: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.run(command)
        expect(stage.page.get_by_role("dialog")).to_be_visible()

    return show


def _after_sheet(show: Scene) -> Scene:
    def do(stage: Stage) -> None:
        stage.page.keyboard.press("Escape")
        expect(stage.page.locator("dialog")).to_have_count(0)
        show(stage)

    return do


def _refused(stage: Stage) -> None:
    stage.connect("Refusal")
    stage.run("Show handshake")


def _palette(stage: Stage) -> None:
    stage.page.keyboard.press("Control+k")
    stage.page.get_by_role("dialog").get_by_role("combobox").fill("show")


def _captures(stage: Stage) -> None:
    stage.run("Go to Captures")


def _demo(stage: Stage) -> None:
    stage.connect("Demo")
    expect(stage.page.get_by_role("button", name="Connect again")).to_be_enabled()


def _gone(stage: Stage) -> None:
    stage.page.keyboard.press("Escape")
    stage.workbench.kill()
    expect(stage.page.get_by_text("server does not answer").first).to_be_visible()


def _peer_options(stage: Stage) -> None:
    stage.run("New endpoint")
    stage.page.get_by_role("textbox", name="URL").fill("webrtc+wss://{{host}}/room")
    stage.run("Set channels")
    stage.page.get_by_role("button", name="Add channel").click()


def _ice(stage: Stage) -> None:
    stage.run("Set ICE")
    stage.page.get_by_role("button", name="Add ICE server").click()


def _which(stage: Stage) -> None:
    stage.page.get_by_role("textbox", name="URL").fill("https://{{host}}/rooms/whep")
    expect(stage.page.get_by_role("button", name="Watch as WHEP")).to_be_visible()


def _code(stage: Stage) -> None:
    stage.run("Go to Start")
    stage.page.get_by_role("button", name="Connect two browsers with a code").click()
    expect(stage.page.get_by_role("textbox", name="Your code")).to_be_visible()


def _call(stage: Stage) -> None:
    stage.connect("WebRTC echo")
    stage.pane("Send")
    composer = stage.page.get_by_role("region", name="Composer").last
    composer.get_by_role("button", name="Text", exact=True).click()
    composer.get_by_role("textbox", name="Message").fill('{"op": "say", "text": "hello"}')
    composer.get_by_role("button", name="Send", exact=True).click()
    stage.choose_row("received text, channel")
    stage.pane("Inspect")


def _new_channel(stage: Stage) -> None:
    stage.pane("Send")
    stage.page.get_by_role("button", name="New channel").click()


def _event(kind: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.filter(f"type == {kind}")
        stage.choose_row(", ")
        stage.pane("Inspect")

    return show


def _picture(stage: Stage) -> None:
    stage.connect("Test picture")
    stage.run("Show media")
    stage.page.wait_for_function(
        "() => document.querySelector('video')?.currentTime > 0", timeout=CONNECTED_MS
    )


def _show(command: str) -> Scene:
    return lambda stage: stage.run(command)


SCENES: dict[str, Scene] = {
    "start": _nothing,
    "new endpoint": _new,
    **{f"option {name.lower()}": _option(name) for name in OPTIONS},
    "wire live": _live,
    "wire row": _row,
    **{f"inspector {name.lower()}": _tab(name) for name in PARTS},
    **{f"composer {name.lower()}": _kind(name) for name in KINDS},
    "composer illegal": _illegal,
    "composer legal": _legal,
    "wire filtered": _filtered,
    "wire no match": _no_match,
    "wire wrong filter": _wrong_filter,
    "wire paused": _paused,
    "handshake": _show("Show handshake"),
    "charts": _show("Show charts"),
    "findings": _findings,
    "finding": _finding,
    "finding explained": _about,
    "wire closed": _closed,
    "wire demo": _demo,
    "handshake refused": _refused,
    "option channels": _peer_options,
    "option ice": _ice,
    "option audio and video": _option("Audio and video"),
    "option signaling": _option("Signaling"),
    "webrtc or websocket": _which,
    "webrtc code": _code,
    "webrtc message": _call,
    "composer new channel": _new_channel,
    "inspector description": _event("signaling.description"),
    "inspector candidate": _event("ice.candidate"),
    "webrtc peer": _show("Show peer"),
    "webrtc media": _picture,
    "webrtc charts": _show("Show charts"),
    "captures": _captures,
    "side by side": _show("Go to Side by side"),
    "palette": _palette,
    "environments": _after_sheet(_sheet("Edit environments")),
    "import": _after_sheet(_sheet("Import endpoints")),
    "export": _after_sheet(_sheet("Export endpoints")),
    "keys": _after_sheet(_sheet("Show all keys")),
    "server gone": _gone,
}
"""By name, in the order in which they have to be shown."""
