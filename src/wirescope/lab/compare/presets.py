"""Comparisons that have a name: the quick one, and the one that has everything."""

import os

from wirescope.lab.compare.machine import controls
from wirescope.lab.compare.plan import ComparisonPlan
from wirescope.lab.workloads import WORKLOADS, workload
from wirescope.link import profile

QUICK_LINKS = ("clean", "loss-5")
"""One without loss and one with."""

LINKS = ("fibre", "lossy-wifi", "4g", "clean", "loss-1", "loss-5")

_CONTROLS = ("cubic", "bbr")
"""That of most servers, and the one that does not take loss alone for congestion."""

_QUICK_S, _FULL_S = 5.0, 20.0
_MOST_AT_ONCE = 4


def _processors() -> int:
    return os.cpu_count() or 1


def quick_plan() -> ComparisonPlan:
    """Give the comparison that is over in a minute: prices 50 times a second, two links."""
    return ComparisonPlan(
        workloads=(workload("ticker"),),
        links=tuple(profile(each) for each in QUICK_LINKS),
        repeats=3,
        duration_s=_QUICK_S,
        warm_up_s=0.5,
        # its ends sleep most of the time
        at_once=min(_processors() + 1, _MOST_AT_ONCE),
    )


def full_plan() -> ComparisonPlan:
    """Give the comparison of every workload, over links of every kind."""
    return ComparisonPlan(
        workloads=tuple(WORKLOADS.values()),
        links=tuple(profile(each) for each in LINKS),
        congestion_controls=tuple(each for each in _CONTROLS if each in controls()),
        repeats=3,
        duration_s=_FULL_S,
        at_once=min(_processors(), _MOST_AT_ONCE),
    )
