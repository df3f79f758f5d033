"""The report in Chromium, light and dark, wide and phone, and on paper; each number traced back.

A quick comparison keeps its runs and both sides' captures. The report is opened without a network:
nothing may be wider than the screen, nothing asked for, nothing complained of. Pictures and a PDF
are kept in `.artefacts/report`, which git ignores, to be looked at. Then each cell is traced: by
the names that the report gives, its runs are found, their figures are worked out anew from the
messages that they hold and have to be the same, and in the captures lie the messages that came.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from playwright.sync_api import Browser

from acceptance.comparing import compare
from tests.support.chromium import ARTEFACTS, PHONE, WIDE, Watched, chromium, new_context
from tests.support.parts import PARTS
from wirescope.capture import open_capture
from wirescope.events import DataChannelMessage, WebSocketMessage
from wirescope.lab.compare import Experiment, quick_plan
from wirescope.lab.measures import figures
from wirescope.lab.results import CellResult, Comparison, Repeat

FOLDER = ARTEFACTS / "report"
FORMS = {
    "light-wide": (WIDE, False),
    "dark-wide": (WIDE, True),
    "light-phone": (PHONE, False),
    "dark-phone": (PHONE, True),
}
SCROLLED = "document.documentElement.scrollWidth"


def look(browser: Browser, report: Path) -> Iterator[str]:
    """Take the pictures and print it; what is wrong with them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for form, (size, dark) in FORMS.items():
        context = new_context(browser, size=size, dark=dark)
        watched = Watched(context.new_page(), "")
        watched.page.goto(report.as_uri())
        watched.page.screenshot(path=FOLDER / f"{form}.png", full_page=True)
        if watched.page.evaluate(SCROLLED) > size[0]:
            yield f"{form} has to be scrolled sideways"
        yield from (f"{form}: {each}" for each in watched.complaints())
        if form == "light-wide":
            pdf = FOLDER / "report.pdf"
            watched.page.pdf(path=pdf, format="A4", landscape=True, prefer_css_page_size=True)
            print(f"  {pdf.relative_to(ARTEFACTS.parent)}: {pdf.stat().st_size:,} bytes")
        print(f"  {(FOLDER / form).relative_to(ARTEFACTS.parent)}.png")
        context.close()


def trace(found: Comparison, runs: Path, text: str) -> Iterator[str]:
    """Find each number's run and captures; what cannot be found, or is another number there."""
    if str(found.environment["command"]).replace("&", "&amp;") not in text:
        yield "the report does not say the command that made it"
    traced = 0
    for cell in found.cells:
        if f"{cell.cell.file_prefix}-" not in text:
            yield f"the report does not name the runs of {cell.cell.file_prefix}"
        for repeat in cell.repeats:
            yield from _trace_run(cell, repeat, runs)
            traced += 1
    print(f"  {traced} runs of {len(found.cells)} cells traced to their messages and captures")


def _trace_run(cell: CellResult, repeat: Repeat, runs: Path) -> Iterator[str]:
    name = f"{cell.cell.file_prefix}-{repeat.seed}"
    files = [*runs.glob(f"{name}-*.json")]
    if len(files) != 1:
        yield f"{name}: {len(files)} files"
        return
    experiment = msgspec.json.decode(files[0].read_bytes(), type=Experiment)
    plan = quick_plan()
    workload, link = plan.workload(cell.workload), plan.link(cell.link)
    anew = figures(
        experiment.samples,
        floors_ms={"a": link.up.delay_ms, "b": link.down.delay_ms},
        useful_for_ms=workload.useful_for_ms,
        is_state=workload.is_state,
        is_answered=workload.pace == "answered",
    )
    if anew != repeat.figures:
        yield f"{name}: its messages give other figures than the report has"
    came = sum(_came(files[0].with_suffix("") / f"{side}.wirescope") for side in "ab")
    if came < repeat.figures.received:
        yield f"{name}: {came} messages in the captures, {repeat.figures.received} in the report"


def _came(capture: Path) -> int:
    with open_capture(capture) as opened:
        return sum(
            isinstance(each, WebSocketMessage | DataChannelMessage) and each.direction == "received"
            for each in opened.events()
        )


def main() -> int:
    """Compare, look, trace."""
    path = PARTS["chromium"]()
    if path is None:
        print("There is no Chromium on this machine.")
        return 1
    with tempfile.TemporaryDirectory(prefix="wirescope-report-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o777)  # the one who compares has no rights
        report, runs = folder / "report.html", folder / "runs"
        found, seconds = compare(*("--quick", "--keep", str(runs), "--captures", "-o", str(report)))
        text = report.read_text("utf-8")
        print(f"compared in {seconds:.0f} s; the report has {len(text):,} characters")
        with chromium(path) as browser:
            failed = [*look(browser, report), *trace(found, runs, text)]
    for each in failed:
        print(f"SHORT: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
