"""What somebody does who has never read the manual: from nothing to a proven gain, step by step.

Everything is found as such a person finds it, by what it is and what is written on it: never by an
id or by how the page is built. Each step takes for granted that the one before it is done, and ends
when the page shows what came of it.
"""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page, expect

ANSWERED = re.compile(r"received text, .*, answers \d+ after ([\d.,]+ \S+),")
"""How a row that is an answer is read out, with how long it took."""

FILTER = "celsius"
ENOUGH = re.compile(r"^sent (4\d|[5-9]\d|\d{3,}) times$")
"""Words of the page on a message that was sent often enough: a finding needs ten."""

EVERY_S = "0.05"
PATIENCE_MS = 30_000


def call_of(readings: int) -> str:
    """Write a call of JSON-RPC as devices send them: a list of alike records."""
    each = ", ".join(
        f'{{"sensor": "roof-{number}", "celsius": {20 + number / 4}, "valid": true}}'
        for number in range(readings)
    )
    return f'{{"jsonrpc": "2.0", "id": "{{{{$uuid}}}}", "method": "echo", "params": [{each}]}}'


def offered(page: Page) -> str:
    """Read the address of the built-in JSON-RPC endpoint off the start page."""
    built_in = page.get_by_role("region", name="Built in, on this machine")
    host = built_in.get_by_text("127.0.0.1").inner_text().strip()
    return f"ws://{host}/jsonrpc"


Step = tuple[str, Callable[[], str]]


class Newcomer:
    """A person with a mouse in front of the page.

    Args:
        page: the page, as it is after `wirescope up` on an empty folder.
        url: what they were told to try.
        name: what they call it.
        readings: how long their message is.
    """

    def __init__(self, page: Page, url: str, *, name: str, readings: int = 4) -> None:
        self.page = page
        self.url = url
        self.name = name
        self.message = call_of(readings)

    def steps(self) -> Iterator[Step]:
        """Give what is done, in order; each says what came of it."""
        yield "endpoint made", self.make
        yield "compression not offered", self.offer_nothing
        yield "endpoint saved", self.save
        yield "connected", self.connect
        yield "message sent", self.send
        yield "answer matched", self.see_answer
        yield "filter applied", self.filter
        yield "traffic sent", self.send_many
        yield "disconnected", self.disconnect
        yield "finding opened", self.open_finding
        yield "fixed by its advice", self.fix
        yield "same traffic sent", self.send_many
        yield "gain shown", self.see_gain

    # What is on the page

    def view(self, name: str) -> None:
        """Choose a view or an option of the tab."""
        row = self.page.get_by_role("navigation", name="Views and options")
        row.get_by_role("button", name=re.compile(rf"^{name}\b")).click()

    @property
    def composer(self) -> Locator:
        """Where a message is written."""
        return self.page.get_by_role("region", name="Composer").last

    # What is done

    def make(self) -> str:
        """Make an endpoint and give its address."""
        self.page.get_by_role("button", name="New endpoint").first.click()
        self.page.get_by_role("textbox", name="URL").fill(self.url)
        return self.url

    def offer_nothing(self) -> str:
        """Do as a client that knows no compression."""
        self.view("Compression")
        self.page.get_by_role("checkbox", name="Offer compression").uncheck()
        expect(self.page.get_by_text("no extension")).to_be_visible()
        self.view("Compression")
        return "the option says: no extension"

    def save(self) -> str:
        """Save it into the workspace under a name."""
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.page.get_by_role("dialog").get_by_role("combobox").fill(self.name)
        self.page.keyboard.press("Enter")
        tree = self.page.get_by_role("complementary", name="Workspace")
        expect(tree.get_by_role("treeitem", name=self.name)).to_be_visible()
        return f"{self.name} is in the workspace"

    def connect(self) -> str:
        """Connect, and wait until it is open."""
        self.page.get_by_role("button", name="Connect", exact=True).click()
        expect(self.page.get_by_role("button", name="Disconnect")).to_be_enabled()
        return "the button says: Disconnect"

    def send(self) -> str:
        """Write a message and send it."""
        self.composer.get_by_role("textbox", name="Message").fill(self.message)
        self.composer.get_by_role("button", name="Send", exact=True).click()
        said = self.composer.get_by_role("status").get_by_text(re.compile(r"^Sent \d"))
        expect(said).to_be_visible()
        return said.inner_text()

    def see_answer(self) -> str:
        """Find the row of the answer, and how long it took."""
        grid = self.page.get_by_role("grid", name="Messages")
        answer = grid.get_by_role("row", name=ANSWERED)
        expect(answer.first).to_be_visible(timeout=PATIENCE_MS)
        words = ANSWERED.search(answer.first.get_attribute("aria-label") or "")
        assert words is not None
        return f"after {words[1]}"

    def filter(self) -> str:
        """Show only what fits, then everything again."""
        field = self.page.get_by_role("combobox", name="Filter: show only")
        field.fill(FILTER)
        field.press("Enter")
        found = self.page.get_by_text(re.compile(r"^\d+ found$"))
        expect(found).to_be_visible()
        said = found.inner_text()
        self.page.get_by_role("button", name="Clear", exact=True).click()
        expect(found).to_be_hidden()
        return said

    def send_many(self) -> str:
        """Have the message repeated until there is some traffic, then stop that."""
        composer = self.composer
        composer.get_by_role("checkbox", name="Repeat every").check()
        composer.get_by_role("spinbutton", name="Seconds between repetitions").fill(EVERY_S)
        composer.get_by_role("button", name=f"Send every {EVERY_S} s").click()
        times = composer.get_by_text(re.compile(r"^sent [\d,]+ times$"))
        expect(composer.get_by_text(ENOUGH)).to_be_visible(timeout=PATIENCE_MS)
        said = times.inner_text()
        composer.get_by_role("button", name="Stop", exact=True).click()
        expect(times).to_be_hidden()
        return said

    def disconnect(self) -> str:
        """End the connection; what it means is known then."""
        self.page.get_by_role("button", name="Disconnect").click()
        expect(self.page.get_by_role("button", name="Connect again")).to_be_enabled()
        return "the button says: Connect again"

    def open_finding(self) -> str:
        """Open what was found about compression."""
        self.view("Findings")
        listed = self.page.get_by_role("region", name="All findings")
        finding = listed.get_by_role("button", name="Compression not negotiated").first
        finding.click(timeout=PATIENCE_MS)
        return self.gain()

    def fix(self) -> str:
        """Press the button of its advice."""
        self.page.get_by_role("button", name="Connect with compression").click()
        expect(self.page.get_by_role("button", name="Disconnect")).to_be_enabled()
        self.view("Wire")
        return "connected again"

    def see_gain(self) -> str:
        """Find what the change has proven: the old figure and the new one."""
        self.view("Findings")
        self.proven.click(timeout=PATIENCE_MS)
        return self.figures()

    # What is read

    @property
    def proven(self) -> Locator:
        """The finding, as one that is gone."""
        words = re.compile("Compression not negotiated.*not there any more")
        listed = self.page.get_by_role("region", name="All findings")
        return listed.get_by_role("button", name=words)

    def gain(self) -> str:
        """Read what the finding's fix would gain."""
        gain = self.page.get_by_role("region", name="Gain")
        expect(gain).to_be_visible()
        return " ".join(gain.get_by_role("definition").inner_text().split())

    def figures(self) -> str:
        """Read the figures before and after the change."""
        shown = self.page.get_by_role("region", name="Before and after")
        expect(shown).to_be_visible()
        return " -> ".join(shown.get_by_role("definition").all_inner_texts()[:2])
