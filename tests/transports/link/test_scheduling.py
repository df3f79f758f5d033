"""What a process asks of the scheduler, in a process of its own as it stays for its life."""

import platform
import sys
from pathlib import Path

import pytest

from tests.support.programs import run_program

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Linux has these calls"),
]

SHORT = """
from wirescope.transports.link import ask_for_short_slices
ask_for_short_slices()
print([line for line in open("/proc/self/sched") if line.startswith("se.slice")])
"""

FIRST = """
import os
from wirescope.transports.link import go_first
print(go_first(2), os.sched_getscheduler(0) == os.SCHED_RR)
"""


def _tells_slices() -> bool:
    kernel = tuple(map(int, platform.release().split(".")[:2]))
    return kernel >= (6, 12) and Path("/proc/self/sched").exists()


@pytest.mark.skipif(not _tells_slices(), reason="this kernel has no slices, or does not tell them")
def test_slices_of_time_are_as_short_as_was_asked() -> None:
    assert "100000" in run_program(SHORT).stdout.replace(" ", "")


def test_going_first_is_told_as_it_is() -> None:
    told, is_so = run_program(FIRST).stdout.split()
    assert told == is_so
