"""Requests of TURN on valid credentials (RFC 8656 sections 7 to 12): granted or refused.

Each is looked at in the order in which its section names the checks. What is never given out is
refused clearly: reserved ports, relaying over TCP, the second address of a dual allocation, a bit
against fragmenting.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wirescope.errors import PacketError
from wirescope.ice_server.addresses import PeerRules
from wirescope.ice_server.allocations import Allocation, Relaying
from wirescope.ice_server.authentication import Identity
from wirescope.ice_server.flows import Flow, OpenRelay
from wirescope.ice_server.options import IceServerOptions
from wirescope.ice_server.register import Register
from wirescope.ice_server.replays import Replays
from wirescope.wire.stun import (
    IPV4,
    IPV6,
    AdditionalAddressFamily,
    AddressErrorCode,
    ChannelNumber,
    EvenPort,
    Fingerprint,
    Lifetime,
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Nonce,
    PasswordAlgorithm,
    Realm,
    RequestedAddressFamily,
    RequestedTransport,
    ReservationToken,
    StunMessage,
    UnknownAttributes,
    UserHash,
    Username,
    Value,
    XorMappedAddress,
    XorPeerAddress,
    XorRelayedAddress,
    attribute_name,
    error_meaning,
)
from wirescope.wire.turn import OLD_CHANNEL_NUMBERS, UDP

MAX_PEERS = 64
"""Addresses in one CreatePermission request."""

MAX_NAMED = 4
"""Attributes that a refusal names."""

MAX_REASON = 127
"""Characters of what is said of a refusal, in the answer (RFC 8489 section 14.8) and to people."""

_VERSIONS = {IPV4: 4, IPV6: 6}
_S = 1_000_000_000

_SIGNED: tuple[type[Value], ...] = (
    Username, UserHash, Realm, Nonce, MessageIntegrity, MessageIntegritySha256, Fingerprint,
    PasswordAlgorithm,
)  # fmt: skip


def _types(*kinds: type[Value]) -> frozenset[int]:
    return frozenset(kind.TYPE for kind in (*_SIGNED, *kinds))


_UNDERSTOOD: dict[int, frozenset[int]] = {
    # DONT-FRAGMENT is not: the system's sockets cannot set the bit for one datagram (section 7.2)
    Method.ALLOCATE: _types(
        Lifetime, RequestedTransport, RequestedAddressFamily, EvenPort, ReservationToken
    ),
    Method.REFRESH: _types(Lifetime, RequestedAddressFamily),
    Method.CREATE_PERMISSION: _types(XorPeerAddress),
    Method.CHANNEL_BIND: _types(XorPeerAddress, ChannelNumber),
}


def _named(types: tuple[int, ...]) -> str:
    names = ", ".join(attribute_name(kind) for kind in types[:MAX_NAMED])
    more = len(types) - MAX_NAMED
    return f"{names} and {more} more" if more > 0 else names


class Refusal(Exception):  # noqa: N818
    """A request is refused.

    Attributes:
        code: of the error response.
        words: what was wrong, for people.
        values: attributes beside the error code.
        peer: the peer's address that it is refused for; empty where it is not for one.
    """

    def __init__(self, code: int, words: str, *values: Value, peer: str = "") -> None:
        super().__init__(words)
        self.code = code
        self.words = words[:MAX_REASON]
        self.values = values
        self.peer = peer

    @property
    def reason(self) -> str:
        """What the response says: the code's name, and what was wrong."""
        text = f"{error_meaning(self.code).name}: {self.words}"
        return text[:MAX_REASON]


@dataclass(frozen=True, slots=True)
class Granted:
    """A request is granted.

    Attributes:
        values: the answer's attributes.
        again: the answer itself, where the request was answered before.
    """

    values: tuple[Value, ...] = ()
    again: bytes = b""


