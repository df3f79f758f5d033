"""What can happen on a WebRTC connection, as frozen records.

Descriptions and candidates are what the two sides told each other, states are those of the machines
that the specifications name, messages are those of data channels, whole. Statistics keep their W3C
names (https://www.w3.org/TR/webrtc-stats/), so that they read as in a browser.

Not here: packets. Those of a connection that is encrypted end to end are seen by whoever stands on
the way or ends the encryption.
"""

from typing import Literal

import msgspec

from wirescope.events.event import Direction, Event, Initiator, MessageKind

Side = Literal["local", "remote"]
"""Whose description or candidate it is: this end's or the other's."""

SdpType = Literal["offer", "pranswer", "answer", "rollback"]
"""What a description is for (W3C webrtc, `RTCSdpType`)."""

CandidateKind = Literal["host", "srflx", "prflx", "relay"]
"""How a candidate's address was found (RFC 8445 section 5.1.1)."""

PairState = Literal["frozen", "waiting", "in-progress", "failed", "succeeded"]
"""How far the checks of a candidate pair have come (RFC 8445 section 6.1.2.6)."""

Machine = Literal["connection", "ice", "gathering", "signaling", "dtls", "sctp"]
"""The machines of a peer connection; `wirescope.states` has their states."""

MediaKind = Literal["audio", "video"]

StatisticValue = bool | int | float | str | list[int | float | str] | dict[str, int | float]


class SignalingDescription(Event, frozen=True, tag="signaling.description"):
    """A session description was set (RFC 8829 section 4.1.8).

    `sdp` is its text as it was exchanged (RFC 8866), empty for a `rollback`.
    """

    side: Side
    kind: SdpType
    sdp: str


class SignalingExchange(Event, frozen=True, tag="signaling.exchange"):
    """One request of HTTP that carried signaling, and its answer, as in WHIP and WHEP.

    `request` and `response` are the two heads without the request line and the status line, a line
    a field; `request_body` and `response_body` are what they carried, as text. `status` is 0 when
    nothing came back. In a server's capture the request came in, in a client's it went out.
    """

    method: str
    url: str
    status: int
    request: str
    request_body: str
    response: str
    response_body: str
    duration_ns: int


class TransportAddress(msgspec.Struct, frozen=True):
    """An address and a port."""

    address: str
    port: int


