"""The samples in Chromium: they run as they stand, and as they are changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.cli.running import started
from tests.support.chromium import PHONE, WIDE, Watched, arguments, new_context
from tests.support.page_peer import FAKE_DEVICES, OWN_ARGUMENTS

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

Browsers = Callable[[bool], Browser]
"""Gives Chromium, with a camera or without."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the address of `wirescope serve`."""
    with started("serve", "--port", "0", "--format", "ndjson") as running:
        yield json.loads(running.stdout.readline())["url"]


@pytest.fixture(scope="module")
def browser(real_part: Callable[[str], str]) -> Iterator[Browsers]:
    """Give Chromium with a made-up camera or without any, one of them at a time."""
    with sync_playwright() as playwright:
        opened: dict[bool, Browser] = {}

        def get(camera: bool) -> Browser:
            if camera not in opened:
                for other in opened.values():
                    other.close()
                opened.clear()
                more = (*OWN_ARGUMENTS, *(FAKE_DEVICES if camera else ()))
                opened[camera] = playwright.chromium.launch(
                    executable_path=real_part("chromium"), args=[*arguments(), *more]
                )
            return opened[camera]

        yield get
        for each in opened.values():
            each.close()


@contextmanager
def sample(
    browser: Browser,
    server: str,
    name: str,
    *,
    size: tuple[int, int] = WIDE,
    dark: bool = False,
) -> Iterator[Watched]:
    """Open a sample in a fresh profile; what it should not have done fails the test at its end."""
    context = new_context(browser, size=size, dark=dark)
    page = context.new_page()
    watched = Watched(page, urlsplit(server).netloc)
    page.goto(f"{server}samples/{name}")
    expect(page.locator("#run")).to_be_enabled()
    yield watched
    context.close()
    assert watched.errors == []
    assert watched.dialogs == []
    assert {urlsplit(each).hostname for each in watched.strays} <= {"127.0.0.1", None}


def run(page: Page, code: str = "") -> None:
    if code:
        page.locator("#source").fill(code)
    page.locator("#run").click()


def says(page: Page, text: str) -> None:
    expect(page.locator("#console li").filter(has_text=text).first).to_be_visible(timeout=15_000)


def wired(page: Page, text: str) -> None:
    expect(page.locator("#rows li").filter(has_text=text).first).to_be_attached(timeout=15_000)


def test_the_websocket_sample_runs_as_it_stands(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "websocket") as watched:
        run(watched.page)
        for text in ("open", "received Hello", "received Uint8Array [1, 2, 3]", "closed"):
            says(watched.page, text)
        for text in ("GET /echo: 101", "close 1000 thank you", "closed by the page"):
            wired(watched.page, text)
        row = watched.page.locator("#rows li.to-server").filter(has_text="Hello")
        row.locator("summary").click()
        expect(row.locator(".content")).to_have_text("Hello")


def test_the_webrtc_sample_does_without_a_camera(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "webrtc") as watched:
        run(watched.page)
        says(watched.page, "no camera, messages only:")
        says(watched.page, "received Hello")


def test_an_edit_changes_what_happens(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "websocket") as watched:
        source = watched.page.locator("#source")
        source.fill(source.input_value().replace('send("Hello")', 'send("Changed")'))
        watched.page.keyboard.press("Control+Enter")
        says(watched.page, "received Changed")
        wired(watched.page, "Changed")
        assert "Hello" not in watched.page.locator("#rows").inner_text()


WRONG = (
    ("\nlet x = ;", 2, "SyntaxError"),
    ("\n\nnothing.at.all();", 3, "ReferenceError: nothing is not defined"),
    ("await Promise.reject(new TypeError('no'));", 1, "TypeError: no"),
    ("\nsetTimeout(() => null.x);", 2, "TypeError: Cannot read properties of null"),
)


def test_an_error_in_the_code_is_shown_with_its_line(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "websocket") as watched:
        for code, line, text in WRONG:
            run(watched.page, code)
            says(watched.page, text)
            says(watched.page, f"line {line}: ")
            expect(watched.page.locator("#gutter .wrong")).to_have_text(str(line))


