"""The emulated link, as a pure machine: what is asked of it, what becomes of each packet.

Packets and time go in; packets, the next time and their fates come out. What runs it between real
ends is not here.
"""

from wirescope.link.bursts import Agreement, agreement, burst_lengths
from wirescope.link.checking import (
    Check,
    Received,
    Sent,
    judge,
    judge_rate,
    variance_of_losses,
)
from wirescope.link.counts import Fate, LinkCounts, Outcome
from wirescope.link.hops import MAX_HOPS, split
from wirescope.link.machine import MOST_HELD_BYTES, LinkMachine, make_machines
from wirescope.link.profiles import PROFILES, profile
from wirescope.link.reading import read_link
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
    "MAX_HOPS",
    "MOST_HELD_BYTES",
    "PROFILES",
    "Agreement",
    "Check",
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
    "Received",
    "Sent",
    "Trace",
    "agreement",
    "build_trace",
    "burst_lengths",
    "judge",
    "judge_rate",
    "make_machines",
    "parse_trace",
    "profile",
    "read_link",
    "split",
    "symmetric",
    "trace_of_rates",
    "variance_of_losses",
]
