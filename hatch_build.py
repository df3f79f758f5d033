"""Builds the page (`ui/`) into the package before it is packed or installed in place.

The built page is never committed. It carries a digest of its sources, so that nothing is built
twice; a source distribution holds it built, so that a wheel can be made of it without Node. Where
the machine has no Node that is new enough, one comes from the package index for the build alone
(`scripts/node.py`).
"""

import hashlib
import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = (
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/svelte.config.js",
    "ui/vite.config.ts",
    "ui/public/**/*",
    "ui/src/**/*",
)
TIMEOUT_S = 600


class PageBuild(BuildHookInterface[Any]):
    """The hook that hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node if a page has to be built and there is none."""
        if self._is_built():
            return []
        node = _load_node(Path(self.root))
        return [] if node.own() else [node.PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there as its sources say."""
        if self._is_built():
            return
        node, ui = _load_node(Path(self.root)), Path(self.root, "ui")
        self.app.display_waiting("Building the page")
        _install_packages(node, ui)
        vite = ui / "node_modules/vite/bin/vite.js"
        _run(node, ui, str(node.node()), str(vite), "build", "--logLevel", "warn")
        self._stamp.write_text(self._digest(), "utf-8")

    @property
    def _stamp(self) -> Path:
        return Path(self.root, "src/wirescope/web/_page/sources.sha256")

    def _is_built(self) -> bool:
        if not Path(self.root, "ui/package.json").exists():
            return True  # a source distribution: it carries the page built
        return self._stamp.exists() and self._stamp.read_text("utf-8") == self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        root = Path(self.root)
        for pattern in INPUTS:
            for path in sorted(root.glob(pattern)):
                if path.is_file():
                    digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def _load_node(root: Path) -> ModuleType:
    """Load `scripts/node.py`, which a source distribution has no need of."""
    spec = importlib.util.spec_from_file_location("wirescope_node", root / "scripts/node.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("scripts/node.py is missing; clone the repository anew.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _install_packages(node: ModuleType, ui: Path) -> None:
    """Install what the build needs, unless the lock file's packages are there."""
    stamp = ui / "node_modules/.installed.sha256"
    digest = hashlib.sha256((ui / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == digest:
        return
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    _run(node, ui, *node.npm(), "ci", "--omit=dev", *quiet)
    stamp.write_text(digest, "utf-8")


def _run(node: ModuleType, ui: Path, *command: str) -> None:
    done = subprocess.run(
        command,
        cwd=ui,
        env=node.variables(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip()
        raise RuntimeError(f"The page could not be built: {' '.join(command)} said\n{said}")
