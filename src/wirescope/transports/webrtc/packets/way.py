"""What is seen of a leg's way, written down: states, addresses, and why there is no connection."""

import contextlib
from typing import TYPE_CHECKING, Any

from wirescope.events import IceCandidate, Initiator, Machine, PeerState, Side, TransportAddress
from wirescope.transports.webrtc.ending import GIVEN_UP, LEFT_EARLY, Seen
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets.stack import load
from wirescope.transports.webrtc.statistics import candidate_words

if TYPE_CHECKING:
    from aiortc import RTCIceCandidate

MAX_CANDIDATES = 256
"""Addresses that are written down of one connection; further ones are used all the same."""

_KINDS = ("host", "srflx", "prflx", "relay")


class Way:
    """Follows the machines of one leg.

    Attributes:
        states: where each is.
    """

    def __init__(self, journal: Journal) -> None:
        self.states: dict[Machine, str] = {
            "connection": "new",
            "ice": "new",
            "gathering": "new",
            "signaling": "stable",
            "dtls": "new",
        }
        self._journal = journal
        self._seen = Seen()
        self._candidates = 0

    def move(self, machine: Machine, to: str) -> None:
        """Write down that a machine has moved, if it has."""
        before = self.states[machine]
        if to in (before, "new") or before == "closed":
            return
        self.states[machine] = to
        if machine == "signaling":
            self._seen.described.update(("local", "remote") if to == "stable" else ("remote",))
        self._journal.write(PeerState, machine, before, to)

    def move_ice(self, to: str) -> None:
        """Note a state of the ICE transport, which moves the connection as well."""
        self.move("ice", to)
        if to == "checking":
            self._seen.checked = True
            self.move("connection", "connecting")
        elif to == "completed":
            self._seen.path_found = True

    def end(self, *, failed: bool) -> None:
        """Bring all machines to their end."""
        if failed:
            self.move("connection", "failed")
        for machine in ("ice", "dtls"):
            if self.states[machine] != "new":
                self.move(machine, "closed")
        self.move("signaling", "closed")
        self.move("connection", "closed")

    def why_not(
        self, initiator: Initiator, cause: str, *, waited_s: float
    ) -> tuple[str, str, str, str]:
        """Say why no connection came about, as the event `connection.failed` has it.

        Args:
            initiator: who ended it.
            cause: of that, in the words of `connection.closed`.
            waited_s: seconds that it had been waited for at most.
        """
        if cause == "dtls":
            return (
                "dtls",
                "dtls",
                "The DTLS handshake failed: the other side has not shown the certificate whose"
                " fingerprint its description has, or has no version or curve in common with this.",
                "Somebody on the way of the signaling may have changed the description; see"
                " `a=fingerprint` in both. FFmpeg that is built with GnuTLS needs a certificate of"
                " your own (cert_file, key_file).",
            )
        if initiator == "remote":
            return ("dtls", "left", LEFT_EARLY, "")
        if cause in ("aborted", "close"):
            step = "dtls" if self._seen.path_found else "ice"
            return (step, "aborted", GIVEN_UP, "")
        reason = self._seen.why(waited_s=waited_s)
        return (reason.phase, reason.kind, reason.message, reason.hint)

    def read_candidate(self, text: str) -> "RTCIceCandidate | None":
        """Read a candidate without its `candidate:`; None where it cannot be read."""
        with contextlib.suppress(ValueError, AssertionError, IndexError):
            native: RTCIceCandidate = load().sdp.candidate_from_sdp(text)
            if 0 < native.port < 1 << 16 and native.type in _KINDS:
                return native
        return None

    def note_candidate(self, side: Side, text: str, mid: str) -> None:
        """Write a candidate down."""
        native = self.read_candidate(text)
        if native is None or self._candidates >= MAX_CANDIDATES:
            return
        self._candidates += 1
        related = None
        if native.relatedAddress is not None:
            related = TransportAddress(native.relatedAddress, native.relatedPort or 0)
        tcp = native.protocol.lower() == "tcp"
        event = self._journal.write(
            IceCandidate,
            side,
            native.type,
            native.ip,
            native.port,
            "tcp" if tcp else "udp",
            native.priority,
            native.foundation,
            mid,
            related,
            None,
            native.tcpType if tcp and native.tcpType in ("active", "passive", "so") else None,
        )
        self._seen.note(event)


def pair_words(candidate: Any) -> str:
    """Say a candidate of a pair, aioice's, as the event `ice.pair` does."""
    return candidate_words(
        {
            "candidateType": candidate.type,
            "address": candidate.host,
            "port": candidate.port,
            "protocol": "udp",
        }
    )
