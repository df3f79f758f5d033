"""The newcomer's path with the keyboard and nothing else.

What is looked up on the page is only read, to see where the focus is and what came of a key: every
act is a press of a key.
"""

import re

from playwright.sync_api import Locator, expect

from tests.support.newcomer import ANSWERED, ENOUGH, EVERY_S, FILTER, PATIENCE_MS, Newcomer

MOST_PRESSES = 60
SOON_MS = 250

_HAS_FOCUS = "(element) => element === element.getRootNode().activeElement"
_HOLDS_FOCUS = "(element) => element.contains(document.activeElement)"


class KeyboardNewcomer(Newcomer):
    """A person without a mouse."""

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)

    def walk_to(self, wanted: Locator, key: str = "Tab", *, within: bool = False) -> None:
        """Press a key until something has the focus, or something in it has."""
        expect(wanted).to_be_visible(timeout=PATIENCE_MS)
        for _ in range(MOST_PRESSES):
            if wanted.evaluate(_HOLDS_FOCUS if within else _HAS_FOCUS):
                return
            self.press(key)
        raise AssertionError(f"{key} does not lead to {wanted}")

    def run(self, command: str) -> None:
        """Run an action by its name in the palette."""
        self.press("Control+k")
        palette = self.page.get_by_role("dialog").get_by_role("combobox")
        expect(palette).to_be_focused()
        self.type(command)
        first = self.page.get_by_role("dialog").get_by_role("option").first
        expect(first).to_contain_text(command, ignore_case=True)
        self.press("Enter")
        expect(palette).to_be_hidden()

    def view(self, name: str) -> None:
        """Show a view by name."""
        self.run(f"Show {name.lower()}")

    # The steps

    def make(self) -> str:
        """Make an endpoint: the focus is where its address goes."""
        self.press("Alt+n")
        expect(self.page.get_by_role("textbox", name="URL")).to_be_focused()
        self.type(self.url)
        return "Alt+N"

    def offer_nothing(self) -> str:
        """Open the option by name and untick it."""
        self.run("Set compression")
        drawer = self.page.get_by_role("region", name="Compression")
        self.walk_to(drawer, "F6", within=True)
        self.walk_to(self.page.get_by_role("checkbox", name="Offer compression"))
        self.press("Space")
        expect(self.page.get_by_text("no extension")).to_be_visible()
        return "palette, F6, Tab, Space"

    def save(self) -> str:
        """Save it under a name."""
        self.press("Control+s")
        expect(self.page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        self.type(self.name)
        self.press("Enter")
        tree = self.page.get_by_role("complementary", name="Workspace")
        expect(tree.get_by_role("treeitem", name=self.name)).to_be_visible()
        return "Ctrl+S"

    def connect(self) -> str:
        """Connect by the palette."""
        self.run("Connect")
        expect(self.page.get_by_role("button", name="Disconnect")).to_be_enabled()
        return "palette"

    def send(self) -> str:
        """Go to the composer, type and send."""
        message = self.composer.get_by_role("textbox", name="Message")
        self.walk_to(self.composer, "F6", within=True)
        self.walk_to(message)
        self.type(self.message)
        self.press("Control+Enter")
        expect(self.composer.get_by_text(re.compile(r"^Sent \d"))).to_be_visible()
        return "F6, Tab, Ctrl+Enter"

    def see_answer(self) -> str:
        """Go to the rows and to the last; it is read out with its latency."""
        grid = self.page.get_by_role("grid", name="Messages")
        self.walk_to(self.page.get_by_role("region", name="Timeline"), "F6", within=True)
        self.walk_to(grid)
        expect(grid.get_by_role("row", name=ANSWERED).first).to_be_visible(timeout=PATIENCE_MS)
        current = grid.get_by_role("row", name=ANSWERED, selected=True)
        for key in ["ArrowDown"] * MOST_PRESSES + ["ArrowUp"] * MOST_PRESSES:
            if self.comes_soon(current):
                break
            self.press(key)
        words = ANSWERED.search(current.get_attribute("aria-label") or "")
        assert words is not None
        return f"after {words[1]}"

    def comes_soon(self, row: Locator) -> bool:
        """Whether a row is the chosen one, once the key before has had its effect."""
        try:
            expect(row).to_be_visible(timeout=SOON_MS)
        except AssertionError:
            return False
        return True

    def filter(self) -> str:
        """Type a filter, and empty it again."""
        field = self.page.get_by_role("combobox", name="Filter: show only")
        self.walk_to(field, "Shift+Tab")
        self.type(FILTER)
        self.press("Enter")
        found = self.page.get_by_text(re.compile(r"^\d+ found$"))
        expect(found).to_be_visible()
        said = found.inner_text()
        self.walk_to(field, "Shift+Tab")
        self.press("Control+a", "Delete", "Enter")
        expect(found).to_be_hidden()
        return said

    def send_many(self) -> str:
        """Have the message repeated until there is some traffic, then stop that by name."""
        composer = self.composer
        if composer.get_by_role("checkbox", name="Repeat every").is_hidden():
            self.run("Show wire")
        self.walk_to(composer, "F6", within=True)
        self.walk_to(composer.get_by_role("checkbox", name="Repeat every"))
        self.press("Space")
        self.walk_to(composer.get_by_role("spinbutton", name="Seconds between repetitions"))
        self.press("Control+a")
        self.type(EVERY_S)
        self.press("Control+Enter")
        expect(composer.get_by_text(ENOUGH)).to_be_visible(timeout=PATIENCE_MS)
        times = composer.get_by_text(re.compile(r"^sent [\d,]+ times$"))
        said = times.inner_text()
        self.run("Stop all repeated messages")
        expect(times).to_be_hidden()
        return said

    def disconnect(self) -> str:
        """End the connection by name."""
        self.run("Disconnect")
        expect(self.page.get_by_role("button", name="Connect again")).to_be_enabled()
        return "palette"

    def open_finding(self) -> str:
        """Show what was found, and open what is about compression."""
        self.view("Findings")
        listed = self.page.get_by_role("region", name="All findings")
        expect(listed).to_be_visible(timeout=PATIENCE_MS)
        self.walk_to(listed, "F6", within=True)
        self.walk_to(listed.get_by_role("button", name="Compression not negotiated").first)
        self.press("Enter")
        return self.gain()

    def fix(self) -> str:
        """Go on to the button of its advice, and press it."""
        self.walk_to(self.page.get_by_role("button", name="Connect with compression"))
        self.press("Enter")
        expect(self.page.get_by_role("button", name="Disconnect")).to_be_enabled()
        self.view("Wire")
        return "Tab, Enter"

    def see_gain(self) -> str:
        """Show what the change has proven."""
        self.view("Findings")
        listed = self.page.get_by_role("region", name="All findings")
        expect(self.proven).to_be_visible(timeout=PATIENCE_MS)
        self.walk_to(listed, "F6", within=True)
        self.walk_to(self.proven)
        self.press("Enter")
        return self.figures()
