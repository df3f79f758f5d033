"""A WebRTC connection of a capture, put together from its events: who said what, where it got to.

It is put together while the events are followed, so that no question reads them anew. Everything
here is done in the thread that reads the file.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from wirescope.analysis import Ladders
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
from wirescope.workbench.desk.following import Follower, unknown_connection
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
    'type in ("connection.opening", "connection.phase", "connection.closed",'
    ' "signaling.description", "signaling.exchange", "ice.candidate", "ice.error", "ice.pair",'
    ' "peer.state", "data_channel.opened", "data_channel.closed", "media.track")'
    ' or (type == stats and object in ("transport", "inbound-rtp", "outbound-rtp"))'
)
_OF_SIGNALING = (
    'type in ("connection.opening", "connection.opened", "connection.failed", "connection.closed")'
)
"""Of all connections, since a WebSocket may carry the signaling of this one."""

_OF_ENCRYPTION = ("tlsVersion", "dtlsCipher", "srtpCipher")
"""What the statistics of a transport say of it (W3C webrtc-stats section 8.18)."""

_VERSIONS = {"FEFF": "DTLS 1.0", "FEFD": "DTLS 1.2", "FEFC": "DTLS 1.3"}
"""The versions as they stand in a record (RFC 8446 section 5.1, RFC 9147 section 5.3)."""

T = TypeVar("T")


class _Newest(Generic[T]):
    """The newest entries of a list.

    Attributes:
        entries: they, in order.
        left_out: how many were too many.
    """

    def __init__(self) -> None:
        self.entries: list[T] = []
        self.left_out = 0

    def add(self, entry: T) -> None:
        self.entries.append(entry)
        if len(self.entries) > MOST_ENTRIES:
            del self.entries[0]
            self.left_out += 1


class PeerIndex(Follower):
    """What was told of one connection.

    Args:
        connection: `c1` …

    Raises:
        UnknownConnectionError: no connection can have this id.
    """

    def __init__(self, connection: str) -> None:
        super().__init__(connection, _TOLD, beside=_OF_SIGNALING)
        self._ladders = Ladders(only=connection)
        self._url = ""
        self._is_webrtc = False
        self._states: dict[Machine, str] = {}
        self._descriptions = _Newest[PeerDescription]()
        self._exchanges = _Newest[PeerExchange]()
        self._candidates = _Newest[PeerCandidate]()
        self._pairs: OrderedDict[tuple[str, str], PeerPair] = OrderedDict()
        self._pairs_left_out = 0
        self._selected = ("", "")
        self._moves = _Newest[PeerMove]()
        self._errors = _Newest[PeerIceError]()
        self._channels = _Newest[PeerChannel]()
        self._tracks = _Newest[PeerTrack]()
        self._encryption: dict[str, str] = {}

    def take(self, event: AnyEvent) -> None:
        """Take an event, in its order."""
        self._ladders.take(event)
        if event.connection != self.connection:
            return
        match event:
            case ConnectionOpening():
                self._url = event.url
                self._is_webrtc = event.transport == "webrtc"
            case SignalingDescription():
                self._descriptions.add(_description(event))
            case SignalingExchange():
                self._exchanges.add(_exchange(event))
            case IceCandidate():
                self._candidates.add(_candidate(event))
            case IceError():
                self._errors.add(
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
                self._channels.add(_channel(event))
            case DataChannelClosed():
                self._close_channel(event)
            case MediaTrack():
                self._tracks.add(_track(event))
            case Statistics() if event.object == "transport":
                self._encryption |= {
                    name: str(event.values[name]) for name in _OF_ENCRYPTION if name in event.values
                }
            case _:
                pass

    def _take_pair(self, event: IcePair) -> None:
        # All goes through one transport, so a pair that is selected takes the place of another,
        # of which nothing more may be said: after an ICE restart it is no longer there.
        key = event.local, event.remote
        if event.selected:
            last = self._pairs.get(self._selected)
            if last is not None:
                self._pairs[self._selected] = msgspec.structs.replace(last, selected=False)
            self._selected = key
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
        if event.selected:
            self._pairs.move_to_end(key)
        if len(self._pairs) > MOST_ENTRIES:
            self._pairs.popitem(last=False)
            self._pairs_left_out += 1

    def _take_move(self, event: PeerState) -> None:
        self._states[event.machine] = event.to
        self._moves.add(
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
        channels = self._channels.entries
        for place in range(len(channels) - 1, -1, -1):
            if channels[place].id == event.channel and not channels[place].closed_seq:
                channels[place] = msgspec.structs.replace(channels[place], closed_seq=event.seq)
                return

    def view(self, now_ns: int | None = None) -> PeerView:
        """Give all of it.

        Args:
            now_ns: the time by which its ladder is judged; None for that of the last event.

        Raises:
            UnknownConnectionError: it is no WebRTC connection.
        """
        if not self._is_webrtc:
            raise unknown_connection(self.connection)
        lists: Sequence[_Newest[Any]] = (
            *(self._descriptions, self._exchanges, self._candidates),
            *(self._moves, self._errors, self._channels, self._tracks),
        )
        version = self._encryption.get("tlsVersion", "")
        return PeerView(
            connection=self.connection,
            url=self._url,
            ladders=self._ladders.of(self.connection, now_ns=now_ns),
            states=dict(self._states),
            descriptions=list(self._descriptions.entries),
            exchanges=list(self._exchanges.entries),
            candidates=list(self._candidates.entries),
            pairs=list(self._pairs.values()),
            moves=list(self._moves.entries),
            ice_errors=list(self._errors.entries),
            channels=list(self._channels.entries),
            tracks=list(self._tracks.entries),
            dtls_version=_VERSIONS.get(version.upper(), version),
            dtls_cipher=self._encryption.get("dtlsCipher", ""),
            srtp_cipher=self._encryption.get("srtpCipher", ""),
            left_out=self._pairs_left_out + sum(each.left_out for each in lists),
            last_seq=self.read_seq,
        )


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
