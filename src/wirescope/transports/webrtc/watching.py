"""What the engine tells, written down: states, addresses, failures of ICE servers.

The engine's handlers are set here, and here alone, and none of them raises. What moves is also told
to the peer, which knows what it means for the connection.

With each event the engine looks through all of a connection's parts that somebody listens to, which
takes half of the time in which a connection is made. So nobody listens to what cannot happen yet.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from wirescope.errors import DescriptionError
from wirescope.events import (
    CandidateKind,
    IceCandidate,
    IceError,
    IceServerAsked,
    IceServersSet,
    Machine,
    PeerState,
    Side,
    TransportAddress,
)
from wirescope.transports.webrtc.description import END_OF_CANDIDATES, Candidate
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.options import IceServer
from wirescope.wire.sdp import parse_candidate
from wirescope.wire.turn import read_username

if TYPE_CHECKING:
    import webrtc

OnMove = Callable[[Machine, str], None]

_PEER_MACHINES: dict[Machine, tuple[str, str]] = {
    "connection": ("connectionstatechange", "connection_state"),
    "ice": ("iceconnectionstatechange", "ice_connection_state"),
    "gathering": ("icegatheringstatechange", "ice_gathering_state"),
    "signaling": ("signalingstatechange", "signaling_state"),
}


_KINDS = get_args(CandidateKind)
_PROTOCOLS = ("udp", "tcp")
_DECADE_S = 315_576_000
_TCP_TYPES = ("active", "passive", "so")  # RFC 6544 section 4.5


class Watch:
    """Watches one engine connection.

    Attributes:
        states: where each machine is.
    """

    def __init__(
        self,
        native: "webrtc.RTCPeerConnection",
        journal: Journal,
        *,
        on_move: OnMove,
        on_candidate: Callable[[Candidate], None],
        on_seen: Callable[[IceCandidate | IceError], None],
        on_pair_change: Callable[[], None],
    ) -> None:
        self.states: dict[Machine, str] = {
            "connection": "new",
            "ice": "new",
            "gathering": "new",
            "signaling": "stable",
            "dtls": "new",
            "sctp": "connecting",
        }
        self._native = native
        self._bridges: dict[str, str] = {}  # to the servers that they lead to
        self._journal = journal
        self._on_move = on_move
        self._on_candidate = on_candidate
        self._on_seen = on_seen
        self._on_pair_change = on_pair_change
        self._stopped = False
        self._in_use: list[Any] = []
        self._transports: list[Any] = []  # those that are watched already
        self._associations: list[Any] = []  # likewise
        self._watches_pairs = self._watches_servers = False
        for machine, (event, attribute) in _PEER_MACHINES.items():
            native.on(event, self._mover(machine, attribute))  # type: ignore[call-overload]
        native.on("icecandidate", lambda event: self._candidate(event.candidate))

    def _mover(self, machine: Machine, attribute: str) -> Callable[[Any], None]:
        return lambda _: self.move(machine, getattr(self._native, attribute).value)

    def move(self, machine: Machine, to: str) -> None:
        """Write down that a machine has moved, if it has."""
        before = self.states[machine]
        if before == to or self._stopped:
            return
        self.states[machine] = to
        self._journal.write(PeerState, machine, before, to)
        self._on_move(machine, to)

    def stop(self) -> None:
        """Write down that all has ended, of which a closed engine says nothing, and no more."""
        self.move("signaling", "closed")
        if self.states["ice"] != "new":
            self.move("ice", "closed")
        if self.states["dtls"] != "new":
            self.move("dtls", "closed")
        if self.states["sctp"] == "connected":
            self.move("sctp", "closed")
        self.move("connection", "closed")
        self._stopped = True

    def watch_servers(self, servers: Sequence[IceServer], policy: Literal["all", "relay"]) -> None:
        """Write down who is asked for addresses; listen to what they refuse, once there are any."""
        journal = self._journal
        now_s = (journal.timeline.started_wall_ns + journal.now_ns()) / 1e9
        asked = [IceServerAsked(each.shown, _valid_s(each, now_s)) for each in servers]
        self._bridges.update({each.url: each.stands_for for each in servers if each.stands_for})
        journal.write(IceServersSet, asked, policy)
        if servers and not self._watches_servers:
            self._watches_servers = True
            self._native.on("icecandidateerror", self._ice_error)

    def watch_pairs(self) -> None:
        """Tell of each change of the selected pair from now on."""
        if not self._watches_pairs:
            self._watches_pairs = True
            for transport in self._transports:
                self._watch_pair(transport)

    def look_for_transports(self, *, with_media: bool) -> None:
        """Watch the transports that a description has made.

        Those in use are kept until the next description, since the engine is asked for them across
        its threads, which are busy while a connection is made. `with_media` means that there may be
        others than that of the data channels.
        """
        sctp = self._native.sctp
        associations: list[Any] = [] if sctp is None else [sctp]
        dtls: list[Any] = [each.transport for each in associations]
        if with_media:
            received = (each.receiver.transport for each in self._native.get_transceivers())
            dtls += [each for each in received if each is not None]
        self._in_use = [*dtls, *associations]
        for transport in dtls:
            if not any(transport is each for each in self._transports):
                self._transports.append(transport)
                self._watch_dtls(transport)
        if sctp is not None and not any(sctp is each for each in self._associations):
            self._associations.append(sctp)
            sctp.on("statechange", lambda _: self._move_of(sctp, "sctp", sctp.state.value))
            self.move("sctp", sctp.state.value)

    def _watch_dtls(self, transport: "webrtc.RTCDtlsTransport") -> None:
        transport.on(
            "statechange", lambda _: self._move_of(transport, "dtls", transport.state.value)
        )
        if self._watches_pairs:
            self._watch_pair(transport)
        self.move("dtls", transport.state.value)

    def _watch_pair(self, transport: "webrtc.RTCDtlsTransport") -> None:
        transport.ice_transport.on("selectedcandidatepairchange", lambda _: self._on_pair_change())

    def _move_of(self, transport: object, machine: Machine, to: str) -> None:
        if any(transport is each for each in self._in_use):  # a rolled back offer's are not
            self.move(machine, to)

    def _candidate(self, native: "webrtc.RTCIceCandidate | None") -> None:
        if native is None:
            self._on_candidate(END_OF_CANDIDATES)
        elif native.candidate:  # an empty one ends a section's candidates; the whole end follows
            fragment = native.username_fragment
            self.write_candidate(
                "local",
                native.candidate,
                native.sdp_mid or "",
                url=None if native.url is None else self._known(native.url),
                fragment=fragment,
            )
            self._on_candidate(
                Candidate(native.candidate, native.sdp_mid, native.sdp_m_line_index, fragment)
            )

    def write_candidate(
        self,
        side: Side,
        text: str,
        mid: str,
        *,
        url: str | None = None,
        fragment: str | None = None,
    ) -> None:
        """Write a candidate down as its text has it; one that says no address is passed over.

        `url` is the server that a local one was learned from, `fragment` the user name fragment of
        its description, where its text does not say that.
        """
        if self._stopped:
            return
        try:
            told = parse_candidate(text)
        except DescriptionError:
            return
        protocol, tcp_type = told.transport.lower(), told.extension("tcptype")
        if told.kind not in _KINDS or protocol not in _PROTOCOLS:
            return
        related = None
        if told.related_address is not None:
            related = TransportAddress(told.related_address, told.related_port or 0)
        found = self._journal.write(
            IceCandidate,
            side,
            told.kind,
            told.address,
            told.port,
            protocol,
            told.priority,
            told.foundation,
            mid,
            related,
            url,
            tcp_type if tcp_type in _TCP_TYPES else None,
            told.extension("ufrag") or fragment or None,
        )
        self._on_seen(found)

    def _known(self, url: str) -> str:
        """Give the address of the server that a bridge leads to, in place of the bridge's."""
        return self._bridges.get(url, url)

    def _ice_error(self, event: "webrtc.RTCPeerConnectionIceErrorEvent") -> None:
        if self._stopped:
            return
        error = self._journal.write(
            IceError,
            self._known(event.url or ""),
            event.error_code or 0,
            event.error_text or "",
            event.address or "",
            event.port or 0,
        )
        self._on_seen(error)


def _valid_s(server: IceServer, now_s: float) -> float | None:
    """Say how long credentials hold whose user name says until when; None of any other."""
    timed = read_username(server.username)
    # what is more than ten years away is a number that somebody has, and no time
    if timed is None or abs(timed.expires_at_s - now_s) > _DECADE_S:
        return None
    return round(timed.expires_at_s - now_s, 3)
