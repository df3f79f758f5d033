"""Allocations (RFC 8656 section 6): what a client has, and the way of data through it.

An allocation relays datagrams both ways between its client and the peers that it permits (section
9), by channel (section 12) where one is bound and by Send and Data where none is (section 11). This
is the path of every relayed datagram, so it looks things up and decides nothing: what a peer's
address is worth was decided when its permission was made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import Struct

from wirescope.ice_server.authentication import Identity
from wirescope.ice_server.flows import HEADROOM, Address, Buffer, Flow, Moment, Relay
from wirescope.ice_server.telling import Counts
from wirescope.wire.stun import (
    Data,
    MessageClass,
    Method,
    XorPeerAddress,
    build_stun,
    make_message,
)
from wirescope.wire.turn import CHANNEL_LIFETIME_S, PERMISSION_LIFETIME_S

MAX_PERMISSIONS = 256
"""Peers that an allocation permits at most."""

MAX_CHANNELS = 256
"""Channels that an allocation has at most."""

MAX_INDICATED = 65_000
"""Bytes that a Data indication carries; its length field, with an IPv6 address, ends soon after."""

_S = 1_000_000_000
_HEADER = Struct("!HH")

Peer = tuple[str, int]


@dataclass(slots=True)
class Permission:
    """Peers on one host may send and be sent to.

    Attributes:
        expires_ns: until when.
        own_only: only relayed addresses of this very server, as the host is none that is relayed
            to otherwise.
        forbidden: ports of the host that are never relayed to, as a permission is for all of them.
    """

    expires_ns: int
    own_only: bool
    forbidden: frozenset[int]


@dataclass(slots=True)
class Channel:
    """A number that stands for a peer.

    Attributes:
        number: 0x4000 to 0x4fff.
        peer: the peer.
        expires_ns: until when.
        own_only: as of a permission, which may end before the channel does.
    """

    number: int
    peer: Peer
    expires_ns: int
    own_only: bool


class Relaying:
    """All allocations, by their relayed address, and what they share.

    Args:
        moment: says what time it is.
        counts: counts what is relayed.
        transaction_id: makes the 12 bytes of a Data indication.
        forbidden_ports: gives the ports of a host that are never relayed to.
    """

    __slots__ = ("by_address", "counts", "forbidden_ports", "moment", "transaction_id")

    def __init__(
        self,
        moment: Moment,
        counts: Counts,
        transaction_id: Callable[[], bytes],
        forbidden_ports: Callable[[str], frozenset[int]],
    ) -> None:
        self.moment = moment
        self.counts = counts
        self.transaction_id = transaction_id
        self.forbidden_ports = forbidden_ports
        self.by_address: dict[Peer, Allocation] = {}


class Allocation:
    """What one client has.

    Attributes:
        flow: the client.
        identity: whose it is.
        relay: the relayed address.
        family: of it, 4 or 6.
        expires_ns: when it ends unless it is refreshed.
        made_by: the transaction that made it, and the answer, for a request that comes again.
        permissions: by host.
        channels: by number.
        by_peer: channels by peer.
        to_peers: datagrams relayed to peers.
        to_peers_bytes: their payload.
        to_clients: datagrams relayed to the client.
        to_clients_bytes: their payload.
    """

    __slots__ = (
        "_counts", "_moment", "_relaying", "by_peer", "channels", "expires_ns", "family", "flow",
        "identity", "made_by", "permissions", "relay", "to_clients", "to_clients_bytes",
        "to_peers", "to_peers_bytes",
    )  # fmt: skip

    relay: Relay

    def __init__(
        self, flow: Flow, identity: Identity, *, family: int, expires_ns: int, relaying: Relaying
    ) -> None:
        self.flow = flow
        self.identity = identity
        self.family = family
        self.expires_ns = expires_ns
        self.made_by: tuple[bytes, bytes] = (b"", b"")
        self.permissions: dict[str, Permission] = {}
        self.channels: dict[int, Channel] = {}
        self.by_peer: dict[Peer, Channel] = {}
        self.to_peers = self.to_peers_bytes = self.to_clients = self.to_clients_bytes = 0
        self._relaying = relaying
        self._moment = relaying.moment
        self._counts = relaying.counts

    @property
    def is_over(self) -> bool:
        """Whether its lifetime has ended."""
        return self.expires_ns <= self._moment.now_ns

    # What a client asks for

    def permit(self, own_only: Mapping[str, bool]) -> bool:
        """Make or refresh permissions, or none of them where there would be too many.

        Args:
            own_only: the hosts, and of each what a permission says.
        """
        self.forget_old()
        new = own_only.keys() - self.permissions.keys()
        if len(self.permissions) + len(new) > MAX_PERMISSIONS:
            return False
        for host, only in own_only.items():
            self._permit(host, own_only=only)
        return True

    def _permit(self, host: str, *, own_only: bool) -> None:
        expires_ns = self._moment.now_ns + PERMISSION_LIFETIME_S * _S
        permission = self.permissions.get(host)
        if permission is not None:
            permission.expires_ns = expires_ns
            return
        forbidden = self._relaying.forbidden_ports(host)
        self.permissions[host] = Permission(expires_ns, own_only, forbidden)

    def conflict(self, number: int, peer: Peer) -> str:
        """Say why a channel cannot be bound to a peer; empty where it can (section 12.2)."""
        by_number = self._live(self.channels.get(number))
        by_peer = self._live(self.by_peer.get(peer))
        if by_number is not None and by_number.peer != peer:
            return "the channel is bound to another peer"
        if by_peer is not None and by_peer.number != number:
            return "the peer is bound to another channel"
        return ""

    def has_room_for(self, number: int) -> bool:
        """Whether a channel can be bound, or is; not where there are as many as there may be."""
        self.forget_old()
        return number in self.channels or len(self.channels) < MAX_CHANNELS

    def bind(self, number: int, peer: Peer, *, own_only: bool) -> None:
        """Bind a channel that there is room for, or refresh it."""
        expires_ns = self._moment.now_ns + CHANNEL_LIFETIME_S * _S
        channel = Channel(number, peer, expires_ns, own_only)
        self.channels[number] = self.by_peer[peer] = channel

    def _live(self, channel: Channel | None) -> Channel | None:
        is_live = channel is not None and channel.expires_ns > self._moment.now_ns
        return channel if is_live else None

    def forget_old(self) -> None:
        """Forget permissions and channels whose time is over."""
        now_ns = self._moment.now_ns
        for host in [each for each, it in self.permissions.items() if it.expires_ns <= now_ns]:
            del self.permissions[host]
        for channel in [each for each in self.channels.values() if each.expires_ns <= now_ns]:
            del self.channels[channel.number]
            del self.by_peer[channel.peer]

    # From the client to peers

    def send_channel(self, number: int, data: Buffer) -> None:
        """Relay what came in ChannelData (section 12.6)."""
        channel = self.channels.get(number)
        if channel is None or channel.expires_ns <= self._moment.now_ns:
            self._counts.unpermitted += 1
        else:
            self._send(data, channel.peer, channel.own_only)

    def send(self, data: Buffer, peer: Peer) -> None:
        """Relay what came in a Send indication (section 11.2)."""
        host, port = peer
        permission = self.permissions.get(host)
        if (
            permission is None
            or permission.expires_ns <= self._moment.now_ns
            or port in permission.forbidden
        ):
            self._counts.unpermitted += 1
        else:
            self._send(data, peer, permission.own_only)

    def _send(self, data: Buffer, peer: Peer, own_only: bool) -> None:  # noqa: FBT001
        own = self._relaying.by_address.get(peer)
        if own is not None:
            own.receive_from_own(data, self.relay.address)
        elif own_only:  # the other client's allocation has ended; anybody may have its port now
            self._counts.unpermitted += 1
            return
        else:
            self.relay.send(data, peer)
        length = len(data)
        self.to_peers += 1
        self.to_peers_bytes += length
        counts = self._counts
        counts.to_peers += 1
        counts.to_peers_bytes += length

    # From peers to the client

    def receive(self, frame: memoryview, peer: Address) -> None:
        """Relay what came to the relayed address (section 11.3), behind `HEADROOM` bytes."""
        permission = self.permissions.get(peer[0])
        if (
            permission is None
            or permission.own_only
            or permission.expires_ns <= self._moment.now_ns
        ):
            self._counts.unpermitted += 1
            return
        self._receive(frame, peer if len(peer) == 2 else peer[:2])

    def receive_from_own(self, data: Buffer, peer: Peer) -> None:
        """Relay what came from another allocation of this server."""
        permission = self.permissions.get(peer[0])
        if permission is None or permission.expires_ns <= self._moment.now_ns:
            self._counts.unpermitted += 1
            return
        self._receive(memoryview(bytearray(HEADROOM) + data), peer)

    def _receive(self, frame: memoryview, peer: Peer) -> None:
        channel = self.by_peer.get(peer)
        length = len(frame) - HEADROOM
        if channel is not None and channel.expires_ns > self._moment.now_ns:
            _HEADER.pack_into(frame, 0, channel.number, length)
            self.flow.send_data(frame)
        elif length > MAX_INDICATED:
            self._counts.unsent += 1
            return
        else:
            self.flow.send_data(self._indication(bytes(frame[HEADROOM:]), peer))
        self.to_clients += 1
        self.to_clients_bytes += length
        counts = self._counts
        counts.to_clients += 1
        counts.to_clients_bytes += length

    def _indication(self, data: bytes, peer: Peer) -> bytes:
        values = XorPeerAddress(*peer), Data(data)
        id_ = self._relaying.transaction_id()
        return build_stun(make_message(MessageClass.INDICATION, Method.DATA, id_, *values))
