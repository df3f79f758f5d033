"""A candidate as it was seen, with its class: what it is, how far it reaches, whence it came."""

import msgspec

from wirescope.analysis.paths.addresses import REACH_WORDS, Reach, family_of, is_bridge, reach_of
from wirescope.events import IceCandidate, Side, address_and_port
from wirescope.wire.turn import read_server

_KINDS = {
    "host": "an address of the machine",
    "srflx": "the address that a STUN server saw",
    "prflx": "the address that a check came from",
    "relay": "an address of a TURN server",
}

# What the engine of the browsers writes into a relayed candidate's type preference (RFC 8445
# section 5.1.2.1 leaves it open): the way to its server, which the other side is told in no other
# form.
_RELAYED_OVER = {0: "tls", 1: "tcp", 2: "udp"}


class CandidateSeen(msgspec.Struct, frozen=True):
    """A candidate.

    Attributes:
        seq: the number of its event, the first one where it was told for several sections.
        at_ns: when it was found, or came from the other side.
        side: whose it is.
        kind: `host`, `srflx`, `prflx` or `relay`.
        protocol: `udp` or `tcp`.
        address: its IP address, or a name of mDNS.
        port: of it.
        family: 4 or 6; 0 of a name, which may stand for either.
        reach: from how far away it can be reached.
        over: `vpn` or `bridge` where that is told, of local ones.
        tcp_type: `active`, `passive` or `so`; empty of UDP.
        server: the URL of the server that gave it, of local ones.
        relayed_over: `udp`, `tcp` or `tls` on the way to the server that relays; empty of others.
        base: the address and port that it is seen from, of local reflexive ones; else empty.
        ufrag: the user name fragment of the description that it belongs to; empty if not told.
    """

    seq: int
    at_ns: int
    side: Side
    kind: str
    protocol: str
    address: str
    port: int
    family: int
    reach: Reach
    over: str = ""
    tcp_type: str = ""
    server: str = ""
    relayed_over: str = ""
    base: str = ""
    ufrag: str = ""

    @property
    def words(self) -> str:
        """It, as the event `ice.pair` has it: `host udp 192.0.2.1:50000`."""
        return f"{self.kind} {self.protocol} {address_and_port(self.address, self.port)}"

    @property
    def about(self) -> str:
        """Its class in words."""
        parts = [_KINDS.get(self.kind, self.kind), REACH_WORDS[self.reach]]
        if self.family:
            parts.append(f"IPv{self.family}")
        if self.relayed_over:
            parts.append(f"relayed over {self.relayed_over.upper()}")
        if self.protocol == "tcp":
            parts.append(f"TCP {self.tcp_type}".strip())
        if self.over:
            parts.append({"vpn": "of a VPN", "bridge": "of a bridge to containers"}[self.over])
        return ", ".join(parts)


def candidate_seen(event: IceCandidate, *, is_vpn: bool = False) -> CandidateSeen:
    """Make the record of a candidate."""
    is_local = event.side == "local"
    over = ""
    if is_local and event.kind == "host":
        over = "vpn" if is_vpn else "bridge" if is_bridge(event.address) else ""
    base = ""
    if is_local and event.kind == "srflx" and event.related is not None:
        base = address_and_port(event.related.address, event.related.port)
    return CandidateSeen(
        event.seq,
        event.at_ns,
        event.side,
        event.kind,
        event.protocol,
        event.address,
        event.port,
        family_of(event.address),
        reach_of(event.address),
        over,
        event.tcp_type or "",
        event.url or "",
        _relayed_over(event) if event.kind == "relay" else "",
        base,
        event.ufrag or "",
    )


def _relayed_over(event: IceCandidate) -> str:
    server = read_server(event.url or "")
    if server is not None:
        return server.transport
    return _RELAYED_OVER.get(event.priority >> 24, "")
