"""The import law holds, and its contracts really bite."""

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, SOURCE

LINTER = Path(sys.executable).parent / "lint-imports"
CONFIGURATION = ROOT / ".importlinter"

OFFENCES = {
    "Data flows one way": ("events/bad.py", "import wirescope.capture"),
    "No room imports the root package": ("wire/bad.py", "import wirescope"),
    "A room is entered through its public surface": (
        "workbench/bad.py",
        "import wirescope.capture.inside",
    ),
    "Analysis reads events only": ("analysis/bad.py", "import wirescope.transports"),
    "Producers know only the sink": ("transports/bad.py", "import wirescope.capture"),
    "Pure rooms do no I/O": ("states/bad.py", "import asyncio"),
    "What the TURN server decides, it decides without I/O and without a clock": (
        "ice_server/bad.py",
        "import asyncio",
    ),
    "Only the capture knows SQLite": ("workbench/worse.py", "import sqlite3"),
    "Only wire and transports read HTTP": ("capture/bad.py", "import h11"),
    "Only the command line knows the terminal": ("capture/worse.py", "import click"),
    "The keyring and watching files are the workspace's, YAML its and the exchange's": (
        "cli/bad.py",
        "import ruamel.yaml",
    ),
    "Only the page's server knows its framework": ("cli/worse.py", "import starlette"),
    "Only the comparison knows the cluster's engine": (
        "workbench/cluster.py",
        "import distributed",
    ),
    "Only the WebRTC transport knows an engine": ("workbench/engine.py", "import webrtc"),
    "The transports do not know each other": (
        "transports/webrtc/bad.py",
        "import wirescope.transports.websocket",
    ),
}
ROOMS = [
    *("analysis", "capture", "cli", "decoders", "events", "ice_server", "playground", "states"),
    *("lab", "lab/measures", "lab/report", "lab/verdicts", "lab/workloads"),
    *("link", "transports", "transports/link", "transports/turn", "transports/websocket"),
    *("transports/webrtc", "wire", "wire/websocket"),
    "workbench",
]


def lint(folder: Path) -> str:
    """Check a tree with this project's contracts; give the verdicts."""
    done = subprocess.run(
        [LINTER, "--no-logo", "--no-cache", "--config", CONFIGURATION],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def make_tree(folder: Path) -> Path:
    """Make a package with all rooms and nothing in them."""
    package = folder / "wirescope"
    for room in ["", *ROOMS]:
        (package / room).mkdir(parents=True, exist_ok=True)
        (package / room / "__init__.py").write_text("")
    for module in ("errors.py", "clock.py", "capture/inside.py", "lab/results.py"):
        (package / module).write_text("")
    return package


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Check a tree in which every contract is offended once, and a room is not listed."""
    package = make_tree(tmp_path_factory.mktemp("offences"))
    for file, line in OFFENCES.values():
        (package / file).write_text(line + "\n")
    (package / "attic").mkdir()
    (package / "attic" / "__init__.py").write_text("")
    return lint(package.parent)


def test_the_law_holds() -> None:
    output = lint(SOURCE.parent)
    assert " 0 broken" in output, output


def test_every_contract_has_an_offence_here() -> None:
    parser = ConfigParser()
    parser.read(CONFIGURATION)
    contracts = [parser[name]["name"] for name in parser.sections() if "contract" in name]
    assert sorted(contracts) == sorted(OFFENCES)


@pytest.mark.parametrize("contract", OFFENCES)
def test_an_offence_breaks_the_contract(verdicts: str, contract: str) -> None:
    assert f"{contract} BROKEN" in verdicts, verdicts


def test_a_room_that_is_not_placed_is_noticed(verdicts: str) -> None:
    assert "wirescope.attic" in verdicts


def test_rooms_that_keep_the_law_pass(tmp_path: Path) -> None:
    assert " 0 broken" in (output := lint(make_tree(tmp_path).parent)), output
