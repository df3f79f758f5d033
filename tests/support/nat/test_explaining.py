"""What a call that finds no path has to be told, worked out."""

import pytest

from tests.support.nat.explaining import expected_findings, expected_rung
from tests.support.nat.predicting import Servers
from tests.support.nat.sides import CONE, SYMMETRIC, Blocked, Side

OPEN = Side()
AT_HOME = Side(nats=(CONE,))
MOBILE = Side(nats=(SYMMETRIC,))
NO_UDP = Side(nats=(CONE,), blocked=Blocked.UDP)
ONLY_443 = Side(nats=(CONE,), blocked=Blocked.ALL_BUT_TCP_443)
SIX = Side(family=6)

NONE = Servers()
STUN = Servers(stun=True)
UDP = Servers(turn=("udp",))
TCP = Servers(turn=("tcp",))
ONLY_UDP = Servers(turn=("udp",), only_relay=True)


@pytest.mark.parametrize(
    ("own", "other", "servers", "rung", "codes"),
    [
        (MOBILE, MOBILE, STUN, "first-answer", {"ICE205"}),
        (AT_HOME, AT_HOME, NONE, "first-answer", {"ICE206"}),
        (NO_UDP, OPEN, NONE, "first-answer", {"ICE208"}),
        (NO_UDP, AT_HOME, STUN, "first-answer", {"ICE112", "ICE210"}),
        (AT_HOME, NO_UDP, STUN, "first-answer", {"ICE206"}),
        (NO_UDP, AT_HOME, UDP, "first-answer", {"ICE112", "ICE210"}),
        (AT_HOME, NO_UDP, UDP, "first-answer", {"ICE207"}),
        (ONLY_443, AT_HOME, TCP, "first-answer", {"ICE110", "ICE207"}),
        (ONLY_443, ONLY_443, TCP, "first-answer", {"ICE110", "ICE206"}),
        (SIX, AT_HOME, STUN, "first-answer", {"ICE202"}),
        (NO_UDP, AT_HOME, ONLY_UDP, "gathering", {"ICE117"}),
        (AT_HOME, NO_UDP, ONLY_UDP, "first-check", {"ICE201"}),
    ],
)
def test_an_end_is_told_where_it_stuck_and_why(
    own: Side, other: Side, servers: Servers, rung: str, codes: set[str]
) -> None:
    assert expected_rung(own, servers) == rung
    assert expected_findings(own, other, servers) == codes
