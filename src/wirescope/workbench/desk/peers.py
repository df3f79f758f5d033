"""A WebRTC connection of a capture, put together from its events: who said what, where it got to.

Everything here is done in the thread that reads the file.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from wirescope.capture import Capture
from wirescope.errors import UnknownConnectionError
from wirescope.events import (
    AnyEvent,
    ConnectionOpening,
    DataChannelClosed,
    DataChannelOpened,
    IceCandidate,
    IceError,
    IcePair,
    Machine,
    MediaTrack,
    PeerState,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    address_and_port,
)
from wirescope.workbench.desk.peer_model import (
    PeerCandidate,
    PeerChannel,
    PeerDescription,
    PeerExchange,
    PeerIceError,
    PeerMove,
    PeerPair,
    PeerTrack,
    PeerView,
)

MOST_ENTRIES = 1000
"""Entries of each list that are given, the newest."""

_TOLD = (
    '"connection.opening", "signaling.description", "signaling.exchange", "ice.candidate",'
    ' "ice.error", "ice.pair", "peer.state", "data_channel.opened", "data_channel.closed",'
    ' "media.track"'
)
_VERSIONS = {"FEFF": "DTLS 1.0", "FEFD": "DTLS 1.2", "FEFC": "DTLS 1.3"}
"""The versions as they stand in a record (RFC 8446 section 5.1, RFC 9147 section 5.3)."""

T = TypeVar("T")


def peer_of(capture: Capture, connection: str) -> PeerView:
    """Put a connection together.

    Raises:
        UnknownConnectionError: the capture has no WebRTC connection of this id.
    """
    if not _is_id(connection):
        raise _unknown(connection)
    told = _Told(connection)
    for event in capture.events(filter=f"connection == {connection} and type in ({_TOLD})"):
        told.take(event)
    if not told.is_webrtc:
        raise _unknown(connection)
    return told.view(capture, _transport_of(capture, connection))


def _is_id(text: str) -> bool:
    return len(text) < 20 and text.isascii() and text.isalnum()


def _unknown(connection: str) -> UnknownConnectionError:
    return UnknownConnectionError(
        f"There is no WebRTC connection {connection[:20]!r} in this capture.",
        hint="The timeline and the list of openings name those that there are.",
    )


class _Transport(NamedTuple):
    """What the statistics say of the encryption."""

    version: str = ""
    cipher: str = ""
    srtp: str = ""


def _transport_of(capture: Capture, connection: str) -> _Transport:
    """Return what was said of the transport last: samples hold what has changed alone."""
    known: dict[str, Any] = {}
    wanted = f"connection == {connection} and type == stats and object == transport"
    for event in capture.events(filter=wanted):
        if isinstance(event, Statistics):
            known |= event.values
    version = str(known.get("tlsVersion", ""))
    return _Transport(
        _VERSIONS.get(version.upper(), version),
        str(known.get("dtlsCipher", "")),
        str(known.get("srtpCipher", "")),
    )


class _Told:
    """What was told of one connection."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._url = ""
        self.is_webrtc = False
        self._states: dict[Machine, str] = {}
        self._descriptions: list[PeerDescription] = []
        self._exchanges: list[PeerExchange] = []
        self._candidates: list[PeerCandidate] = []
        self._pairs: dict[tuple[str, str], PeerPair] = {}
        self._moves: list[PeerMove] = []
        self._errors: list[PeerIceError] = []
        self._channels: list[PeerChannel] = []
        self._tracks: list[PeerTrack] = []

    def take(self, event: AnyEvent) -> None:
        """Take an event, in its order."""
        match event:
            case ConnectionOpening():
                self._url = event.url
                self.is_webrtc = event.transport == "webrtc"
            case SignalingDescription():
                self._descriptions.append(_description(event))
            case SignalingExchange():
                self._exchanges.append(_exchange(event))
            case IceCandidate():
                self._candidates.append(_candidate(event))
            case IceError():
                self._errors.append(
                    PeerIceError(
                        seq=event.seq,
                        at_ns=event.at_ns,
                        url=event.url,
                        code=event.code,
                        message=event.message,
                    )
                )
            case IcePair():
                self._take_pair(event)
            case PeerState():
                self._take_move(event)
            case DataChannelOpened():
                self._channels.append(_channel(event))
            case DataChannelClosed():
                self._close_channel(event)
            case MediaTrack():
                self._tracks.append(_track(event))
            case _:
                pass

    def _take_pair(self, event: IcePair) -> None:
        key = event.local, event.remote
        before = self._pairs.get(key)
        self._pairs[key] = PeerPair(
            seq=event.seq,
            first_seq=event.seq if before is None else before.first_seq,
            at_ns=event.at_ns,
            local=event.local,
            remote=event.remote,
            state=event.state,
            nominated=event.nominated,
            selected=event.selected,
        )

    def _take_move(self, event: PeerState) -> None:
        self._states[event.machine] = event.to
        self._moves.append(
            PeerMove(
                seq=event.seq,
                at_ns=event.at_ns,
                machine=event.machine,
                before=event.from_,
                after=event.to,
            )
        )

    def _close_channel(self, event: DataChannelClosed) -> None:
        # A number is used again once its channel is over (RFC 8832 section 6).
        for place in range(len(self._channels) - 1, -1, -1):
            channel = self._channels[place]
            if channel.id == event.channel and not channel.closed_seq:
                self._channels[place] = _with_end(channel, event.seq)
                return

    def view(self, capture: Capture, transport: _Transport) -> PeerView:
        """Give all of it."""
        pairs = sorted(self._pairs.values(), key=lambda pair: pair.first_seq)
        lists: Sequence[Sequence[object]] = (
            *(self._descriptions, self._exchanges, self._candidates, pairs),
            *(self._moves, self._errors, self._channels, self._tracks),
        )
        return PeerView(
            connection=self._connection,
            url=self._url,
            states=self._states,
            descriptions=_newest(self._descriptions),
            exchanges=_newest(self._exchanges),
            candidates=_newest(self._candidates),
            pairs=_newest(pairs),
            moves=_newest(self._moves),
            ice_errors=_newest(self._errors),
            channels=_newest(self._channels),
            tracks=_newest(self._tracks),
            dtls_version=transport.version,
            dtls_cipher=transport.cipher,
            srtp_cipher=transport.srtp,
            left_out=sum(max(0, len(each) - MOST_ENTRIES) for each in lists),
            last_seq=capture.last_seq,
        )


