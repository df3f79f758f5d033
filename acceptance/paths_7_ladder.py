"""The connect ladder in the page, watched live: one connection that comes about, five that stick.

Far sides in this process let a connection stick on a chosen rung: one never answers, one can be
reached nowhere, one shows another certificate, one refuses, and one TURN server is not there. Each
is gone wide and on a phone, light and dark. It is looked at while a rung goes on and when it is
over: the page has to name the rung, have it open with what to do, and show the end within `SOON_S`.
Pictures are kept in `.artefacts/ladder`, which git ignores, to be looked at; what needs no eye is
checked: faults that can be measured (`tests/support/looks.py`), violations that axe knows, what the
console says.
"""

import re
import socket
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect

from acceptance.page_7_access import AXE, violations
from tests.support.astray import far_sides_beside
from tests.support.chromium import ARTEFACTS, PHONE, WIDE, Watched, chromium, new_context, open_page
from tests.support.looks import faults
from tests.support.parts import PARTS
from tests.support.webrtc_newcomer import go_to_pane, show_view
from tests.support.workbench import Workbench
from wirescope.clock import SystemClock

FOLDER = ARTEFACTS / "ladder"
FORMS = {
    "wide-light": (WIDE, False),
    "wide-dark": (WIDE, True),
    "phone-light": (PHONE, False),
    "phone-dark": (PHONE, True),
}
OPEN_S = 4
"""Seconds after which an attempt is given up."""

SOON_S = 2.5
"""Seconds from the end of an attempt until the page has to show it; it asks once a second."""

PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Case:
    """A connection, and what has to become of it.

    Attributes:
        name: of its endpoint.
        path: of the far side.
        stuck: the title of the rung on which it sticks; empty for none.
        running: the rung that is to be seen going on before; empty where it does not take long.
        scheme: of its address, where it is not the far side's own.
        more: further lines of its endpoint.
    """

    name: str
    path: str
    stuck: str = ""
    running: str = ""
    scheme: str = ""
    more: str = ""


def cases(turn_port: int) -> list[Case]:
    """Give one that comes about and five that stick; no TURN server is at the port."""
    relay = (
        "webrtc:\n  relay_only: true\n  ice_servers:\n"
        f"    - url: turn:127.0.0.1:{turn_port}?transport=tcp\n"
        '      username: ada\n      credential: "{{$uuid}}"\n'
    )
    return [
        Case("comes about", "/right"),
        Case("is refused", "/right", "Signaling", scheme="whep+http"),
        Case("is not answered", "/silent", "Answer", running="Answer"),
        Case("has no relay", "/right", "Gathering", more=relay),
        Case("is not reached", "/hole", "First answer", running="First answer"),
        Case("shows another certificate", "/certificate", "DTLS"),
    ]


