"""What a comparison ran on and with: what may make the difference to one elsewhere."""

import os
import platform
import socket
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wirescope.clock import SystemClock, rfc3339
from wirescope.errors import LinkError, UsageError
from wirescope.lab.cells import CONGESTION_CONTROLS
from wirescope.lab.compare.plan import ComparisonPlan
from wirescope.transports.link import why_not
from wirescope.transports.webrtc import is_there

_CONTROLS = Path("/proc/sys/net/ipv4/tcp_available_congestion_control")
_CPU = Path("/proc/cpuinfo")


def check_machine(plan: ComparisonPlan) -> None:
    """See that what a plan compares is to be had here.

    Raises:
        UsageError: there is no WebRTC engine, or a congestion control is not to be had.
        LinkError: there can be no emulated network.
    """
    if reason := why_not():
        raise LinkError(f"Nothing can be compared here. {reason}")
    if not is_there() and any(each != "websocket" for each in plan.transports):
        raise UsageError(
            "There is no WebRTC engine for this machine, so there is nothing to compare with.",
            hint="Wheels of it are there for CPython on Linux, macOS and Windows.",
        )
    missing = [each for each in plan.congestion_controls if each not in controls()]
    if missing:
        raise UsageError(
            f"The kernel does not offer {', '.join(missing)}.",
            hint=f"There are {', '.join(controls())}; `modprobe tcp_bbr` loads BBR.",
        )


def controls() -> tuple[str, ...]:
    """Give the congestion controls of TCP that a comparison can choose here."""
    there = _read(_CONTROLS).split()
    return tuple(each for each in CONGESTION_CONTROLS if each in there or _may_have(each))


def _may_have(control: str) -> bool:
    """Ask for a congestion control, which loads it where this user may do that."""
    if not hasattr(socket, "TCP_CONGESTION"):
        return False
    with socket.socket() as asking:
        try:
            asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, control.encode())
        except OSError:
            return False
    return True


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
