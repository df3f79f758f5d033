"""Take the pictures of the page for README and docs: the real command, its own endpoints, Chromium.

`just pictures`. It needs Debian's Chromium, and Pillow from the package index for this run alone,
which makes the files small. Everything in the pictures happened: a workspace is written, opened,
connected from and looked at by the labels that a person reads.
"""

import io
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.chromium import chromium, new_context, open_page
from tests.support.workbench import Workbench

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
MOST_BYTES = 200_000
PORT = 8642

ENVIRONMENT = "variables:\n  host: {host}\nsecrets:\n  - api_token\n"
ADD = '{"jsonrpc": "2.0", "id": "{{$uuid}}", "method": "add", "params": [1, 2]}'
WORKSPACE = {
    "wirescope.yaml": "name: trading\n",
    "environments/local.yaml": ENVIRONMENT.format(host=f"127.0.0.1:{PORT + 1}"),
    "environments/staging.yaml": ENVIRONMENT.format(host="staging.example"),
    "endpoints/calls/json-rpc.yaml": "url: ws://{{host}}/jsonrpc\n",
    "endpoints/calls/subprotocol.yaml": "url: ws://{{host}}/subprotocol\n",
    "endpoints/feed/history.yaml": (
        "url: ws://{{host}}/deflate?count=400\ncompression:\n  offer: false\n"
    ),
    "endpoints/feed/prices.yaml": "url: ws://{{host}}/push?count=1000&interval_ms=50\n",
    "messages/add.yaml": f"kind: json\nbody: '{ADD}'\n",
    ".gitignore": "captures/\n.env\n",
    ".env": "api_token=only-on-this-machine\n",
}

CALLS = (
    '{"jsonrpc": "2.0", "id": 1, "method": "add", "params": [19, 23]}',
    '{"jsonrpc": "2.0", "id": 2, "method": "sleep", "params": [0.12]}',
    '{"jsonrpc": "2.0", "id": 3, "method": "error"}',
    '{"jsonrpc": "2.0", "id": 4, "method": "notify", "params": [3]}',
    '{"jsonrpc": "2.0", "id": 5, "method": "echo", "params": {"pair": "EURUSD", "bid": 1.0834}}',
)
REPEATED = '{"jsonrpc": "2.0", "id": "{{$uuid}}", "method": "sleep", "params": [0.004]}'


def open_endpoint(page: Page, name: str) -> None:
    """Open an endpoint of the workspace by its name in the tree."""
    tree = page.get_by_role("complementary", name="Workspace")
    tree.get_by_role("treeitem", name=name).click()
    expect(page.get_by_role("textbox", name="URL")).to_be_visible()


def view(page: Page, name: str) -> None:
    """Choose a view, or fold an option open or shut."""
    row = page.get_by_role("navigation", name="Views and options")
    row.get_by_role("button", name=re.compile(rf"^{name}\b")).click()


def press(page: Page, name: str) -> None:
    """Press a button by its name, after which its key may stand."""
    page.get_by_role("button", name=re.compile(rf"^{name}( Ctrl.*)?$")).first.click()


def connect(page: Page) -> None:
    """Connect from the open tab."""
    press(page, "Connect")
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()


def send(page: Page, message: str) -> None:
    """Send a message."""
    page.get_by_role("textbox", name="Message").last.fill(message)
    press(page, "Send")


def workbench(page: Page) -> None:
    """Calls and their answers on the wire, and one answer in the inspector."""
    palette(page, "Choose an environment")
    page.get_by_role("dialog").get_by_role("option", name="local").click()
    open_endpoint(page, "json-rpc")
    connect(page)
    rows = page.get_by_role("grid", name="Messages").get_by_role("row")
    for number, call in enumerate(CALLS, start=1):
        send(page, call)
        expect(page.get_by_text(re.compile(rf"^{number} messages? sent"))).to_be_visible()
    rows.filter(has_text=re.compile(r'"id": ?2\b')).nth(1).click()
    expect(page.get_by_role("region", name="Inspector").get_by_text("Frame header")).to_be_visible()


