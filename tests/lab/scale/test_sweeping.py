"""A small sweep of each topology, over real connections between real processes."""

import asyncio
import re

import pytest

from wirescope.errors import LabError
from wirescope.lab.scale import Bounds, Topology, lines, sweep
from wirescope.transports.webrtc import is_there

pytestmark = pytest.mark.slow

# Whatever else the machine does, nothing but the number of participants ends it.
UNBOUND = Bounds(seconds=60, p99_ms=60_000, share=100, delivered=0, participants=4)


@pytest.mark.parametrize("topology", ["server", "mesh", "sfu"])
def test_participants_are_doubled_and_each_message_is_counted(topology: Topology) -> None:
    if topology != "server" and not is_there():
        pytest.skip("no engine")
    curve = asyncio.run(sweep(topology, UNBOUND, rounds=1, round_s=0.2))
    assert [each.participants for each in curve.points] == [2, 4]
    assert (curve.ended.cause, curve.ended.beyond) == ("most", False)
    for point in curve.points:
        assert 0.5 < point.delivered <= 1
        assert point.p99_ms is not None
        assert point.all_us > point.sender_us / point.participants > 0
        assert point.sender_bytes > 10 << 20
        assert point.machine_share > 0
    said = list(lines(curve))
    assert re.search(r"^ +4 ", said[3])
    assert said[-1] == "  ended by most: 4 participants were asked for."


def test_a_sweep_that_takes_too_long_says_so() -> None:
    with pytest.raises(LabError, match="2 was not done after"):
        asyncio.run(sweep("server", Bounds(seconds=0.01)))
