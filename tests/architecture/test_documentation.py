"""What is public is documented, and what is documented exists."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from scripts import differences, reference
from tests.architecture.house import ROOT, doors
from wirescope import errors
from wirescope.events import AnyEvent
from wirescope.lab.results import Comparison
from wirescope.web.messages import FromPage, FromServer
from wirescope.web.operations import OPERATIONS

GLOSSARY = ROOT / "docs" / "glossary.md"


@pytest.mark.parametrize("door", doors(), ids=lambda door: door.__name__)
def test_a_rooms_public_names_exist_and_are_documented(door: ModuleType) -> None:
    assert door.__doc__
    for name in door.__all__:
        member = getattr(door, name)
        if inspect.isclass(member) or inspect.isfunction(member):
            made_up = f"{name}("  # what a dataclass writes when nobody has
            assert member.__doc__, f"{door.__name__}.{name} has no docstring"
            assert not member.__doc__.startswith(made_up), f"{name} has no docstring"


def test_every_event_is_shown_in_the_reference() -> None:
    assert reference.documented() == set(get_args(AnyEvent))


@pytest.mark.parametrize("path", reference.pages(), ids=lambda path: path.name)
def test_a_page_that_is_written_by_a_script_is_current(path: Path) -> None:
    assert path.exists(), "run `just docs`"
    assert path.read_text("utf-8") == reference.pages()[path], "run `just docs`"


def test_no_page_is_about_a_finding_that_is_gone() -> None:
    assert not reference.left_over(), "run `just docs`"


def test_the_reference_of_the_decoders_is_current() -> None:
    assert reference.DECODERS.read_text("utf-8") == reference.decoders_page(), "run `just docs`"


def test_every_operation_of_the_page_is_in_the_reference() -> None:
    page = reference.PAGE_API.read_text("utf-8")
    rows = [f"| `{each.name}` | `{each.method} {each.path}` |" for each in OPERATIONS]
    assert [row for row in rows if row not in page] == []


def test_every_message_of_the_live_socket_is_in_the_reference() -> None:
    page = reference.PAGE_API.read_text("utf-8")
    told = page.partition("## Being told")[2].partition("## Records")[0]
    names = [kind.__name__ for kind in (*get_args(FromPage), FromServer)]
    assert [name for name in names if f"(#{name.lower()})" not in told] == []


def test_a_record_that_the_reference_of_the_page_links_to_is_there() -> None:
    page = reference.PAGE_API.read_text("utf-8")
    headings = {each.lower() for each in re.findall(r"^### (.+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\(#(\w+)\)", page)) <= headings


def keys_of_the_page() -> set[str]:
    """Read the keys out of the page's commands: `keys: ["Ctrl+K"]`, `make("filter", …, ["/"]`."""
    found: set[str] = set()
    for path in (ROOT / "ui" / "src").rglob("*"):
        if path.suffix in (".ts", ".svelte") and not path.name.endswith(".test.ts"):
            lists = re.findall(
                r'keys: \[("[^\]]*")\]|make\("[^"]+", "[^"]+", \[("[^"]*")\]',
                path.read_text("utf-8"),
            )
            found.update(key for pair in lists for key in re.findall(r'"([^"]+)"', "".join(pair)))
    return found


def test_every_key_of_the_page_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "page.md").read_text("utf-8")
    keys = keys_of_the_page()
    assert "Ctrl+K" in keys
    assert "/" in keys
    assert sorted(key for key in keys if f"`{key}`" not in page) == []


@pytest.mark.skipif(not (ROOT / "scripts/generate_cli_reference.py").exists(), reason="no CLI yet")
def test_the_reference_of_the_commands_is_current() -> None:
    script = ROOT / "scripts" / "generate_cli_reference.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"run `just docs`: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", differences.PAGES, ids=lambda page: page.name)
def test_a_page_has_the_differences_that_are_kept(page: Path) -> None:
    text = page.read_text("utf-8")
    assert differences.BEGIN.format("differences") in text
    assert differences.is_current(text), "run `just differences --again`"


def test_a_measured_part_without_its_end_loses_nothing() -> None:
    begin = differences.BEGIN.format("run")
    with pytest.raises(ValueError, match="part 'run' of the page does not end"):
        differences.written(f"{begin}\nwhat follows", None)
    other = differences.BEGIN.format("cells")
    with pytest.raises(ValueError, match="part 'run' of the page does not end"):
        differences.written(f"{begin}\nin between\n{other}\n{differences.END}", None)


def test_a_measured_part_is_written_over_and_all_else_is_left() -> None:
    begin, end = differences.BEGIN.format("run"), differences.END
    text = f"before\n{begin}\n\nby hand\n\n{end}\nafter\n"
    assert differences.written(text, None) == f"before\n{begin}\n{end}\nafter\n"
    around = {"time": "2026-11-22T12:04:31Z", "wirescope": "0.1.0", "system": "Linux"}
    around |= {"cores": "2", "processor": "x", "command": "wirescope compare"}
    again = differences.written(text, Comparison(environment=around, cells=()))
    assert again.startswith(f"before\n{begin}\n\nMeasured 2026-11-22 12:04 UTC by version 0.1.0")
    assert again.endswith(f"with `wirescope compare`.\n\n{end}\nafter\n")
    assert "by hand" not in again


def drawn() -> dict[str, int]:
    """Read the errors and their depth from the drawing in the module's docstring."""
    lines = re.findall(r"^([ │├└─]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    return {name: len(indent) // 4 for indent, name in lines}


def test_every_error_is_in_the_drawing_of_the_tree() -> None:
    pending, depths = [(errors.WirescopeError, 1)], {}
    while pending:
        error, depth = pending.pop()
        depths[error.__name__] = depth
        below = [kind for kind in error.__subclasses__() if kind.__module__ == errors.__name__]
        pending += [(kind, depth + 1) for kind in below]
    assert drawn() == depths


FACING_USERS = [
    "wirescope",
    "wirescope.capture",
    "wirescope.decoders",
    "wirescope.transports.websocket",
]


@pytest.mark.parametrize("door", [door for door in doors() if door.__name__ in FACING_USERS])
def test_a_rooms_own_errors_hang_in_the_tree(door: ModuleType) -> None:
    members = [getattr(door, name, None) for name in door.__all__]
    raised = [kind for kind in members if inspect.isclass(kind) and issubclass(kind, Exception)]
    assert all(issubclass(kind, errors.WirescopeError) for kind in raised)


def glossary() -> list[list[str]]:
    """Read the rows of the glossary's tables."""
    rows = re.findall(r"^\| (.+) \|$", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    cells = [row.split(" | ") for row in rows]
    return [row for row in cells if row[0] != "Term"]


def test_every_term_has_a_meaning_and_a_source() -> None:
    for row in glossary():
        assert len(row) == 3, row
        assert all(cell.strip() for cell in row), row


def test_a_term_of_the_glossary_is_in_use() -> None:
    texts = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]
    words = " ".join(
        re.sub(r"\s+", " ", path.read_text("utf-8")).lower() for path in texts if path != GLOSSARY
    )
    unused = [row[0] for row in glossary() if row[0].lower() not in words]
    assert not unused


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda page: page.name
)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    dead = [link for link in links if not (page.parent / link).exists()]
    assert not dead
