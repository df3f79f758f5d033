"""What the desk tells of a WebRTC connection in a capture: what was agreed on, and its figures.

Plain records without behaviour, as in `model`; the page's types are generated from them. All of it
is read from the events of the capture, so that it is the same while the connection lives and later.
"""

from typing import Literal

import msgspec

from wirescope.analysis import Ladder
from wirescope.events import CandidateKind, Direction, Machine, MediaKind, PairState, SdpType, Side


class PeerDescription(msgspec.Struct, frozen=True, kw_only=True):
    """A session description that was set.

    Attributes:
        seq: number of the event.
        at_ns: when it was set.
        side: whose it is.
        kind: what it is for.
        sdp: its text as it was exchanged; empty for a `rollback`.
    """

    seq: int
    at_ns: int
    side: Side
    kind: SdpType
    sdp: str


class PeerExchange(msgspec.Struct, frozen=True, kw_only=True):
    """A request of HTTP that carried signaling, and its answer.

    Attributes:
        seq: number of the event.
        at_ns: when the answer was there.
        method: as `POST`.
        url: where to.
        status: of the answer; 0 when nothing came back.
        request: the fields of the request's head, a line each.
        request_body: what it carried.
        response: the fields of the answer's head, likewise.
        response_body: what it carried.
        duration_ns: from the request to the whole answer.
    """

    seq: int
    at_ns: int
    method: str
    url: str
    status: int
    request: str
    request_body: str
    response: str
    response_body: str
    duration_ns: int


class PeerCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A transport address that one side told the other.

    Attributes:
        seq: number of the event.
        at_ns: when it was found, or came.
        side: whose it is.
        kind: how it was found.
        address: with its port, an IPv6 address in brackets; a name that ends in `.local` hides it.
        protocol: `udp` or `tcp`.
        tcp_type: of TCP who connects; empty for UDP.
        priority: the higher, the earlier it is tried.
        foundation: candidates that share it are found to work or fail together.
        mid: the media section that it belongs to.
        related: the base of a reflexive one, the mapped address of a relayed one; empty for none.
        url: the server that a local one was learned from; empty for none.
    """

    seq: int
    at_ns: int
    side: Side
    kind: CandidateKind
    address: str
    protocol: str
    tcp_type: str
    priority: int
    foundation: str
    mid: str
    related: str
    url: str


class PeerPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of candidates, as it was said last.

    Attributes:
        seq: number of the event that said so.
        first_seq: number of the first event that named it.
        at_ns: when it was said.
        local: the local candidate in words, `host udp 192.0.2.1:50000`.
        remote: the remote one.
        state: how far its checks have come.
        nominated: whether the controlling side chose it.
        selected: whether data takes this way.
    """

    seq: int
    first_seq: int
    at_ns: int
    local: str
    remote: str
    state: PairState
    nominated: bool
    selected: bool


class PeerMove(msgspec.Struct, frozen=True, kw_only=True):
    """A machine of the connection that went from one state to another."""

    seq: int
    at_ns: int
    machine: Machine
    before: str
    after: str


class PeerIceError(msgspec.Struct, frozen=True, kw_only=True):
    """A STUN or TURN server that gave no address: its code is 701 when it was not reached."""

    seq: int
    at_ns: int
    url: str
    code: int
    message: str


class PeerChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A data channel that was open.

    Attributes:
        opened_seq: number of the event that says so.
        closed_seq: number of the event of its end; 0 while it has none.
        at_ns: when it opened.
        id: the number of its SCTP streams.
        label: its name.
        protocol: its subprotocol; empty for none.
        ordered: whether messages keep their order.
        max_retransmits: how often a message is sent again at most; null for ever.
        max_packet_life_time: for how many milliseconds at most; null for ever.
        negotiated: whether both sides agreed on it by other means.
        initiator: who announced it.
    """

    opened_seq: int
    closed_seq: int
    at_ns: int
    id: int
    label: str
    protocol: str
    ordered: bool
    max_retransmits: int | None
    max_packet_life_time: int | None
    negotiated: bool
    initiator: Side


class PeerTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track of audio or video that is sent or received; `mid` names its media section."""

    seq: int
    at_ns: int
    direction: Direction
    kind: MediaKind
    mid: str
    track: str
    streams: list[str]


class PeerView(msgspec.Struct, frozen=True, kw_only=True):
    """A WebRTC connection, as far as it was recorded; each list in the order of its events.

    Attributes:
        connection: `c1`, `c2` …
        url: where it leads, as it was asked for.
        ladders: how it came together, or where it stuck; one for each restart of ICE as well.
        states: where each machine is; one that has not moved is not among them.
        descriptions: of both sides.
        exchanges: requests of HTTP that carried them.
        candidates: of both sides.
        pairs: those that were told of.
        moves: of all machines.
        ice_errors: servers that gave no address.
        channels: those that were open.
        tracks: audio and video.
        dtls_version: of DTLS as OpenSSL writes it, `DTLS 1.3`; empty while it is not known.
        dtls_cipher: the cipher suite, likewise.
        srtp_cipher: the protection profile of media, likewise.
        left_out: entries of the lists that were too many; the newest are there.
        last_seq: the last event of the capture that was looked at.
    """

    connection: str
    url: str
    ladders: list[Ladder]
    states: dict[Machine, str]
    descriptions: list[PeerDescription]
    exchanges: list[PeerExchange]
    candidates: list[PeerCandidate]
    pairs: list[PeerPair]
    moves: list[PeerMove]
    ice_errors: list[PeerIceError]
    channels: list[PeerChannel]
    tracks: list[PeerTrack]
    dtls_version: str
    dtls_cipher: str
    srtp_cipher: str
    left_out: int
    last_seq: int


Unit = Literal["bit/s", "1/s", "s", "px", "share", "bit"]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of `getStats` over time.

    Attributes:
        object: the W3C `type` of the object, as `inbound-rtp`.
        id: the object's id.
        name: the W3C member that it is made of, as `bytesReceived`.
        unit: of the values: a counter of bytes is given in bit/s, any other counter in 1/s, a share
            in parts of 1.
        kind: `audio` or `video` of a stream of RTP; empty of anything else.
        label: what tells it from others of its kind: the mid, the rid, a channel's label.
        at_ns: when each value was taken.
        values: one a time; those of counters and shares are of the time since the one before.
    """

    object: str
    id: str
    name: str
    unit: Unit
    kind: MediaKind | Literal[""]
    label: str
    at_ns: list[int]
    values: list[float]


class StatisticsSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The main statistics of a connection over time.

    Attributes:
        connection: `c1`, `c2` …
        series: sorted by what they are of.
        samples: how many samples were taken in the time that was asked for.
        together: how many of them make one value, so that there are no more than were asked for.
        left_out: series that were too many.
        last_seq: the last event of the capture that was looked at.
    """

    connection: str
    series: list[Series]
    samples: int
    together: int
    left_out: int
    last_seq: int
