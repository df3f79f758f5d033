"""The machines of a WebRTC connection: their states and where each may go next.

State names are those of W3C webrtc (https://www.w3.org/TR/webrtc/), machine names those of the
event `peer.state`. What moves a machine is the engine's; the tables say which moves there are, so
that one that the specification does not know is noticed.
"""

from collections.abc import Mapping
from enum import StrEnum


class ConnectionState(StrEnum):
    """How the connection as a whole is (section 4.3.3, `RTCPeerConnectionState`)."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    CLOSED = "closed"


class IceState(StrEnum):
    """How the search for a path is (section 4.3.4, `RTCIceConnectionState`)."""

    NEW = "new"
    CHECKING = "checking"
    CONNECTED = "connected"
    COMPLETED = "completed"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    CLOSED = "closed"


class GatheringState(StrEnum):
    """How the search for this end's addresses is (section 4.3.2, `RTCIceGatheringState`)."""

    NEW = "new"
    GATHERING = "gathering"
    COMPLETE = "complete"


class SignalingState(StrEnum):
    """Where the exchange of descriptions is (section 4.3.1, `RTCSignalingState`)."""

    STABLE = "stable"
    HAVE_LOCAL_OFFER = "have-local-offer"
    HAVE_REMOTE_OFFER = "have-remote-offer"
    HAVE_LOCAL_PRANSWER = "have-local-pranswer"
    HAVE_REMOTE_PRANSWER = "have-remote-pranswer"
    CLOSED = "closed"


class DtlsState(StrEnum):
    """How the encryption is (section 5.5.1, `RTCDtlsTransportState`)."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSED = "closed"
    FAILED = "failed"


class SctpState(StrEnum):
    """How the association is that data channels run on (section 6.1.2, `RTCSctpTransportState`)."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSED = "closed"


class ChannelState(StrEnum):
    """How a data channel is (section 6.2.2, `RTCDataChannelState`)."""

    CONNECTING = "connecting"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


def _moves(text: str) -> Mapping[str, frozenset[str]]:
    """Read a table that has a line `state: where it may go` a state."""
    lines = (line.partition(":") for line in text.strip().splitlines())
    return {state.strip(): frozenset(to.split()) for state, _, to in lines}


MACHINES: Mapping[str, Mapping[str, frozenset[str]]] = {
    # Whatever the transports do shows at once, so that only `closed` is final.
    "connection": _moves(
        """
        new: connecting connected failed closed
        connecting: new connected disconnected failed closed
        connected: new connecting disconnected failed closed
        disconnected: new connecting connected failed closed
        failed: new connecting connected disconnected closed
        closed:
        """
    ),
    "ice": _moves(
        """
        new: checking connected failed closed
        checking: new connected completed disconnected failed closed
        connected: new checking completed disconnected failed closed
        completed: new checking connected disconnected failed closed
        disconnected: new checking connected completed failed closed
        failed: new checking connected completed disconnected closed
        closed:
        """
    ),
    "gathering": _moves(
        """
        new: gathering complete
        gathering: new complete
        complete: new gathering
        """
    ),
    # RFC 8829 section 3.2, figure 2; a rollback leads back to `stable`
    "signaling": _moves(
        """
        stable: have-local-offer have-remote-offer closed
        have-local-offer: stable have-remote-pranswer closed
        have-remote-offer: stable have-local-pranswer closed
        have-local-pranswer: stable closed
        have-remote-pranswer: stable closed
        closed:
        """
    ),
    "dtls": _moves(
        """
        new: connecting connected failed closed
        connecting: connected failed closed
        connected: failed closed
        failed: closed
        closed:
        """
    ),
    "sctp": _moves(
        """
        connecting: connected closed
        connected: closed
        closed:
        """
    ),
    "channel": _moves(
        """
        connecting: open closing closed
        open: closing closed
        closing: closed
        closed:
        """
    ),
}
"""Machine -> state -> the states that it may go to next."""


def may_move(machine: str, state: str, to: str) -> bool:
    """Whether a machine has this move.

    Raises:
        KeyError: there is no such machine, or it has no such state.
    """
    return to in MACHINES[machine][state]
