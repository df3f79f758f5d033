"""What can be judged of a page by a machine: its shape, its style, its spelling.

Each judgement gives sentences about what is wrong, and none where all is well. Whether a page is
true, nobody but a reader can say.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from wirescope.analysis import Rule
from wirescope.analysis.findings import HEADINGS

WIDEST = 100
LONGEST_TITLE = 60
LONGEST_SENTENCE = 40
LONGEST_PARAGRAPH = 100
LEAST_SECTION = {"What it sees": 10, "Why it matters": 10, "How to fix": 8, "References": 2}
"""Words of each section, at least."""

PROPER = frozenset({"Close", "Origin", "Host", "Base64"})
"""Words that a title writes with a capital wherever they stand; so it may what has two of them."""

ON_PURPOSE = "exmaple,hel,lenght"
"""A host that does not resolve, half of `Hello`, and a field that a filter does not know."""

UNWANTED = re.compile(
    r"\b(please|simply|obviously|of course|basically|leverage|utili[sz]e|e\.g\.|i\.e\.|etc\.)",
    re.IGNORECASE,
)
_SPAN = re.compile(r"`[^`]*`")
_QUOTED = re.compile(r'"[^"]*"')
_DOUBLED = re.compile(r"\b(\w+)\s+\1\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.?!:;])\s+")
_CITED = re.compile(r"\bRFC \d{3,5}\b|Standard|W3C|IANA|JSON-RPC|20\d\d")


def sections_of(page: str) -> dict[str, str]:
    """Cut a page into its sections, by heading; what stands before them is under an empty one."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], (part.strip() for part in parts[0::2]), strict=True))


def shape(rule: Rule) -> Iterator[str]:
    """Look for sections that are missing, in the wrong order, or hardly there."""
    sections = sections_of(rule.page)
    if tuple(sections)[1:] != HEADINGS:
        yield f"its sections are {', '.join(tuple(sections)[1:])}"
        return
    for heading, least in LEAST_SECTION.items():
        words = len(sections[heading].split())
        if words < least:
            yield f"{heading!r} has {words} words"
    if not _CITED.search(sections["References"]):
        yield "it cites nothing"


def title(rule: Rule) -> Iterator[str]:
    """Look for a title that is long, ends as a sentence or writes words large."""
    if len(rule.title) > LONGEST_TITLE or rule.title.endswith("."):
        yield f"the title {rule.title!r} is too long, or ends with a full stop"
    first, *rest = rule.title.split()
    if not first[:1].isupper():
        yield f"the title {rule.title!r} begins small"
    for word in rest:
        plain = word.strip("(),:'")
        if plain[:1].isupper() and plain not in PROPER and sum(map(str.isupper, plain)) < 2:
            yield f"the title writes {plain!r} large"


def prose(rule: Rule) -> Iterator[str]:
    """Look for words and marks that do not belong into the product's text, and for length."""
    text = f"{rule.title}.\n\n{rule.page}"
    plain = _QUOTED.sub('"…"', _SPAN.sub("`…`", text))
    if "!" in plain:
        yield "it shouts with an exclamation mark"
    for found in UNWANTED.findall(plain):
        yield f"it says {found!r}"
    for found in _DOUBLED.findall(plain):
        yield f"it says {found!r} twice"
    for paragraph in plain.split("\n\n"):
        words = len(paragraph.split())
        if words > LONGEST_PARAGRAPH:
            yield f"a paragraph has {words} words: {paragraph[:40]} …"
        for sentence in _SENTENCE.split(paragraph):
            if len(sentence.split()) > LONGEST_SENTENCE:
                yield f"a sentence has {len(sentence.split())} words: {sentence[:40]} …"
    for line in text.splitlines():
        if len(line) > WIDEST:
            yield f"a line has {len(line)} columns: {line[:40]} …"


def misspelt(paths: Sequence[Path]) -> list[str]:
    """Look for the usual misspellings, with codespell; a line for each."""
    tool = Path(sys.executable).with_name("codespell")
    command = [str(tool), "--ignore-words-list", ON_PURPOSE, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and not done.stdout:
        return [done.stderr.strip() or f"codespell ended with {done.returncode}"]
    return done.stdout.splitlines()
