"""Figures and names in words, as verdicts say them."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from wirescope.lab.results import CellResult

TRANSPORTS: Final = {
    "websocket": "WebSocket",
    "data-channel-reliable": "the reliable data channel",
    "data-channel-unreliable": "the unreliable data channel",
    "media": "RTP",
}
"""Transports as sentences name them; what they are called elsewhere is made of that."""

_CONTROLS: Final = {"bbr": "BBR", "cubic": "CUBIC", "reno": "Reno"}


def cell_name(cell: CellResult) -> str:
    """Call a cell by its transport, and where TCP carried it by its congestion control."""
    control = control_name(cell.congestion_control)
    name = TRANSPORTS[cell.transport]
    return f"{name} on {control}" if control else name


def brief_name(transport: str) -> str:
    """Call a transport in few words: `reliable channel`."""
    return TRANSPORTS[transport].removeprefix("the ").replace("data ", "")


def control_name(control: str) -> str:
    """Call a congestion control as it is written: `CUBIC`; empty where there is none."""
    return _CONTROLS.get(control, control)


def winner_name(winner: str) -> str:
    """Say who won, or that nobody did, as a heading: `Reliable data channel`, `Not sure`."""
    name = TRANSPORTS.get(winner, winner).removeprefix("the ")
    return name[0].upper() + name[1:]


def milliseconds(value: float) -> str:
    """Say a time: `25.7 ms`, `136 ms`, `13.7 s`."""
    if value >= 999.5:
        return f"{value / 1_000:.1f} s"
    return f"{value:.0f} ms" if value >= 99.95 else f"{value:.1f} ms"


def percent(share: float) -> str:
    """Say a share: `1.1 %`; what is not all and not nothing is never rounded to it."""
    value = 100 * share
    if 0 < value < 0.1:
        return "less than 0.1 %"
    if 99.9 < value < 100:
        return "more than 99.9 %"
    return f"{round(value, 1):g} %"


def rate(bits_per_s: float) -> str:
    """Say a rate: `80 kbit/s`, `1.05 Mbit/s`."""
    for unit, size in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if bits_per_s >= size:
            return f"{bits_per_s / size:.3g} {unit}"
    return f"{bits_per_s:.0f} bit/s"


def times(value: float) -> str:
    """Say how many times as much something is: `3.7 times`."""
    if math.isinf(value):
        return "many times"
    return f"{value:.1f} times" if value < 9.95 else f"{value:.0f} times"


def listing(items: Sequence[str], last: str = "and") -> str:
    """Say several things: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def some(items: Sequence[str], most: int = 4) -> str:
    """Say several things, and of many how many more there are."""
    left = len(items) - most
    return listing([*items[:most], f"{left} more"] if left > 0 else items)


def sentences(parts: Iterable[str]) -> str:
    """Put sentences together, each with a capital letter; empty ones are left out."""
    return " ".join(part[0].upper() + part[1:] for part in parts if part)