class IceServerAsked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A STUN or TURN server, without credentials.

    `valid_s` is how long the credentials hold, in seconds from the event on, where the user name
    says until when (draft-uberti-behave-turn-rest-00); below 0 they have run out.
    """

    url: str
    valid_s: float | None = None


class IceServersSet(Event, frozen=True, tag="ice.servers"):
    """Addresses are looked for with these servers from now on (W3C webrtc, `RTCConfiguration`).

    `policy` is `relay` where only relayed addresses are wanted.
    """

    servers: list[IceServerAsked]
    policy: Literal["all", "relay"]


class IceCandidate(Event, frozen=True, tag="ice.candidate"):
    """One side has found a transport address and told the other (RFC 8445 section 5.1).

    `related` is the base of a reflexive candidate and the mapped address of a relayed one; `url` is
    the server that a local one was learned from, `mid` the media section that it belongs to.
    `address` may be a name that ends in `.local`, which hides the address. `ufrag` is the user name
    fragment of the description that it belongs to, where it says so.
    """

    side: Side
    kind: CandidateKind
    address: str
    port: int
    protocol: Literal["udp", "tcp"]
    priority: int
    foundation: str
    mid: str
    related: TransportAddress | None = None
    url: str | None = None
    tcp_type: Literal["active", "passive", "so"] | None = None
    ufrag: str | None = None


class IceError(Event, frozen=True, tag="ice.error"):
    """A STUN or TURN server gave no candidate (W3C webrtc, `RTCPeerConnectionIceErrorEvent`).

    `code` is the server's (RFC 8489 section 14.8), or 701 when it could not be reached; `address`
    and `port` are those that were asked from, as far as the engine tells.
    """

    url: str
    code: int
    message: str
    address: str
    port: int


class IcePair(Event, frozen=True, tag="ice.pair"):
    """A candidate pair has changed (RFC 8445 section 6.1.2).

    `local` and `remote` say the two candidates, as `host udp 192.0.2.1:50000`. `selected` means
    that data takes this way from now on, `nominated` that the controlling side chose it.

    `checks_sent`, `checks_answered` and `checks_received` count the checks so far (RFC 8445 section
    7), where that is known: those of this end, those of them that the other side answered, and
    those of the other side. Of each the first is told, and all when a try is over without a path.
    The counts are those of a sample, so a check may have been somewhat earlier than the event.
    """

    local: str
    remote: str
    state: PairState
    nominated: bool
    selected: bool
    checks_sent: int | None = None
    checks_answered: int | None = None
    checks_received: int | None = None


class RelayAllocated(Event, frozen=True, tag="relay.allocated"):
    """The workbench's own TURN server made an allocation for this connection (RFC 8656 section 7).

    `client` is the address and port that the request came from, over `transport`; `relayed` is the
    relayed transport address, which peers send to. It is kept for `lifetime_s` seconds unless it is
    refreshed. Of other servers, what they did is not known here: see `ice.candidate` and
    `ice.error`.
    """

    client: str
    relayed: str
    transport: Literal["udp", "tcp", "tls"]
    lifetime_s: int


class RelayRefused(Event, frozen=True, tag="relay.refused"):
    """The workbench's own TURN server has answered a request of this connection with an error.

    `method` is what was asked for, `Allocate`, `Refresh`, `CreatePermission` or `ChannelBind`;
    `code` is the error (RFC 8489 section 14.8, RFC 8656 section 19), `reason` what was wrong, and
    `peer` the address that it was refused for, where it was for one. That private peers are refused
    (403) is normal where a path is found beside them. The first 401 of a client, whose request is
    not signed yet, is not told. `times` says how many of the kind there were by then: the first is
    told, the tenth, the hundredth …
    """

    client: str
    method: str
    code: int
    reason: str
    times: int
    peer: str | None = None


class RelayEnded(Event, frozen=True, tag="relay.ended"):
    """An allocation of this connection on the workbench's own TURN server is over.

    `reason` says why: the `client` gave it back or its `connection` ended, its `lifetime` did, or
    the `server` has. What was relayed for it is counted in datagrams and in bytes of their payload,
    `to_peers` and `to_clients`, which is back to this end.
    """

    relayed: str
    reason: Literal["client", "lifetime", "connection", "server"]
    to_peers: int
    to_peers_bytes: int
    to_clients: int
    to_clients_bytes: int


class PeerState(Event, frozen=True, tag="peer.state"):
    """One of the connection's machines has moved, `from` one state `to` another.

    `machine` is `connection`, `ice`, `gathering` or `signaling` (W3C webrtc section 4.3), `dtls`
    (section 5.5) or `sctp` (section 6.1). A `connection` that was `connected` and is `disconnected`
    may come back; one that is `failed` needs an ICE restart, and none that is `closed` comes back.
    """

    machine: Machine
    from_: str = msgspec.field(name="from")
    to: str


class DataChannelOpened(Event, frozen=True, tag="data_channel.opened"):
    """A data channel can carry messages (RFC 8831 section 6.4).

    `channel` is its id, the number of its SCTP streams. Without `max_retransmits` and
    `max_packet_life_time` (milliseconds) it is reliable. `negotiated` means that both sides agreed
    on it by other means; else `initiator` announced it (RFC 8832).
    """

    channel: int
    label: str
    protocol: str
    ordered: bool
    max_retransmits: int | None
    max_packet_life_time: int | None
    negotiated: bool
    initiator: Side


class DataChannelMessage(Event, frozen=True, gc=False, tag="data_channel.message"):
    """One message of a data channel (RFC 8831 section 6.6), whole.

    `length` is that of the payload in bytes; what SCTP and DTLS added is not known here.
    """

    direction: Direction
    channel: int
    kind: MessageKind
    length: int
    payload: bytes

    @property
    def text(self) -> str:
        """The payload as text; bytes that are not UTF-8 become U+FFFD."""
        return self.payload.decode("utf-8", "replace")


class DataChannelClosed(Event, frozen=True, tag="data_channel.closed"):
    """A data channel is over (RFC 8831 section 6.7).

    `initiator` says who began: this end, the other, or the network when the connection ended.
    """

    channel: int
    initiator: Initiator


class MediaTrack(Event, frozen=True, tag="media.track"):
    """A track of audio or video is sent or received from now on (W3C webrtc section 5.7).

    `mid` names its media section, `track` is the track's id, `streams` are the ids of the streams
    that belong together with it.
    """

    direction: Direction
    kind: MediaKind
    mid: str
    track: str
    streams: list[str]


class Statistics(Event, frozen=True, tag="stats"):
    """What one object of `getStats` says; of later samples only what has changed.

    `object` is the W3C `type` (`inbound-rtp`, `candidate-pair` …) and `id` the object's id; the
    further fields are the object's own, under their W3C names and in their W3C units.
    """

    object: str
    id: str
    values: dict[str, StatisticValue]


WebRtcEvent = (
    SignalingDescription
    | SignalingExchange
    | IceServersSet
    | IceCandidate
    | IceError
    | IcePair
    | RelayAllocated
    | RelayRefused
    | RelayEnded
    | PeerState
    | DataChannelOpened
    | DataChannelMessage
    | DataChannelClosed
    | MediaTrack
    | Statistics
)
