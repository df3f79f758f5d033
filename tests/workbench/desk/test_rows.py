"""Events as the lines of a timeline."""

import pytest

from wirescope.events import IceCandidate, SignalingDescription
from wirescope.workbench.desk.rows import row_of

HEAD = {"seq": 1, "at_ns": 0, "connection": "c1"}
ADDRESS = {
    "kind": "host",
    "address": "127.0.0.1",
    "port": 9,
    "protocol": "udp",
    "priority": 1,
    "foundation": "1",
    "mid": "0",
}


@pytest.mark.parametrize(("side", "direction"), [("local", "sent"), ("remote", "received")])
def test_what_one_side_tells_the_other_goes_the_way_that_it_was_told(side, direction):
    candidate = IceCandidate(**HEAD, side=side, **ADDRESS)
    description = SignalingDescription(**HEAD, side=side, kind="offer", sdp="v=0\r\n")
    assert row_of(candidate).direction == direction
    assert row_of(description).direction == direction