def _newest(entries: list[T]) -> list[T]:
    return entries[-MOST_ENTRIES:]


def _description(event: SignalingDescription) -> PeerDescription:
    return PeerDescription(
        seq=event.seq, at_ns=event.at_ns, side=event.side, kind=event.kind, sdp=event.sdp
    )


def _exchange(event: SignalingExchange) -> PeerExchange:
    return PeerExchange(
        seq=event.seq,
        at_ns=event.at_ns,
        method=event.method,
        url=event.url,
        status=event.status,
        request=event.request,
        request_body=event.request_body,
        response=event.response,
        response_body=event.response_body,
        duration_ns=event.duration_ns,
    )


def _candidate(event: IceCandidate) -> PeerCandidate:
    related = event.related
    return PeerCandidate(
        seq=event.seq,
        at_ns=event.at_ns,
        side=event.side,
        kind=event.kind,
        address=address_and_port(event.address, event.port),
        protocol=event.protocol,
        tcp_type=event.tcp_type or "",
        priority=event.priority,
        foundation=event.foundation,
        mid=event.mid,
        related="" if related is None else address_and_port(related.address, related.port),
        url=event.url or "",
    )


def _channel(event: DataChannelOpened) -> PeerChannel:
    return PeerChannel(
        opened_seq=event.seq,
        closed_seq=0,
        at_ns=event.at_ns,
        id=event.channel,
        label=event.label,
        protocol=event.protocol,
        ordered=event.ordered,
        max_retransmits=event.max_retransmits,
        max_packet_life_time=event.max_packet_life_time,
        negotiated=event.negotiated,
        initiator=event.initiator,
    )


def _with_end(channel: PeerChannel, seq: int) -> PeerChannel:
    return msgspec.structs.replace(channel, closed_seq=seq)


def _track(event: MediaTrack) -> PeerTrack:
    return PeerTrack(
        seq=event.seq,
        at_ns=event.at_ns,
        direction=event.direction,
        kind=event.kind,
        mid=event.mid,
        track=event.track,
        streams=event.streams,
    )
