"""What happened on a WebRTC connection, in a line for people, on a terminal or a page."""

from collections.abc import Callable, Mapping

from wirescope.events.webrtc import (
    DataChannelClosed,
    DataChannelMessage,
    DataChannelOpened,
    IceCandidate,
    IceError,
    IcePair,
    IceServersSet,
    MediaTrack,
    PeerState,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    WebRtcEvent,
)

MOST_VALUES = 4
"""Values of a sample that its line shows."""

_TELLING = {
    name: place
    for place, name in enumerate(
        (
            *("kind", "mid", "mimeType", "label", "candidateType", "address", "port", "state"),
            *("dtlsState", "tlsVersion", "selectedCandidatePairId", "nominated", "frameWidth"),
            *("frameHeight", "framesPerSecond", "packetsLost", "fractionLost", "roundTripTime"),
            *("currentRoundTripTime", "availableOutgoingBitrate", "jitter", "concealedSamples"),
            *("packetsReceived", "packetsSent", "messagesReceived", "messagesSent"),
            *("bytesReceived", "bytesSent"),
        )
    )
}
"""What tells most of a sample, in this order; ids of other objects tell least."""


def say(event: WebRtcEvent) -> str:
    """Say what happened; texts of the other side in it are as they came."""
    return _SAY[type(event)](event)


def address_and_port(address: str, port: int) -> str:
    """Write an address with its port, an IPv6 address in brackets (RFC 3986 section 3.2.2)."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _description(event: SignalingDescription) -> str:
    if event.kind == "rollback":
        return f"{event.side} offer taken back"
    sections = sum(line.startswith("m=") for line in event.sdp.splitlines())
    plural = "" if sections == 1 else "s"
    return f"{event.side} {event.kind} of {sections} media section{plural}"


def _exchange(event: SignalingExchange) -> str:
    answer = str(event.status) if event.status else "no answer"
    return f"{event.method} {event.url}: {answer} in {event.duration_ns / 1e6:,.1f} ms"


def _servers(event: IceServersSet) -> str:
    only = ", for relayed addresses only" if event.policy == "relay" else ""
    return f"asks {', '.join(each.url for each in event.servers) or 'no server'}{only}"


def _candidate(event: IceCandidate) -> str:
    where = address_and_port(event.address, event.port)
    words = f"{event.side} candidate {event.kind} {event.protocol} {where}"
    if event.tcp_type is not None:
        words += f" {event.tcp_type}"
    if event.related is not None:
        words += f" by way of {address_and_port(event.related.address, event.related.port)}"
    return f"{words}, from {event.url}" if event.url else words


def _ice_error(event: IceError) -> str:
    return f"{event.url} gave no address: {event.code} {event.message}".rstrip()


def _pair(event: IcePair) -> str:
    told = (("nominated", event.nominated), ("selected", event.selected))
    marks = [word for word, is_so in told if is_so]
    if event.checks_sent and not event.selected:
        sent = f"{event.checks_sent:,} check{'' if event.checks_sent == 1 else 's'} sent"
        marks.append(f"{sent}, {event.checks_answered or 0:,} answered")
    return ", ".join([f"pair {event.local} to {event.remote}: {event.state}", *marks])


def _allocated(event: RelayAllocated) -> str:
    way = f"{event.client} over {event.transport.upper()}"
    return f"own TURN server relays at {event.relayed} for {way}, {event.lifetime_s:,} s"


def _refused(event: RelayRefused) -> str:
    whom = f" for peer {event.peer}" if event.peer else ""
    again = f", {event.times:,} times by now" if event.times > 1 else ""
    return f"own TURN server refused {event.method}{whom}: {event.code} {event.reason}{again}"


_ENDS = {
    "client": "given back",
    "lifetime": "not refreshed in time",
    "connection": "the client's connection ended",
    "server": "the server ended",
}


def _relay_ended(event: RelayEnded) -> str:
    there = f"{event.to_peers:,} datagrams with {event.to_peers_bytes:,} bytes to peers"
    back = f"{event.to_clients:,} with {event.to_clients_bytes:,} back"
    return (
        f"own TURN server relays no more at {event.relayed}, {_ENDS[event.reason]}: {there}, {back}"
    )


def channel_terms(event: DataChannelOpened) -> str:
    """Say on what terms a channel carries messages: their order, what of losses, for what."""
    order = "ordered" if event.ordered else "unordered"
    how = "reliable"
    if event.max_retransmits is not None:
        how = f"{event.max_retransmits} retransmissions at most"
    elif event.max_packet_life_time is not None:
        how = f"retransmitted for {event.max_packet_life_time} ms at most"
    protocol = f", subprotocol {event.protocol}" if event.protocol else ""
    return f"{order}, {how}{protocol}"


def _opened(event: DataChannelOpened) -> str:
    return f'channel {event.channel} "{event.label}" open, {channel_terms(event)}'


def _message(event: DataChannelMessage) -> str:
    return f"{event.kind} message of {event.length:,} bytes on channel {event.channel}"


def _track(event: MediaTrack) -> str:
    return f"{event.kind} {event.direction}, media section {event.mid}"


def _statistics(event: Statistics) -> str:
    ordered = sorted(event.values.items(), key=lambda each: _rank(each[0]))
    shown = [f"{name} {value}" for name, value in ordered[:MOST_VALUES]]
    more = len(event.values) - len(shown)
    tail = [f"{more} more"] if more > 0 else []
    return f"{event.object}: {', '.join([*shown, *tail])}"


def _rank(name: str) -> int:
    least = len(_TELLING)
    is_id = name.endswith(("Id", "ssrc", "Identifier", "Fragment", "Timestamp"))
    return _TELLING.get(name, least + is_id)


_SAY: Mapping[type[WebRtcEvent], Callable[..., str]] = {
    SignalingDescription: _description,
    SignalingExchange: _exchange,
    IceServersSet: _servers,
    IceCandidate: _candidate,
    IceError: _ice_error,
    IcePair: _pair,
    RelayAllocated: _allocated,
    RelayRefused: _refused,
    RelayEnded: _relay_ended,
    PeerState: lambda event: f"{event.machine}: {event.from_} to {event.to}",
    DataChannelOpened: _opened,
    DataChannelMessage: _message,
    DataChannelClosed: lambda event: f"channel {event.channel} closed by {event.initiator}",
    MediaTrack: _track,
    Statistics: _statistics,
}