def workspace(page: Page) -> None:
    """The sheet of environments above the tree."""
    palette(page, "Edit environments and secrets")
    expect(page.get_by_role("dialog").get_by_text("api_token").first).to_be_visible()


def endpoint(page: Page) -> None:
    """An option of the endpoint, with its default and a sentence of help."""
    page.keyboard.press("Escape")
    open_endpoint(page, "history")
    view(page, "Compression")
    expect(page.get_by_text("no extension")).to_be_visible()


def monitor(page: Page) -> None:
    """The opening handshake byte for byte."""
    view(page, "Compression")
    open_endpoint(page, "json-rpc")
    view(page, "Handshake")
    expect(page.get_by_text("Where the time went")).to_be_visible()


def analyse(page: Page) -> None:
    """Charts of calls that are sent again and again."""
    view(page, "Wire")
    page.get_by_role("textbox", name="Message").last.fill(REPEATED)
    page.get_by_role("checkbox", name="Repeat every").check()
    page.get_by_role("spinbutton", name="Seconds between repetitions").fill("0.05")
    press(page, "Send every 0.05 s")
    expect(page.get_by_text(re.compile(r"^sent (1[2-9]\d|[2-9]\d\d) times$"))).to_be_visible(
        timeout=60_000
    )
    press(page, "Stop")
    view(page, "Charts")
    expect(page.get_by_text(re.compile("^Answer")).first).to_be_visible()


def optimise(page: Page) -> None:
    """A finding with its gain, and the button that puts its advice into effect."""
    open_endpoint(page, "history")
    connect(page)
    view(page, "Findings")
    listed = page.get_by_role("region", name="All findings")
    listed.get_by_role("button", name="Compression not negotiated").first.click()
    expect(page.get_by_text("All 401 messages").first).to_be_visible()
    expect(page.get_by_role("button", name="Connect with compression")).to_be_visible()


PICTURES: dict[str, Callable[[Page], None]] = {
    "workbench": workbench,
    "step-1-workspace": workspace,
    "step-2-endpoint": endpoint,
    "step-3-monitor": monitor,
    "step-4-analyse": analyse,
    "step-5-optimise": optimise,
}
"""What to do for each picture, after what was done for those before it."""


def palette(page: Page, action: str) -> None:
    """Run an action by its name."""
    page.get_by_role("button", name="Go to or run").click()
    page.get_by_role("dialog").get_by_role("combobox").fill(action)
    page.keyboard.press("Enter")


def take(page: Page) -> bytes:
    """Take a picture and give it the 256 colours that it needs most."""
    from PIL import Image  # type: ignore[import-not-found]

    page.mouse.move(720, 890)
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    packed = io.BytesIO()
    image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(packed, "png", optimize=True)
    size = len(packed.getvalue())
    if size > MOST_BYTES:
        raise SystemExit(f"A picture has {size:,} bytes; {MOST_BYTES:,} are allowed.")
    return packed.getvalue()


def write_workspace(folder: Path) -> None:
    """Write the workspace of the pictures."""
    for name, text in WORKSPACE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def main() -> None:
    """Take all of them."""
    browser = shutil.which("chromium")
    if browser is None:
        raise SystemExit("Chromium is missing; install Debian's package chromium.")
    with tempfile.TemporaryDirectory(prefix="wirescope-pictures-") as temporary:
        folder = Path(temporary, "trading")
        write_workspace(folder)
        running = Workbench(folder, home=Path(temporary, "home"))
        running.port = PORT
        with running, chromium(browser) as opened:
            page = open_page(new_context(opened), running.address).page
            page.set_default_timeout(20_000)
            expect.set_options(timeout=20_000)
            for name, act in PICTURES.items():
                act(page)
                (IMAGES / f"{name}.png").write_bytes(take(page))
                print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