class TurnRequests:
    """Carries requests out.

    Args:
        options: of the server.
        rules: judge the addresses of peers.
        relaying: holds the allocations.
        register: knows who has one.
        open_relay: opens relayed addresses.
    """

    def __init__(
        self,
        options: IceServerOptions,
        *,
        rules: PeerRules,
        relaying: Relaying,
        register: Register,
        open_relay: OpenRelay,
    ) -> None:
        self._options = options
        self._hosts = options.relayed
        self._rules = rules
        self._relaying = relaying
        self._moment = relaying.moment
        self._register = register
        self._open_relay = open_relay
        self._replays = Replays()
        self._carry_out: dict[int, Callable[[Flow, StunMessage, Identity], Granted]] = {
            Method.ALLOCATE: self._allocate,
            Method.REFRESH: self._refresh,
            Method.CREATE_PERMISSION: self._create_permission,
            Method.CHANNEL_BIND: self._channel_bind,
        }

    def carry_out(self, flow: Flow, request: StunMessage, identity: Identity) -> Granted:
        """Do what a request asks for.

        Raises:
            Refusal: it is not done.
        """
        unknown = request.not_understood(_UNDERSTOOD[request.method])
        if unknown:
            raise Refusal(420, f"{_named(unknown)} not supported", UnknownAttributes(unknown))
        try:
            return self._carry_out[request.method](flow, request, identity)
        except PacketError as error:
            raise Refusal(400, error.message) from None

    # Allocate (section 7.2)

    def _allocate(self, flow: Flow, request: StunMessage, identity: Identity) -> Granted:
        existing = self._register.of(flow)
        if existing is not None:
            made_by, answer = existing.made_by
            if made_by == request.transaction_id:  # the answer was lost on its way
                return Granted(again=answer)
            raise Refusal(437, "this address and port have an allocation")
        self._refuse_replay(flow, request)
        family = self._asked_family(request)
        even = request.has(EvenPort)
        self._check_quotas(identity)
        granted_s = self._granted_s(request)
        expires_ns = self._moment.now_ns + granted_s * _S
        allocation = Allocation(
            flow, identity, family=family, expires_ns=expires_ns, relaying=self._relaying
        )
        try:
            relay = self._open_relay(self._hosts[family], allocation.receive, even=even)
        except OSError:
            raise Refusal(508, "the server may open no more sockets") from None
        if relay is None:
            raise Refusal(508, "no even port is left" if even else "no port is left")
        allocation.relay = relay
        self._register.add(allocation, granted_s)
        self._replays.note(flow, request.transaction_id)
        values: list[Value] = [
            XorRelayedAddress(*relay.address),
            Lifetime(granted_s),
            XorMappedAddress(flow.host, flow.port),
        ]
        if request.has(AdditionalAddressFamily):
            # section 7.2: one address is given, and beside it is said why not two
            values.append(AddressErrorCode(IPV6, 440, error_meaning(440).name))
        return Granted(tuple(values))

    def _refuse_replay(self, flow: Flow, request: StunMessage) -> None:
        if self._replays.has(flow, request.transaction_id):
            raise Refusal(437, "replayed: this very request was carried out before")

    def _asked_family(self, request: StunMessage) -> int:
        """Check what is asked for; the version of IP of the relayed address."""
        transport = request.find(RequestedTransport)
        if transport is None:
            raise Refusal(400, "REQUESTED-TRANSPORT is missing")
        if transport.protocol != UDP:
            raise Refusal(442, f"protocol {transport.protocol}; only UDP (17) is relayed")
        requested = request.find(RequestedAddressFamily)
        additional = request.find(AdditionalAddressFamily)
        token, even = request.find(ReservationToken), request.find(EvenPort)
        if token is not None and (even or requested or additional):
            raise Refusal(400, "RESERVATION-TOKEN stands alone")
        if additional is not None and (requested is not None or additional.family != IPV6):
            raise Refusal(400, "ADDITIONAL-ADDRESS-FAMILY asks for IPv6, beside IPv4")
        if additional is not None and even is not None and even.reserve_next:
            raise Refusal(400, "no port is reserved beside an additional address")
        version = 4 if requested is None else _VERSIONS.get(requested.family, 0)
        if version not in self._hosts:
            raise Refusal(440, "there is no relayed address of this family")
        if token is not None:
            raise Refusal(508, "there is no reserved port")
        if even is not None and even.reserve_next:
            raise Refusal(508, "no port is reserved for another allocation")
        return version

    def _check_quotas(self, identity: Identity) -> None:
        if self._register.is_full_for(identity.user):
            raise Refusal(486, f"{self._options.max_allocations_per_user} for a user")
        if self._register.is_full:
            raise Refusal(508, f"{self._options.max_allocations} allocations in all")

    def _granted_s(self, request: StunMessage) -> int:
        asked = request.find(Lifetime)
        wanted_s = self._options.default_lifetime_s if asked is None else asked.seconds
        return min(self._options.max_lifetime_s, max(self._options.default_lifetime_s, wanted_s))

    # What needs an allocation

    def _own(self, flow: Flow, identity: Identity) -> Allocation:
        """Find the allocation of a client (section 5)."""
        allocation = self._register.of(flow)
        if allocation is None:
            raise Refusal(437, "there is no allocation for this address and port")
        if allocation.identity.username != identity.username:
            raise Refusal(441, "the allocation is another user's")
        return allocation

    def _refresh(self, flow: Flow, request: StunMessage, identity: Identity) -> Granted:
        allocation = self._own(flow, identity)
        requested = request.find(RequestedAddressFamily)
        if requested is not None and _VERSIONS.get(requested.family) != allocation.family:
            raise Refusal(443, "the allocation is of the other family")  # section 8.2
        asked = request.find(Lifetime)
        if asked is not None and asked.seconds == 0:
            self._refuse_replay(flow, request)
            self._register.end(allocation, "client")
            self._replays.note(flow, request.transaction_id)
            return Granted((Lifetime(0),))
        granted_s = self._granted_s(request)
        allocation.expires_ns = self._moment.now_ns + granted_s * _S
        return Granted((Lifetime(granted_s),))

    def _create_permission(self, flow: Flow, request: StunMessage, identity: Identity) -> Granted:
        allocation = self._own(flow, identity)
        peers = request.find_all(XorPeerAddress)
        if not 0 < len(peers) <= MAX_PEERS:
            raise Refusal(400, f"{len(peers)} peers in a request that takes 1 to {MAX_PEERS}")
        # section 10.2: all of them or none
        self._permit(allocation, {peer.host: self._judge(allocation, peer) for peer in peers})
        return Granted()

    def _channel_bind(self, flow: Flow, request: StunMessage, identity: Identity) -> Granted:
        allocation = self._own(flow, identity)
        channel, peer = request.find(ChannelNumber), request.find(XorPeerAddress)
        if channel is None or peer is None:
            raise Refusal(400, "CHANNEL-NUMBER or XOR-PEER-ADDRESS is missing")
        if channel.number not in OLD_CHANNEL_NUMBERS:
            raise Refusal(400, f"0x{channel.number:04x} is no channel")
        where = peer.host, peer.port
        if conflict := allocation.conflict(channel.number, where):
            raise Refusal(400, conflict)
        own_only = self._judge(allocation, peer)
        if not allocation.has_room_for(channel.number):
            raise Refusal(508, "the allocation has as many channels as it may have")
        self._permit(allocation, {peer.host: own_only})
        allocation.bind(channel.number, where, own_only=own_only)
        return Granted()

    def _judge(self, allocation: Allocation, peer: XorPeerAddress) -> bool:
        """Judge a peer's address; whether only this server's relayed addresses are meant by it."""
        why = self._rules.refusal(peer.host, peer.port)
        if why and (peer.host, peer.port) not in self._relaying.by_address:
            raise Refusal(403, why, peer=peer.host)
        if _VERSIONS[peer.family] != allocation.family:
            raise Refusal(443, "the relayed address is of the other family", peer=peer.host)
        return bool(why)

    def _permit(self, allocation: Allocation, own_only: Mapping[str, bool]) -> None:
        if not allocation.permit(own_only):
            raise Refusal(508, "the allocation has as many permissions as it may have")
