"""A newcomer's path through WebRTC in the page, by what is written on it, in real Chromium.

From a pasted address to a picture that plays, and from a pasted code to a chat with a second
browser at a workbench of its own. Both are gone on a wide screen and on a phone, light and dark.
Pictures are kept in `.artefacts/webrtc`, which git ignores, to be looked at; what needs no eye is
checked: faults that can be measured (`tests/support/looks.py`), violations that axe knows, what
the console says.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Error

from acceptance.page_7_access import AXE, violations
from tests.support.chromium import ARTEFACTS, PHONE, WIDE, Watched, chromium, new_context, open_page
from tests.support.looks import faults
from tests.support.parts import PARTS
from tests.support.webrtc_newcomer import Chat, Step, Watcher, built_in_host, show_view
from tests.support.workbench import Workbench
from wirescope.clock import SystemClock

now_ns = SystemClock.monotonic_ns

FOLDER = ARTEFACTS / "webrtc"
FORMS = {
    "wide-light": (WIDE, False),
    "wide-dark": (WIDE, True),
    "phone-light": (PHONE, False),
    "phone-dark": (PHONE, True),
}
VIEWS = ("Wire", "Peer", "Media", "Charts", "Findings")


class Stage:
    """Pages of workbenches, in one form; what is taken of them, and what is wrong with it."""

    def __init__(self, browser: Browser, form: str, stack: ExitStack) -> None:
        self.form = form
        self.wrong: list[str] = []
        self._browser, self._stack = browser, stack
        self._size, self._dark = FORMS[form]
        self._pages: list[Watched] = []

    def open(self) -> Watched:
        """Start a workbench on an empty folder and open its page."""
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        workbench = Workbench(folder / "workspace", home=folder / "home")
        self._stack.enter_context(workbench)
        context = new_context(self._browser, size=self._size, dark=self._dark)
        self._stack.callback(context.close)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        watched = open_page(context, workbench.address)
        watched.page.set_default_timeout(15_000)
        self._pages.append(watched)
        return watched

    def take(self, watched: Watched, name: str) -> None:
        """Take a picture, and measure what needs no eye."""
        page = watched.page
        page.wait_for_timeout(250)  # a picture has no event that says it is settled
        page.screenshot(path=FOLDER / f"{self.form}-{name}.png")
        found = [*faults(page, touch=self._size == PHONE), *violations(page)]
        self.wrong += [f"{self.form}, {name}: {each}" for each in found]

    def views(self, watched: Watched, name: str, *, ready: Callable[[str], object]) -> None:
        """Take a picture of each view of a connection, once it shows what it has."""
        for view in VIEWS:
            show_view(watched.page, view)
            ready(view)
            self.take(watched, f"{name}-{view.lower()}")

    def complaints(self) -> list[str]:
        """Give what the consoles said, of all pages."""
        said = [each for watched in self._pages for each in watched.complaints()]
        return [f"{self.form}: {each}" for each in said]


def go(form: str, path: str, steps: Iterator[Step]) -> Iterator[str]:
    """Do each step and print what came of it; give its name."""
    for what, do in steps:
        began_ns = now_ns()
        said = do()
        print(
            f"{form:12} {path:6} {what:28} {(now_ns() - began_ns) / 1e9:6.2f} s  {said}", flush=True
        )
        yield what.replace(" ", "-").replace(",", "")


def watch(stage: Stage) -> None:
    """From a pasted address to a picture that plays."""
    watched = stage.open()
    watcher = Watcher(watched.page, f"http://{built_in_host(watched.page)}/whep/picture")
    for name in go(stage.form, "watch", watcher.steps()):
        stage.take(watched, f"watch-{name}")
    stage.views(watched, "watch", ready=lambda view: view == "Media" and watcher.see())


def chat(stage: Stage) -> None:
    """From a code to a chat with a second browser."""
    one, other = stage.open(), stage.open()
    for name in go(stage.form, "chat", Chat(one.page, other.page).steps()):
        stage.take(one, f"chat-one-{name}")
        stage.take(other, f"chat-other-{name}")
    stage.views(one, "chat-one", ready=lambda _: None)


def show(browser: Browser, form: str) -> list[str]:
    """Go both paths in one form; what is not as promised."""
    wrong: list[str] = []
    for path in (watch, chat):
        with ExitStack() as stack:
            stage = Stage(browser, form, stack)
            try:
                path(stage)
            except (AssertionError, Error) as error:
                wrong.append(f"{form}: {path.__name__} CANNOT BE DONE: {error}")
            wrong += [*stage.wrong, *stage.complaints()]
    return wrong


def main() -> int:
    """Show it in all forms, or in those that are named; 1 when something is not as promised."""
    path = PARTS["chromium"]()
    if path is None or not AXE.exists():
        print("Chromium is needed, and axe-core: `./run just page check` installs it.")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium(path) as browser:
        wrong = [each for form in sys.argv[1:] or FORMS for each in show(browser, form)]
    print(*wrong, sep="\n")
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ARTEFACTS.parent)}")
    print(f"{len(wrong)} faults, violations and complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
