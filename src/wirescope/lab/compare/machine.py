"""What a comparison ran on and with: what may make the difference to one elsewhere."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wirescope.clock import SystemClock, rfc3339

_CONTROLS = Path("/proc/sys/net/ipv4/tcp_available_congestion_control")
_CPU = Path("/proc/cpuinfo")


def environment(*, command: str = "") -> dict[str, Any]:
    """Describe this machine, as JSON can carry it.

    Args:
        command: that would run the comparison again.
    """
    return {
        "time": rfc3339(SystemClock.wall_ns()),
        "wirescope": version("wirescope"),
        "command": command,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": _load(),
        "congestion_controls": _read(_CONTROLS).split(),
        "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
    }


def _load() -> list[float] | None:
    """Give how much else ran, over 1, 5 and 15 minutes; None where the system does not tell."""
    try:
        return [round(each, 2) for each in os.getloadavg()]
    except (AttributeError, OSError):
        return None


def _processor() -> str:
    for line in _read(_CPU).splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
