"""Where things are, for the tests of the house."""

import importlib
import subprocess
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "wirescope"
FOLDERS = ("src", "scripts", "acceptance", "benchmarks", "examples", "fuzz", "tests")

DOORS = (
    "wirescope",
    "wirescope.events",
    "wirescope.wire.rtcp",
    "wirescope.wire.rtp",
    "wirescope.wire.sdp",
    "wirescope.wire.stun",
    "wirescope.wire.turn",
    "wirescope.wire.websocket",
    "wirescope.states",
    "wirescope.transports.link",
    "wirescope.transports.websocket",
    "wirescope.capture",
    "wirescope.decoders",
    "wirescope.analysis",
    "wirescope.ice_server",
    "wirescope.lab",
    "wirescope.lab.measures",
    "wirescope.lab.verdicts",
    "wirescope.lab.workloads",
    "wirescope.playground",
    "wirescope.workbench",
    "wirescope.workbench.exchange",
    "wirescope.workbench.workspace",
)
"""The packages that others import from, and from nowhere inside."""


def python_files(*folders: str) -> list[Path]:
    """List the Python files below some folders of the repository."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def kept_files() -> list[Path]:
    """List what is, or is about to be, in the repository: everything git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def doors() -> list[ModuleType]:
    """Import the public surfaces of the rooms that exist."""
    return [
        importlib.import_module(name)
        for name in DOORS
        if (ROOT / "src" / name.replace(".", "/") / "__init__.py").exists()
    ]
