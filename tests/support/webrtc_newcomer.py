"""What somebody does who watches a stream, or chats with another browser, for the first time.

Everything is found by what it is and what is written on it. Two people, each at a workbench of
their own, chat by codes; the codes go from one to the other as they would by mail.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 30_000
ENOUGH_FRAMES = 30
"""Frames that were shown, one second of the picture."""

Step = tuple[str, Callable[[], str]]

# What is on screen of a video: its time, its frames, and how far its brightest and darkest of a few
# hundred points are apart.
_LOOK = """
(video) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 32, 18);
  const { data } = context.getImageData(0, 0, 32, 18);
  const light = [...data.keys()].filter((at) => at % 4 === 0)
    .map((at) => data[at] + data[at + 1] + data[at + 2]);
  return {
    at: video.currentTime,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    width: video.videoWidth,
    height: video.videoHeight,
    contrast: Math.max(...light) - Math.min(...light),
  };
}
"""


def built_in_host(page: Page) -> str:
    """Read off the start page where the built-in endpoints are."""
    built_in = page.get_by_role("region", name="Built in, on this machine")
    return built_in.get_by_text("127.0.0.1").inner_text().strip()


def paste_address(page: Page, text: str) -> None:
    """Put an address or a code into the field of the start page and press Enter."""
    field = page.get_by_role("textbox", name="Address, code or cURL command")
    field.fill(text)
    field.press("Enter")


def show_view(page: Page, name: str) -> None:
    """Choose a view of the tab."""
    row = page.get_by_role("navigation", name="Views and options")
    row.get_by_role("button", name=re.compile(rf"^{name}\b")).first.click()


def go_to_pane(page: Page, name: str) -> None:
    """Go to a pane, where only one is on screen."""
    button = page.get_by_role("navigation", name="Panes").get_by_role("button", name=name)
    if button.is_visible():
        button.click()


@dataclass
class Watcher:
    """A person who was given the address of a stream, as a browser would show it.

    Attributes:
        page: the start page.
        url: the address, of HTTP.
    """

    page: Page
    url: str

    def steps(self) -> Iterator[Step]:
        """Give what is done, in order; each says what came of it."""
        yield "address pasted", self.paste
        yield "watched as WHEP", self.watch
        yield "picture plays", self.see
        yield "figures beside it", self.read
        yield "way that was found", self.see_way

    def paste(self) -> str:
        """Paste the address; what it may be is asked."""
        paste_address(self.page, self.url)
        expect(self.page.get_by_text("Its path says WHEP")).to_be_visible()
        return "the page asks: watch as WHEP?"

    def watch(self) -> str:
        """Choose to watch, and wait until it is open."""
        self.page.get_by_role("button", name="Watch as WHEP").click()
        disconnect = self.page.get_by_role("button", name="Disconnect")
        expect(disconnect).to_be_enabled(timeout=PATIENCE_MS)
        return "the button says: Disconnect"

    @property
    def video(self) -> Locator:
        """The received picture."""
        return self.page.get_by_label("Received picture and sound")

    def look(self) -> dict[str, Any]:
        """Measure what the picture shows now."""
        seen: dict[str, Any] = self.video.evaluate(_LOOK)
        return seen

    def see(self) -> str:
        """See the picture move: its time rises, its frames count up, it is not black."""
        show_view(self.page, "Media")
        expect(self.video).to_be_visible()
        self.page.wait_for_function(
            "(least) => document.querySelector('video')"
            ".getVideoPlaybackQuality().totalVideoFrames >= least",
            arg=ENOUGH_FRAMES,
            timeout=PATIENCE_MS,
        )
        before = self.look()
        self.page.wait_for_function(
            "(at) => document.querySelector('video').currentTime > at + 0.5",
            arg=before["at"],
            timeout=PATIENCE_MS,
        )
        after = self.look()
        assert after["frames"] > before["frames"]
        assert after["contrast"] > 200, after
        return (
            f"{after['width']} x {after['height']}, {after['frames']} frames,"
            f" {after['at']:.1f} s played"
        )

    def read(self) -> str:
        """Read codec and rate beside the picture."""
        facts = self.page.get_by_role("region", name=re.compile("^video, mid"))
        expect(facts.get_by_text("kbit/s")).to_be_visible(timeout=PATIENCE_MS)
        told = facts.get_by_role("definition").all_inner_texts()
        return ", ".join(" ".join(each.split()) for each in told)

    def see_way(self) -> str:
        """Find out how it came about."""
        show_view(self.page, "Peer")
        standing = self.page.get_by_role("region", name="Standing")
        expect(standing.get_by_role("heading", name="Connected")).to_be_visible()
        text = standing.get_by_text("over UDP")
        expect(text).to_be_visible(timeout=PATIENCE_MS)
        return text.inner_text()


@dataclass
class Chat:
    """Two people who chat by codes, each at a workbench of their own.

    Attributes:
        one: the start page of the one who begins.
        other: that of the other.
    """

    one: Page
    other: Page
    _code: str = ""
    _answer: str = ""

    def steps(self) -> Iterator[Step]:
        """Give what is done, in order; each says what came of it."""
        yield "code made", self.make_code
        yield "code pasted, answer made", self.make_answer
        yield "answer pasted", self.paste_answer
        yield "both sent and received", self.talk

    def make_code(self) -> str:
        """Make a code and copy it."""
        self.one.get_by_role("button", name="Connect two browsers with a code").click()
        code = self.one.get_by_role("textbox", name="Your code")
        expect(code).to_be_visible(timeout=PATIENCE_MS)
        self.one.get_by_role("button", name="Copy the code").click()
        expect(self.one.get_by_role("button", name="Copied")).to_be_visible()
        self._code = code.input_value()
        return f"{len(self._code)} letters"

    def make_answer(self) -> str:
        """Paste the code as an address, and take the answer."""
        paste_address(self.other, self._code)
        answer = self.other.get_by_role("textbox", name="Your answer")
        expect(answer).to_be_visible(timeout=PATIENCE_MS)
        self._answer = answer.input_value()
        return f"{len(self._answer)} letters"

    def paste_answer(self) -> str:
        """Paste the answer; both are connected then."""
        self.one.get_by_role("textbox", name="Answer of the other side").fill(self._answer)
        panel = self.one.get_by_role("region", name="Connect by code")
        panel.get_by_role("button", name="Connect").click()
        for page in (self.one, self.other):
            disconnect = page.get_by_role("button", name="Disconnect")
            expect(disconnect).to_be_enabled(timeout=PATIENCE_MS)
        return "both buttons say: Disconnect"

    def talk(self) -> str:
        """Send a message each way; each sees both."""
        said = {self.one: "Good morning", self.other: "And to you"}
        for page, text in said.items():
            self._send(page, text)
        for page in said:
            for writer, text in said.items():
                self._see(page, "sent" if writer is page else "received", text)
        return "each sees its own message and the other's"

    def _send(self, page: Page, text: str) -> None:
        go_to_pane(page, "Send")
        composer = page.get_by_role("region", name="Composer").last
        composer.get_by_role("button", name="Text", exact=True).click()
        composer.get_by_role("textbox", name="Message").fill(text)
        composer.get_by_role("button", name="Send", exact=True).click(timeout=PATIENCE_MS)
        expect(composer.get_by_role("status").get_by_text(re.compile(r"^Sent \d"))).to_be_visible()

    def _see(self, page: Page, direction: str, text: str) -> None:
        go_to_pane(page, "Wire")
        grid = page.get_by_role("grid", name="Messages")
        row = grid.get_by_role("row", name=re.compile(rf"{direction} text, channel \d+, .*{text}"))
        expect(row.first).to_be_visible(timeout=PATIENCE_MS)
