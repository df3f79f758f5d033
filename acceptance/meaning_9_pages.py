"""Each finding has a page that is written from its rule, opens by its code and reads well.

The files in `docs/findings` are compared with what the generator writes; each code is opened with
the real `wirescope explain`, and so is each that real runs of `analyze` and `doctor` print; each
rule must have its fixture and the words that were looked at; links must lead somewhere. Style and
spelling are judged as far as a machine can. It prints figures and falls short on the first fault.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from acceptance.spine_9_terminal import serving_endpoints
from scripts import findings_pages, page_style, reference
from tests.analysis.findings import (
    call_stories,
    closing_stories,
    opening_stories,
    traffic,
    words,
)
from tests.analysis.findings.doctor.examinations import EXAMINATIONS
from tests.analysis.findings.turn import server_examinations
from wirescope.analysis import RULES, Rule, Stability

ROOT = reference.ROOT
CODE = re.compile(r"\b(?:DTLS|ICE|NET|RTP|SCTP|SIG|TLS|TURN|WS)\d{3}\b")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
AT_ONCE = 2
WIDTH = 80
STORIES = (opening_stories, closing_stories, traffic, call_stories)
FIXTURES = {
    *(code for each in STORIES for code in each.STORIES),
    *(*EXAMINATIONS, *server_examinations.EXAMINATIONS),
}

CAPTURED = (
    ("/close?code=1011&reason=boom", 71),
    ("/close?code=4401", 71),
    ("/close?mode=drop", 70),
    ("/push?count=3000&size=60", 0),
    ("/nowhere", 22),
)
"""Visits that end in captures with something to find, and what `connect` exits with."""

EXAMINED = (("/echo", 0), ("/close?code=1000", 1), ("/nowhere", 22))
"""What the doctor visits, and what it exits with."""

UNKNOWN = (("WS999", "lists all"), ("WS20", "WS201"), ("nonsense", "lists all"))
"""Codes that there are not, and what the complaint has to say."""


def wirescope(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real command."""
    return subprocess.run(
        [sys.executable, "-m", "wirescope", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": str(WIDTH), "HOME": tempfile.gettempdir()},
        timeout=60,
        check=False,
    )


# The files


def of_files(rule: Rule) -> Iterator[str]:
    """Compare a page with what the generator writes, and look for the rule's fixture and words."""
    path = reference.FINDINGS / f"{rule.code}.md"
    if not path.exists() or path.read_text("utf-8") != findings_pages.finding_page(rule):
        yield "its page is not what the generator writes"
    if rule.severity not in ("error", "warning", "info") or not isinstance(
        rule.stability, Stability
    ):
        yield "its severity or its stability is none"
    if rule.code not in FIXTURES:
        yield "it has no fixture"
    kept = words.EXPECTED / f"{rule.code}.txt"
    if not kept.exists():
        yield "its words are not kept"
        return
    own = [each for each in kept.read_text("utf-8").split("\n\n") if each.startswith(rule.code)]
    if not own:
        yield "its fixture does not show it"
    if any("\nGain: " in each for each in own) and "The gain " not in " ".join(rule.page.split()):
        yield "it tells a gain, and its page does not say how that is computed"


def of_links() -> tuple[int, list[str]]:
    """Follow the links of the pages and of their index; how many there are, and the dead ones."""
    count, faults = 0, []
    for page in (*sorted(reference.FINDINGS.glob("*.md")), reference.INDEX):
        for link in LINK.findall(page.read_text("utf-8")):
            count += 1
            if not (page.parent / link).exists():
                faults.append(f"{page.name}: {link} leads nowhere")
    listed = CODE.findall(" ".join(LINK.findall(reference.INDEX.read_text("utf-8"))))
    if listed != [rule.code for rule in RULES]:
        faults.append("the index does not list each rule once, in order")
    return count, faults


def of_mentions() -> tuple[int, list[str]]:
    """Look for codes that texts, source and documentation name and that are none."""
    known = {rule.code for rule in RULES}
    files = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "src").rglob("*.py")]
    named = {(path, code) for path in files for code in CODE.findall(path.read_text("utf-8"))}
    return len(named), [
        f"{path.relative_to(ROOT)} names {code}" for path, code in named if code not in known
    ]


# The command


def opened(rule: Rule) -> list[str]:
    """Open a page by its code, and compare it with the rule."""
    done = wirescope("explain", rule.code)
    faults = [] if done.returncode == 0 else [f"explain exits with {done.returncode}"]
    text = done.stdout
    if not text.startswith(f"{rule.code}, {rule.severity}: {rule.title}"):
        faults.append("explain does not begin with code, severity and title")
    bare = " ".join(re.sub(r"^#+ ", "", rule.page, flags=re.MULTILINE).split())
    if " ".join(text.partition("\n")[2].split()) != bare:
        faults.append("explain does not show the page as it is")
    faults += [f"explain: {len(line)} columns" for line in text.splitlines() if len(line) > WIDTH]
    return faults


