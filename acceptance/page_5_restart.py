"""The workbench's server dies under an open page, and comes back on the same port.

Three times it is killed (SIGKILL): while nothing happens, while 5,000 messages a second are
recorded, and while a dialog is open. Each time something is typed everywhere before: a message, an
address, a header, a filter. The page has to say within two seconds that its server is gone, has to
be back by itself, has to show all that was recorded until then, and must not have lost a letter.
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from playwright.sync_api import Browser, Locator, Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.support.chromium import Watched, chromium, new_context, open_page
from tests.support.parts import PARTS
from tests.support.workbench import Workbench
from wirescope.capture import open_capture
from wirescope.clock import SystemClock
from wirescope.events import WebSocketMessage

SAYS_WITHIN_S = 2.0
BACK_WITHIN_S = 20.0
RATE = 5_000
RATE_HELD = 4_000
"""Messages a second that count as 5,000 on a machine that does other things, too."""

RECORDED_S = 4.0
TICK_S = 0.01

MESSAGE = '{"typed": "but not sent", "number": 17}'
FILTER = "wire_length > 1 and direction == received"
HEADER = ("X-Typed", "and not saved")

now_ns = SystemClock.monotonic_ns

# What a browser says of a server that is gone, beside what the page says.
GONE = (
    *("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"),
    *("ERR_SOCKET_NOT_CONNECTED", "WebSocket"),
)

OPENING = 7
"""Events of an opening without TLS and name server, up to `connection.opened`."""


@contextmanager
def pushing() -> Iterator[str]:
    """Serve what pushes numbered messages at `RATE` until it ends; its address."""
    over = Event()

    def push(connection: ServerConnection) -> None:
        began_ns, number = now_ns(), 0
        try:
            while not over.wait(TICK_S):
                due = int((now_ns() - began_ns) / 1e9 * RATE)
                for number in range(number, due):  # noqa: B020 -- it goes on from there
                    connection.send(f"number {number}")
                number = max(number, due)
        except ConnectionClosed:
            return

    with serve(push, "127.0.0.1", 0, compression=None) as server:
        port = server.socket.getsockname()[1]
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"ws://127.0.0.1:{port}/"
        finally:
            over.set()
            server.shutdown()


@dataclass
class Stage:
    """A workbench, the page of it, and what was typed there."""

    workbench: Workbench
    watched: Watched
    url: str = ""

    @property
    def page(self) -> Page:
        """The page."""
        return self.watched.page

    def view(self, name: str) -> None:
        """Show a view of the tab."""
        views = self.page.get_by_role("navigation", name="Views and options")
        views.get_by_role("button", name=name).first.click()

    def connect(self, url: str) -> None:
        """Connect to an address from the start page."""
        field = self.page.get_by_role("textbox", name="address").first
        field.fill(url)
        field.press("Enter")
        expect(self.page.get_by_role("button", name="Disconnect")).to_be_enabled()

    def type_everywhere(self) -> None:
        """Leave something unsaved and unsent in each place where one types."""
        page = self.page
        message = page.get_by_role("textbox", name="Message")
        message.press("ControlOrMeta+a")
        message.press("Delete")
        message.press_sequentially(MESSAGE)
        self.view("Headers")
        headers = page.get_by_role("region", name="Headers")
        headers.get_by_role("button", name="Add header").click()
        headers.get_by_role("combobox", name="Name of").fill(HEADER[0])
        headers.get_by_role("textbox", name="Value of").fill(HEADER[1])
        address = page.get_by_role("textbox", name="URL")
        self.url = f"{address.input_value()}?typed=after"
        address.fill(self.url)
        self.view("Wire")
        page.get_by_role("combobox", name="Filter: show only").fill(FILTER)

    def lost(self) -> list[str]:
        """List what of it is not there any more."""
        page = self.page
        self.view("Headers")  # which the choice of a view has folded away
        headers = page.get_by_role("region", name="Headers")
        found = {
            "the address": (page.get_by_role("textbox", name="URL").input_value(), self.url),
            "the filter": (page.get_by_role("combobox", name="Filter").input_value(), FILTER),
            "the header's name": (
                headers.get_by_role("combobox", name="Name of").input_value(),
                HEADER[0],
            ),
            "the header's value": (
                headers.get_by_role("textbox", name="Value of").input_value(),
                HEADER[1],
            ),
        }
        message = page.get_by_role("textbox", name="Message")
        with suppress(AssertionError):  # its editor comes a moment after its view
            expect(message).to_have_text(MESSAGE)
        found["the message"] = (message.inner_text().strip(), MESSAGE)
        self.view("Wire")
        return [f"{name} is {is_!r}" for name, (is_, was) in found.items() if is_ != was]

    def committed(self) -> int:
        """Say up to which event everything is safe, as the page says."""
        text = self.page.get_by_role("contentinfo", name="Status").inner_text().replace("\n", " ")
        said = re.search(r"([\d,]+) events? saved", text)
        assert said is not None, text
        return int(said[1].replace(",", ""))

    def kill(self) -> float:
        """Kill the server; return after how many seconds the page says so."""
        self.workbench.kill()
        killed_ns = now_ns()
        words = self.page.get_by_text("server does not answer").first
        words.wait_for(timeout=SAYS_WITHIN_S * 5000)
        return (now_ns() - killed_ns) / 1e9

    def restart(self) -> float:
        """Start it again; return after how many seconds the page is back, by itself."""
        self.workbench.start()
        started_ns = now_ns()
        words = self.page.get_by_role("main").get_by_text("server does not answer")
        words.wait_for(state="detached", timeout=BACK_WITHIN_S * 1000)
        return (now_ns() - started_ns) / 1e9

    def recorded(self) -> tuple[int, list[str]]:
        """Read the capture itself: its last event, and the texts of its messages."""
        (path,) = (self.workbench.folder / "captures").glob("*.wirescope")
        with open_capture(path) as capture:
            messages = capture.events(filter="type == websocket.message")
            texts = [each.text for each in messages if isinstance(each, WebSocketMessage)]
            return capture.last_seq, texts

    def not_shown(self, last_seq: int, texts: list[str]) -> list[str]:
        """List what of a capture the page does not show."""
        page = self.page
        missing = []
        status = page.get_by_role("contentinfo", name="Status")
        try:
            expect(status).to_contain_text(f"{last_seq:,} events")
            expect(status).to_contain_text("0 lost")
        except AssertionError:
            missing.append(f"the status bar says {status.inner_text()!r}, not {last_seq:,} events")
        grid = page.get_by_role("grid", name="Messages")
        page.get_by_role("checkbox", name="Fold heartbeats").uncheck()
        try:
            grid.focus()
            page.keyboard.press("End")
            # Below the last message there may be what the record says of its own end.
            for text in texts[-2:]:
                expect(_rows_with(grid, text)).not_to_have_count(0)
            page.keyboard.press("Home")
            for text in texts[:2]:
                expect(_rows_with(grid, text)).not_to_have_count(0)
        except AssertionError:
            missing.append(f"the rows are {grid.inner_text()[:300]!r}")
        return missing


def _rows_with(grid: Locator, text: str) -> Locator:
    return grid.get_by_role("gridcell", name=text, exact=True)


def idle(stage: Stage) -> None:
    """Exchange a few messages, and do nothing more."""
    stage.page.get_by_role("button", name="Connect to Echo", exact=True).click()
    expect(stage.page.get_by_role("button", name="Disconnect")).to_be_enabled()
    stage.page.get_by_role("button", name="Text", exact=True).click()
    for number in range(5):
        stage.page.get_by_role("textbox", name="Message").fill(f"number {number}")
        stage.page.get_by_role("textbox", name="Message").press("Control+Enter")
        expect(stage.page.get_by_role("contentinfo", name="Status")).to_contain_text(
            f"{OPENING + (number + 1) * 4} events saved"
        )
    stage.page.get_by_role("button", name="JSON", exact=True).click()


def dialog(stage: Stage) -> None:
    """Do the same; the dialog is opened later, over all that was typed."""
    idle(stage)


MOMENTS: dict[str, Callable[[Stage], None] | None] = {
    "nothing happens": idle,
    f"{RATE:,} messages a second are recorded": None,
    "a dialog is open": dialog,
}


def act(
    browser: Browser, name: str, prepare: Callable[[Stage], None] | None
) -> Iterator[tuple[str, str, bool]]:
    """Kill and restart at one moment: what is promised, what came of it, whether it is kept."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Workbench(Path(folder) / "workspace", home=Path(folder) / "home") as workbench,
        pushing() as pushed,
    ):
        context = new_context(browser)
        stage = Stage(workbench, open_page(context, workbench.address))
        if prepare is None:
            stage.connect(pushed)
        else:
            prepare(stage)
        stage.type_everywhere()
        typed = ""
        if name == "a dialog is open":
            stage.page.keyboard.press("Control+k")
            typed = "show all"
            stage.page.keyboard.type(typed)
        rate = 0.0
        if prepare is None:
            before, began_ns = stage.committed(), now_ns()
            stage.page.wait_for_timeout(RECORDED_S * 1000)
            rate = (stage.committed() - before) / 2 / ((now_ns() - began_ns) / 1e9)
            yield f"{name}: rate", f"{rate:,.0f} messages/s", rate >= RATE_HELD
        committed = stage.committed()
        said_s = stage.kill()
        yield f"{name}: says so", f"after {said_s:.2f} s", said_s < SAYS_WITHIN_S
        last_seq, texts = stage.recorded()
        good = last_seq >= committed
        yield f"{name}: kept", f"{last_seq:,} events, {committed:,} were called safe", good
        back_s = stage.restart()
        yield f"{name}: is back", f"after {back_s:.1f} s", back_s < BACK_WITHIN_S
        if typed:
            kept = stage.page.get_by_role("dialog").get_by_role("combobox").input_value()
            yield f"{name}: the dialog", f"says {kept!r}", kept == typed
            stage.page.keyboard.press("Escape")
        lost = stage.lost()
        yield f"{name}: typed", "; ".join(lost) or "all is there", not lost
        stage.page.get_by_role("combobox", name="Filter").fill("")
        stage.page.get_by_role("combobox", name="Filter").press("Enter")
        missing = stage.not_shown(last_seq, texts)
        words = "; ".join(missing) or f"{len(texts):,} messages, the first and the last in view"
        yield f"{name}: shown", words, not missing
        others = [each for each in stage.watched.complaints() if not _is_of_the_gap(each)]
        yield f"{name}: console", "; ".join(others) or "nothing else", not others
        context.close()


def _is_of_the_gap(complaint: str) -> bool:
    return any(each in complaint for each in GONE)


def main() -> int:
    """Show all; 1 when something is not as promised."""
    path = PARTS["chromium"]()
    if path is None:
        print("There is no Chromium on this machine.")
        return 1
    failed = 0
    with chromium(path) as browser:
        for name, prepare in MOMENTS.items():
            for what, words, good in act(browser, name, prepare):
                print(f"{what:50} {words:60} {'ok' if good else 'FAILED'}", flush=True)
                failed += not good
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
