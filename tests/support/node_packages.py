"""JavaScript of the tests beside the packages that it needs, in the user's cache."""

import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

from tests.support.parts import cache_folder

DEADLINE_S = 500


def with_packages(scripts: Path, name: str, npm: str) -> Path:
    """Copy a folder's scripts to the cache and install what its `package-lock.json` pins.

    What packages would build is left out; `name` tells the folders in the cache apart.
    """
    folder = cache_folder(name)
    with FileLock(folder / "lock", timeout=DEADLINE_S):
        pins = (scripts / "package-lock.json").read_text("utf-8")
        stamp = folder / "installed.json"
        for path in [*scripts.glob("*.js"), *scripts.glob("*.json")]:
            shutil.copy(path, folder)
        if not stamp.exists() or stamp.read_text("utf-8") != pins:
            subprocess.run(
                [npm, "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"],
                cwd=folder,
                check=True,
                stdin=subprocess.DEVNULL,
                timeout=DEADLINE_S,
            )
            stamp.write_text(pins, "utf-8")
    return folder
