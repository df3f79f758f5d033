"""Pin every package, transitive ones too, in pyproject.toml.

`uv.lock` records the addresses of the index that this machine uses, so it is not kept. What it
says about versions is written into `[tool.uv] constraint-dependencies`, which a plain `uv run`
obeys anywhere. The old pins are dropped first, so that a run moves everything to the newest
version that the ranges of `dependencies` allow.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "uv.lock"

BEGIN = "    # Written by `just lock`; do not edit.\n"
END = "    # End of what `just lock` writes.\n"


def replace_pins(text: str, pins: list[str]) -> str:
    """Put pins between the two markers of pyproject.toml's text."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{PYPROJECT.name} has lost the markers between which the pins stand")
    lines = "".join(f"    {quoted(pin)},\n" for pin in pins)
    return before + begin + lines + end + after


def quoted(pin: str) -> str:
    """Write a TOML string; markers hold single quotes, so double ones go around."""
    return '"' + pin.replace('"', "'") + '"'


def pins_of(lock: dict[str, Any]) -> list[str]:
    """List the lock's packages as `name==version`, with a marker where versions differ."""
    return sorted(
        pin_of(package)
        for package in lock["package"]
        if "registry" in package["source"]  # the project itself is not pinned
    )


def pin_of(package: dict[str, Any]) -> str:
    """Write one package of the lock as a requirement."""
    pin = f"{package['name']}=={package['version']}"
    markers = package.get("resolution-markers")
    return f"{pin} ; {' or '.join(f'({marker})' for marker in markers)}" if markers else pin


def main() -> int:
    """Resolve anew and write the pins; the old ones stay when that fails."""
    text = PYPROJECT.read_text("utf-8")
    LOCK.unlink(missing_ok=True)
    try:
        PYPROJECT.write_text(replace_pins(text, []), "utf-8")
        uv = os.environ.get("UV", "uv")
        subprocess.run([uv, "lock", "--quiet", "--project", ROOT], check=True)
        pins = pins_of(tomllib.loads(LOCK.read_text("utf-8")))
    except BaseException:
        PYPROJECT.write_text(text, "utf-8")
        raise
    finally:
        LOCK.unlink(missing_ok=True)
    PYPROJECT.write_text(replace_pins(text, pins), "utf-8")
    print(f"{len(pins)} packages pinned in {PYPROJECT.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
