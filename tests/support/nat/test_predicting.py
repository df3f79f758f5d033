"""What is known of translators and paths, worked out."""

import pytest

from tests.support.nat.predicting import Path, Servers, predicted
from tests.support.nat.sides import CONE, SYMMETRIC, Behaviour, Blocked, Nat, Side

OPEN = Side()
AT_HOME = Side(nats=(CONE,))
MOBILE = Side(nats=(SYMMETRIC,))
FULL_CONE = Side(nats=(Nat(filtering=Behaviour.ENDPOINT_INDEPENDENT),))
BY_ADDRESS = Side(nats=(Nat(filtering=Behaviour.ADDRESS_DEPENDENT),))
NO_UDP = Side(nats=(CONE,), blocked=Blocked.UDP)
ONLY_443 = Side(nats=(CONE,), blocked=Blocked.ALL_BUT_TCP_443)
SIX = Side(family=6)

NONE = Servers()
STUN = Servers(stun=True)
UDP = Servers(turn=("udp",))
TCP = Servers(turn=("tcp",))
TLS = Servers(turn=("tls",))
RELAY = Servers(turn=("udp", "tcp", "tls"), only_relay=True)
ALL = Servers(stun=True, turn=("udp", "tcp", "tls"))


@pytest.mark.parametrize(
    ("one", "two", "servers", "path"),
    [
        (OPEN, OPEN, NONE, "direct"),
        (OPEN, MOBILE, NONE, "direct"),
        (OPEN, NO_UDP, NONE, ""),
        (AT_HOME, AT_HOME, NONE, ""),
        (AT_HOME, AT_HOME, STUN, "direct"),
        (AT_HOME, MOBILE, STUN, ""),
        (BY_ADDRESS, MOBILE, STUN, "direct"),
        (FULL_CONE, MOBILE, STUN, "direct"),
        (MOBILE, MOBILE, STUN, ""),
        (MOBILE, MOBILE, UDP, "relayed"),
        (MOBILE, MOBILE, ALL, "relayed"),
        (AT_HOME, MOBILE, TCP, "relayed"),
        (AT_HOME, AT_HOME, RELAY, "relayed"),
        (OPEN, OPEN, RELAY, "relayed"),
        (NO_UDP, AT_HOME, STUN, ""),
        (NO_UDP, AT_HOME, UDP, ""),
        (NO_UDP, NO_UDP, TCP, "relayed"),
        (ONLY_443, ONLY_443, TCP, ""),
        (ONLY_443, ONLY_443, TLS, "relayed"),
        (ONLY_443, MOBILE, ALL, "relayed"),
        (SIX, SIX, NONE, "direct"),
        (SIX, AT_HOME, STUN, ""),
        (SIX, AT_HOME, UDP, "relayed"),
    ],
)
def test_a_path_is_there_or_not(one: Side, two: Side, servers: Servers, path: Path) -> None:
    assert predicted(one, two, servers) == path
    assert predicted(two, one, servers) == path


@pytest.mark.parametrize(("inner", "path"), [(CONE, "direct"), (SYMMETRIC, "")])
def test_the_stricter_of_two_translators_decides(inner: Nat, path: Path) -> None:
    assert predicted(Side(nats=(inner, CONE)), AT_HOME, STUN) == path


@pytest.mark.parametrize("hairpin", [False, True])
def test_two_behind_one_translator_meet_where_there_is_a_hairpin(hairpin: bool) -> None:
    side = Side(nats=(Nat(hairpin=hairpin),), clients=2)
    assert predicted(side, side, STUN, together=True) == ("direct" if hairpin else "")
