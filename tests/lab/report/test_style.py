"""A report looks like the page: its tokens have the page's values."""

import re
from pathlib import Path

from wirescope.lab.report.style import STYLE

TOKENS = Path(__file__).parents[3] / "ui" / "src" / "base" / "styles" / "tokens.css"
DECLARED = re.compile(r"(--[\w-]+):\s*([^;]+);")


def declared(css: str) -> dict[str, str]:
    """Give each token's first value, in which blanks do not count."""
    found: dict[str, str] = {}
    for name, value in DECLARED.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        found.setdefault(name, re.sub(r"\s+", " ", value).strip())
    return found


def test_the_tokens_are_those_of_the_page() -> None:
    theirs = declared(TOKENS.read_text("utf-8"))
    ours = declared(STYLE)
    del ours["--hue"]  # of whatever it is that has a colour
    assert len(ours) > 30
    assert {name: value for name, value in ours.items() if theirs.get(name) != value} == {}


def test_every_token_is_used_and_there() -> None:
    assert set(re.findall(r"var\((--[\w-]+)", STYLE)) == set(declared(STYLE))


def test_every_rule_is_closed() -> None:
    assert STYLE.count("{") == STYLE.count("}")