def test_code_that_never_returns_can_be_stopped(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "websocket") as watched:
        run(watched.page, "console.log('now');\nsetTimeout(() => { for (;;); });")
        says(watched.page, "now")
        watched.page.locator("#stop").click(timeout=10_000)
        run(watched.page, "console.log('again');")
        says(watched.page, "again")


def test_the_code_reaches_neither_the_page_nor_other_servers(
    browser: Browsers, server: str
) -> None:
    with sample(browser(False), server, "websocket") as watched:
        run(watched.page, "try { parent.document.body; } catch ({ name }) { console.log(name); }")
        says(watched.page, "SecurityError")
        run(watched.page, "new WebSocket('ws://127.0.0.1:1/x');")
        says(watched.page, "is out of reach: here requests and sockets reach this server only")
        watched.errors.clear()  # Chromium's own word on it


BEYOND_THE_FRAME = """
const say = (text) => parent.postMessage({ kind: "line", level: "no level", text }, "*");
"""


def test_code_that_goes_around_the_frame_says_no_more_than_the_page_takes(
    browser: Browsers, server: str
) -> None:
    with sample(browser(False), server, "websocket") as watched:
        run(watched.page, f"{BEYOND_THE_FRAME} say('x'.repeat(5000));")
        says(watched.page, "xxx")
        line = watched.page.locator("#console li").first
        assert len(line.text_content() or "") == 2000
        assert line.get_attribute("class") == "log"
        run(watched.page, f"{BEYOND_THE_FRAME} for (let i = 0; i < 3000; i += 1) say('y');")
        says(watched.page, "more lines")


def test_what_was_typed_is_there_after_a_reload_and_has_not_run(
    browser: Browsers, server: str
) -> None:
    with sample(browser(False), server, "websocket") as watched:
        page = watched.page
        original = page.locator("#source").input_value()
        page.locator("#source").fill("console.log('typed');")
        page.reload()
        expect(page.locator("#source")).to_have_value("console.log('typed');")
        expect(page.locator("#state")).to_have_text("Not run yet")
        page.locator("#reset").click()
        expect(page.locator("#source")).to_have_value(original)
        expect(page.locator("#reset")).to_be_hidden()


def test_the_editor_is_left_by_escape_and_tab(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "websocket") as watched:
        page = watched.page
        page.locator("#source").fill("  a")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator("#source")).to_have_value("  a\n    ")
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        expect(page.locator("#source")).not_to_be_focused()


def test_the_same_in_python_is_beside_it(browser: Browsers, server: str) -> None:
    with sample(browser(False), server, "webrtc") as watched:
        watched.page.get_by_role("tab", name="Python").click()
        expect(watched.page.locator("#python")).to_contain_text("async with negotiate(")
        expect(watched.page.locator("#command")).to_contain_text("/webrtc/echo")
        expect(watched.page.locator("#source")).to_be_hidden()


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)], ids=["wide", "phone"])
def test_the_page_fits(
    browser: Browsers,
    server: str,
    size: tuple[int, int],
    dark: bool,
) -> None:
    with sample(browser(False), server, "websocket", size=size, dark=dark) as watched:
        run(watched.page)
        wired(watched.page, "closed by the page")
        assert watched.page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
        watched.picture(f"sample-{size[0]}-{'dark' if dark else 'light'}")


def test_the_webrtc_sample_shows_the_camera_and_what_comes_back(
    browser: Browsers, server: str
) -> None:
    with sample(browser(True), server, "webrtc") as watched:
        run(watched.page)
        says(watched.page, "received Hello")
        frame = watched.page.frame_locator("#stage iframe")
        for name in ("here", "back"):
            expect(frame.locator(f"video#{name}")).to_be_visible(timeout=15_000)
        played = "video => new Promise(done => video.requestVideoFrameCallback(() => done(true)))"
        assert frame.locator("video#back").evaluate(played)
        for text in ('channel 1 "chat" open', "video received", "connected", "text message of 5"):
            wired(watched.page, text)
        watched.page.locator("#stop").click()
        expect(watched.page.locator("#state")).to_have_text("Stopped")
