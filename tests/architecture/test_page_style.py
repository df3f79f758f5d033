"""The pages of findings keep to the style, and what judges them sees what is not in order."""

import msgspec
import pytest

from scripts import page_style
from tests.architecture.house import ROOT
from wirescope.analysis import RULES, Rule

JUDGEMENTS = (page_style.shape, page_style.title, page_style.prose)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_keeps_to_the_style(rule: Rule) -> None:
    assert [fault for judge in JUDGEMENTS for fault in judge(rule)] == []


@pytest.mark.slow
def test_no_page_has_a_known_misspelling() -> None:
    assert page_style.misspelt([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]) == []


def changed(**fields: str) -> list[str]:
    rule = msgspec.structs.replace(RULES[0], **fields)
    return [fault for judge in JUDGEMENTS for fault in judge(rule)]


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("The Connection was refused", "writes 'Connection' large"),
        ("the connection was refused", "begins small"),
        ("The connection was refused.", "full stop"),
        ("The connection was refused " * 3, "too long"),
        ("Refused!", "exclamation mark"),
    ],
)
def test_a_title_that_is_not_in_order_is_seen(title: str, fault: str) -> None:
    assert fault in " ".join(changed(title=title))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Please look into the log.", "says 'Please'"),
        ("Look into the the log.", "says 'the' twice"),
        ("Look into the log! ", "exclamation mark"),
        ("word " * 50, "a sentence has 50 words"),
        ("A few words. " * 40, "a paragraph has 120 words"),
        ("x" * 101, "a line has 101 columns"),
        ("## Notes", "its sections are"),
    ],
)
def test_a_page_that_is_not_in_order_is_seen(words: str, fault: str) -> None:
    page = RULES[0].page.replace("## How to fix\n\n", f"## How to fix\n\n{words}\n\n")
    assert fault in " ".join(changed(page=page))


@pytest.mark.parametrize("quoted", ["`a!`", '"Stop!"'])
def test_what_is_quoted_or_code_is_left_alone(quoted: str) -> None:
    page = RULES[0].page.replace("## How to fix\n\n", f"## How to fix\n\nIt says {quoted}.\n\n")
    assert changed(page=page) == []


@pytest.mark.slow
def test_a_misspelling_is_seen(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text("The messsage was recieved.\n", "utf-8")
    assert len(page_style.misspelt([page])) == 2