def refused(code: str, hint: str) -> Iterator[str]:
    """Ask for a page that there is not."""
    done = wirescope("explain", code)
    if done.returncode != 2 or done.stdout:
        yield f"explain {code} exits with {done.returncode}, or prints something"
    if f"There is no finding {code}." not in done.stderr or hint not in done.stderr:
        yield f"explain {code} says only: {done.stderr.strip()}"


def printed_by_analyze(base: str, folder: Path) -> Iterator[tuple[set[str], str]]:
    """Analyse real captures; the codes that each report names, and what is wrong with it."""
    for number, (target, exit_code) in enumerate(CAPTURED):
        capture = str(folder / f"{number}.wirescope")
        visited = wirescope("connect", base + target, "--compression", "off", "-o", capture)
        if visited.returncode != exit_code:
            yield set(), f"connect {target} exits with {visited.returncode}"
        text = wirescope("analyze", capture).stdout
        found = msgspec.json.decode(wirescope("analyze", capture, "--format", "json").stdout)
        codes = {each["code"] for each in found["findings"]}
        yield codes, "" if codes else f"analyze finds nothing in {target}"
        yield codes, unnamed(codes, text, f"analyze of {target}")


def printed_by_doctor(base: str) -> Iterator[tuple[set[str], str]]:
    """Examine a real server; the codes that each report names, and what is wrong with it."""
    for target, exit_code in EXAMINED:
        done = wirescope("doctor", base + target, "--probe-limits")
        if done.returncode != exit_code:
            yield set(), f"doctor {target} exits with {done.returncode}"
        codes = set(CODE.findall(done.stdout))
        yield codes, unnamed(codes, done.stdout, f"doctor of {target}")


def unnamed(codes: set[str], text: str, where: str) -> str:
    """Say which codes a report does not name the command for; empty for none."""
    plain = " ".join(text.split())
    missing = [code for code in sorted(codes) if f"wirescope explain {code}" not in plain]
    return f"{where} does not name `wirescope explain {', '.join(missing)}`" if missing else ""


# All together


class Tally:
    """Prints a line for each thing looked at, and its faults below."""

    def __init__(self) -> None:
        self.faults = 0

    def line(self, what: str, count: int, faults: list[str]) -> None:
        """Print how many were looked at, and each fault."""
        self.faults += len(faults)
        print(f"{what:<58} {count:>5}   {'well' if not faults else f'{len(faults)} faults'}")
        for fault in faults:
            print(f"   {fault}")


def each_rule(judge: Callable[[Rule], Iterable[str]]) -> list[str]:
    """Judge every rule; the faults, with the code before each."""
    return [f"{rule.code}: {fault}" for rule in RULES for fault in judge(rule)]


def main() -> int:
    """Look at everything, print, judge."""
    tally, count = Tally(), len(RULES)
    tally.line("pages as the generator writes them, fixtures, words", count, each_rule(of_files))
    tally.line("pages with four sections and sources", count, each_rule(page_style.shape))
    tally.line("titles in sentence case", count, each_rule(page_style.title))
    tally.line("pages in the product's style", count, each_rule(page_style.prose))
    files = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *words.EXPECTED.iterdir()]
    tally.line("files without a known misspelling", len(files), page_style.misspelt(files))
    tally.line("links of pages and index that lead somewhere", *of_links())
    tally.line("codes named in source and documentation that exist", *of_mentions())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        shown = list(pool.map(opened, RULES))
    faults = [
        f"{rule.code}: {each}" for rule, some in zip(RULES, shown, strict=True) for each in some
    ]
    tally.line("pages opened with `wirescope explain CODE`", count, faults)
    faults = [fault for code, hint in UNKNOWN for fault in refused(code, hint)]
    tally.line("unknown codes refused with exit code 2 and a hint", len(UNKNOWN), faults)
    listed = [line.split()[0] for line in wirescope("explain").stdout.splitlines()]
    wrong = [] if listed == [rule.code for rule in RULES] else ["explain lists something else"]
    tally.line("codes that `wirescope explain` lists", len(listed), wrong)
    with (
        tempfile.TemporaryDirectory(prefix="wirescope-pages-") as folder,
        serving_endpoints() as base,
    ):
        analysed = list(printed_by_analyze(base, Path(folder)))
        examined = list(printed_by_doctor(base))
    for name, reports in (("analyze", analysed), ("doctor", examined)):
        codes = set[str]().union(*(codes for codes, _ in reports))
        known = {rule.code for rule in RULES}
        faults = [fault for _, fault in reports if fault]
        faults += [f"{name} prints {code}, which is none" for code in sorted(codes - known)]
        what = f"codes that `{name}` printed, the command beside each"
        tally.line(what, len(codes), faults or ([] if codes else ["it printed none"]))
    stable = sum(rule.stability is Stability.STABLE for rule in RULES)
    print(f"{count} rules: {stable} stable, {count - stable} preview")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
