"""What a call that finds no path has to be told of it, worked out from sides and servers.

Each end says it from where it stands: it knows its own addresses and what the other has told, and
of its servers which have answered. Pure.
"""

from tests.support.nat.predicting import TCP_PORTS, Servers, predicted
from tests.support.nat.sides import Side
from wirescope.analysis import RungName


def expected_rung(own: Side, servers: Servers) -> RungName:
    """Say on which rung an end has to stick, from what stands before it and its servers."""
    if not servers.only_relay:
        return "first-answer"
    return "first-check" if _has_relay(own, servers) else "gathering"


def expected_findings(own: Side, other: Side, servers: Servers) -> set[str]:
    """Give the codes of what has to be found at an end.

    Args:
        own: stands before it.
        other: stands before the other one.
        servers: that both have.
    """
    if servers.only_relay:
        return {"ICE201" if _has_relay(own, servers) else "ICE117"}
    found = {_why(own, other, servers)}
    if _asks_in_vain(own, servers):
        found.add("ICE112")
    if any(not own.blocked.lets_tcp_to(TCP_PORTS[each]) for each in servers.turn if each != "udp"):
        found.add("ICE110")
    return found


def _why(own: Side, other: Side, servers: Servers) -> str:
    if not _families(own, servers) & _families(other, servers):
        return "ICE202"
    if _asks_in_vain(own, servers):
        return "ICE210"
    if _has_relay(own, servers) or _has_relay(other, servers):
        return "ICE207"
    here, there = _is_mapped(own, servers), _is_mapped(other, servers)
    if other.nats and not there:
        return "ICE206"
    return "ICE205" if here and there else "ICE208"


def _has_relay(side: Side, servers: Servers) -> bool:
    return predicted(side, Side(), Servers(turn=servers.turn, only_relay=True)) != ""


def _asks_by_udp(servers: Servers) -> bool:
    return servers.stun or "udp" in servers.turn


def _asks_in_vain(side: Side, servers: Servers) -> bool:
    """Whether servers are asked over UDP that cannot answer."""
    return _asks_by_udp(servers) and not side.blocked.lets_udp


def _families(side: Side, servers: Servers) -> set[int]:
    """Give the versions of IP of what it tells; relayed addresses are of version 4."""
    return {side.family} | {4 for _ in range(_has_relay(side, servers))}


def _is_mapped(side: Side, servers: Servers) -> bool:
    """Whether a server tells it an outer address that is not its own."""
    return bool(side.nats) and side.blocked.lets_udp and _asks_by_udp(servers)