class Stage:
    """A workbench with an endpoint a case, and its page, in one form."""

    def __init__(
        self, browser: Browser, form: str, address: str, shown: list[Case], stack: ExitStack
    ) -> None:
        self.form = form
        self.wrong: list[str] = []
        self._touch = FORMS[form][0] == PHONE
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        endpoints = folder / "workspace" / "endpoints"
        endpoints.mkdir(parents=True)
        for case in shown:
            (endpoints / f"{case.name}.yaml").write_text(_endpoint(case, address), "utf-8")
        workbench = stack.enter_context(Workbench(folder / "workspace", home=folder / "home"))
        context = new_context(browser, size=FORMS[form][0], dark=FORMS[form][1])
        stack.callback(context.close)
        self.watched: Watched = open_page(context, workbench.address)
        self.page: Page = self.watched.page
        self.page.set_default_timeout(PATIENCE_MS)

    def show(self, case: Case) -> str:
        """Connect, watch the ladder, and judge it; what was seen."""
        self._open(case.name)
        began_ns = SystemClock.monotonic_ns()
        self.page.get_by_role("button", name=re.compile("^(Connect|Watch)$")).click()
        show_view(self.page, "Peer")
        ladder = self.page.get_by_role("region", name="Connect ladder")
        expect(ladder).to_be_visible()
        seen = ""
        if case.running:
            going = ladder.get_by_role("button", name=re.compile(f"^{case.running} goes on"))
            expect(going).to_be_visible()
            self._take(f"{case.name} (goes on)")
            seen = f"{case.running} goes on, then "
        if not case.stuck:
            expect(ladder.get_by_text("to the open connection")).to_be_visible()
            expect(ladder.get_by_role("button", name="Channel open done")).to_be_visible()
            expect(ladder.get_by_text("failed", exact=True)).to_have_count(0)
            seen += "all is done"
        else:
            seen += self._judge_stuck(case, began_ns)
        self._take(case.name)
        return seen

    def _judge_stuck(self, case: Case, began_ns: int) -> str:
        ladder = self.page.get_by_role("region", name="Connect ladder")
        ended = self.page.get_by_role("button", name="again")
        expect(ended).to_be_enabled()
        ended_ns = SystemClock.monotonic_ns()
        row = ladder.get_by_role("button", name=re.compile(f"^{case.stuck} failed"))
        expect(row).to_be_visible()
        late_s = (SystemClock.monotonic_ns() - ended_ns) / 1e9
        if late_s > SOON_S:
            self.wrong.append(f"{self.form}, {case.name}: shown {late_s:.1f} s after the end")
        expect(row).to_have_attribute("aria-expanded", "true")
        expect(ladder.get_by_text("What to do:")).to_be_visible()
        expect(ladder.get_by_text("failed", exact=True)).to_have_count(1)
        standing = self.page.get_by_role("region", name="Standing")
        expect(standing.get_by_role("heading")).to_contain_text("stuck at")
        took_s = (ended_ns - began_ns) / 1e9
        return f"stuck at {case.stuck} after {took_s:.1f} s, shown {late_s:.1f} s later"

    def _open(self, name: str) -> None:
        go_to_pane(self.page, "Wire")
        self.page.keyboard.press("Control+k")
        palette = self.page.get_by_role("dialog", name="Go to or run")
        palette.get_by_role("combobox").fill(name)
        palette.get_by_role("option", name=re.compile(re.escape(name))).first.click()
        expect(self.page.locator("dialog.palette")).to_have_count(0)

    def _take(self, name: str) -> None:
        """Take a picture, and measure what needs no eye."""
        self.page.wait_for_timeout(250)  # a picture has no event that says it is settled
        file = re.sub(r"\W+", "-", name).strip("-")
        self.page.screenshot(path=FOLDER / f"{self.form}-{file}.png")
        found = [*faults(self.page, touch=self._touch), *violations(self.page)]
        self.wrong += [f"{self.form}, {name}: {each}" for each in found]


def _endpoint(case: Case, address: str) -> str:
    url = f"{address}{case.path}"
    if case.scheme:
        url = f"{case.scheme}://{address.partition('://')[2]}{case.path}"
    return f"url: {url}\nlimits:\n  open_timeout_s: {OPEN_S}\n{case.more}"


def show(browser: Browser, form: str, address: str, shown: list[Case]) -> list[str]:
    """Show all cases in one form; what is not as promised."""
    with ExitStack() as stack:
        stage = Stage(browser, form, address, shown, stack)
        for case in shown:
            try:
                print(f"{form:12} {case.name:26} {stage.show(case)}", flush=True)
            except (AssertionError, Error) as error:
                stage.wrong.append(f"{form}, {case.name}: CANNOT BE SHOWN: {error}")
                stage.page.screenshot(path=FOLDER / f"{form}-fault.png")
        return [*stage.wrong, *(f"{form}: {each}" for each in stage.watched.complaints())]


def main() -> int:
    """Show it in all forms, or in those that are named; 1 when something is not as promised."""
    path = PARTS["chromium"]()
    if path is None or not AXE.exists():
        print("Chromium is needed, and axe-core: `./run just page check` installs it.")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        shown = cases(closed.getsockname()[1])
    with far_sides_beside() as address, chromium(path) as browser:
        forms = sys.argv[1:] or list(FORMS)
        wrong = [each for form in forms for each in show(browser, form, address, shown)]
    print(*wrong, sep="\n")
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ARTEFACTS.parent)}")
    print(f"{len(wrong)} faults, violations and complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
