"""The emulated link, as a pure machine: what is asked of it, what becomes of each packet."""

from wirescope.link.counts import Fate, LinkCounts, Outcome
from wirescope.link.machine import MOST_HELD_BYTES, LinkMachine, make_machines
from wirescope.link.settings import (
    Direction,
    GilbertElliott,
    Jitter,
    LinkSettings,
    Outage,
    Queue,
    RandomLoss,
    symmetric,
)
from wirescope.link.trace import Trace, build_trace, parse_trace, trace_of_rates

__all__ = [
    "MOST_HELD_BYTES",
    "Direction",
    "Fate",
    "GilbertElliott",
    "Jitter",
    "LinkCounts",
    "LinkMachine",
    "LinkSettings",
    "Outage",
    "Outcome",
    "Queue",
    "RandomLoss",
    "Trace",
    "build_trace",
    "make_machines",
    "parse_trace",
    "symmetric",
    "trace_of_rates",
]
