"""Files are of a readable size, say what they are, and name no machine."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from scripts import lock
from tests.architecture.house import FOLDERS, ROOT, kept_files, python_files

LONGEST_MODULE = 500
# Written in two pieces so that this file does not find itself.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "npm" + "js.org"]
PATHS = re.compile(r"(?<![\w.:/])/(?:wo" + r"rk|ro" + r"ot|Us" + r"ers|home/\w+)/\w")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", python_files(*FOLDERS), ids=relative)
def test_a_module_says_what_it_is_and_is_not_too_long(path: Path) -> None:
    text = path.read_text("utf-8")
    if not path.name.startswith("test_"):  # their names say it
        assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= LONGEST_MODULE


@pytest.mark.requires("git")
def test_no_file_names_a_package_index_or_a_place_on_a_machine() -> None:
    found = []
    for path in kept_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{relative(path)}: {host}" for host in HOSTS if host in text]
        found += [f"{relative(path)}: {match[0]}" for match in PATHS.finditer(text)]
    assert not found


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    pins = project["tool"]["uv"]["constraint-dependencies"]
    assert all("==" in pin for pin in pins)
    pinned = {re.split(r"[=;\s]", pin)[0] for pin in pins}
    names = {re.split(r"[\[<>=;\s]", requirement)[0].lower() for requirement in wanted}
    assert names <= pinned


def test_pins_are_written_between_their_markers() -> None:
    text = f"a\n{lock.BEGIN}    'old',\n{lock.END}b\n"
    assert lock.replace_pins(text, ["x==1"]) == f'a\n{lock.BEGIN}    "x==1",\n{lock.END}b\n'
    with pytest.raises(SystemExit, match="lost the markers"):
        lock.replace_pins("a\n", [])


def test_a_package_of_several_versions_is_pinned_with_markers() -> None:
    package = {
        "name": "x",
        "version": "1",
        "source": {"registry": ""},
        "resolution-markers": ["python_full_version < '3.12'"],
    }
    own = {"name": "wirescope", "version": "0", "source": {"editable": "."}}
    pins = lock.pins_of({"package": [package, own]})
    assert pins == ["x==1 ; (python_full_version < '3.12')"]


def test_the_recipes_of_the_documents_exist() -> None:
    recipes = set(re.findall(r"^(\w+).*:$", (ROOT / "justfile").read_text("utf-8"), re.MULTILINE))
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "fuzz").glob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"(?:`|\./run )just (\w+)", page.read_text("utf-8"))
    }
    assert named <= recipes
