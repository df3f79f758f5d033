"""Why a WebRTC connection did not come about, or ended, in words.

The engine says only that a state was reached, and of some failures nothing at all: a peer that
gives no address leaves it waiting for ever. What was seen on the way says which step it was.
"""

import ipaddress
from dataclasses import dataclass, field

from wirescope.events import ConnectionClosed, IceCandidate, IceError, Side
from wirescope.transports.webrtc.given import Given

GIVEN_UP = "The connection was given up before it stood."
LEFT_EARLY = "The other side ended it before it stood."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no connection came about, as `connection.failed` has it."""

    phase: str
    kind: str
    message: str
    hint: str


def _by_side() -> dict[Side, set[str]]:
    return {"local": set(), "remote": set()}


@dataclass(slots=True)
class Seen:
    """What has been seen of the way so far.

    Attributes:
        given: the ICE servers, and what they said instead of an address.
        described: sides whose description is known.
        kinds: of the candidates that each side has told.
        families: the versions of IP of their addresses, where these lead to other machines.
        checked: a path was looked for.
        path_found: one was found.
        refused: the kinds of media that an answer refused, where it refused all that was offered.
        signaling_ended: why the signaling did, where it has ended.
        agreed: whether the two sides were of one mind by then.
    """

    given: Given = field(default_factory=Given)
    described: set[str] = field(default_factory=set)
    kinds: dict[Side, set[str]] = field(default_factory=_by_side)
    families: dict[Side, set[str]] = field(default_factory=_by_side)
    checked: bool = False
    path_found: bool = False
    refused: list[str] = field(default_factory=list)
    signaling_ended: str = ""
    agreed: bool = False

    def note(self, event: IceCandidate | IceError) -> None:
        """Remember an address that was found, or that was not."""
        if isinstance(event, IceError):
            self.given.note(event)
        else:
            self.kinds[event.side].add(event.kind)
            self.families[event.side].update(_families(event.address))

    @property
    def is_without_address(self) -> bool:
        """Whether both sides are described and this one has no address so far."""
        return self.described == {"local", "remote"} and not self.kinds["local"]

    def why(self, *, waited_s: float) -> Reason:
        """Say why there is no connection, after so many seconds."""
        after = f"within {waited_s:g} s"
        if self.signaling_ended and not self.agreed:
            whose = "this end" if self.described == {"remote"} else "the other side"
            return Reason(
                "signaling",
                "reset",
                f"The signaling ended before {whose} had answered: {self.signaling_ended}",
                "See what its server says, and that somebody is at the other side.",
            )
        if "remote" not in self.described:
            return Reason(
                "signaling",
                "timeout",
                f"The other side sent no description {after}.",
                "See that it is there and uses the same signaling, then try again.",
            )
        if "local" not in self.described:
            return Reason(
                "signaling",
                "timeout",
                f"This end has not answered the other side's offer {after}.",
                "What uses this connection has to make an answer and to send it.",
            )
        if self.path_found:
            return Reason(
                "dtls",
                "timeout",
                f"A path was found, but the DTLS handshake did not end {after}.",
                "A firewall may let small packets through and no large ones; try a lower MTU.",
            )
        if self.refused:
            kinds = " and ".join(sorted(set(self.refused)))
            return Reason(
                "signaling",
                "rejected",
                f"The answer refused all that was offered ({kinds}): the two sides have no codec in"
                " common.",
                "Offer another codec, or leave the choice open; `a=rtpmap` in the descriptions"
                " names those of each side.",
            )
        if not self.kinds["local"]:
            return self._without_addresses(waited_s)
        if not self.kinds["remote"]:
            ended = self.signaling_ended
            return Reason(
                "ice",
                "no-candidates",
                "The other side told no address at which it can be reached"
                f"{f', and then the signaling ended: {ended}' if ended else '.'}",
                "Its candidates may have been lost on the way: see that the signaling carries them"
                " in both directions, or that its description has them.",
            )
        return self._without_path(after)

    def _without_addresses(self, waited_s: float) -> Reason:
        given = self.given
        refusal = given.refusal
        if refusal is not None:
            what = f"{refusal.url} said {refusal.code} {refusal.message}".rstrip(". ")
            return Reason(
                "gathering",
                "ice-server",
                f"No address was found for this end: {what}.",
                given.cure(refusal),
            )
        if given.relay_only and given.relays:
            return Reason(
                "gathering",
                "no-relay",
                f"Only relayed paths are wanted, and {given.silence(waited_s)}.",
                given.cure(None),
            )
        return Reason(
            "gathering",
            "no-candidates",
            "No address was found for this end.",
            "See that the machine has a network.",
        )

    def _without_path(self, after: str) -> Reason:
        ours, others = _known(self.families["local"]), _known(self.families["remote"])
        if ours and others and not set(ours) & set(others):
            return Reason(
                "ice",
                "no-path",
                "No address of this end can reach one of the other's: there is"
                f" {' and '.join(ours)} here and {' and '.join(others)} there.",
                "Give both sides an address of the same version of IP, or a TURN server that has"
                " both.",
            )
        kinds = ", ".join(sorted(self.kinds["local"]))
        theirs = ", ".join(sorted(self.kinds["remote"]))
        return Reason(
            "ice",
            "no-path",
            f"No path between the two sides was found {after} (addresses here: {kinds};"
            f" there: {theirs}).",
            self._cure_of_path(),
        )

    def _cure_of_path(self) -> str:
        given, own = self.given, "relay" in self.kinds["local"]
        if given.relays and not own:
            return given.cure_of_relays()
        if own and given.relays and not given.is_over_udp_alone:
            return (
                "A TURN server was reached, and nothing came back through it: see that it may send"
                " to the other side's addresses, and that UDP gets to its relayed ones."
                f" {given.cure(None)}"
            )
        if own or "relay" in self.kinds["remote"]:
            return "UDP may be blocked: try a TURN server over TCP, or over TLS on port 443."
        return (
            "Give a TURN server: two sides that are both behind a NAT which changes ports, or"
            " behind a firewall without UDP, have no other path."
        )


def closed_words(closed: ConnectionClosed) -> str:
    """Say in a sentence how a connection ended."""
    by = {"local": "this end", "remote": "the other end", "network": "the network"}
    reason = f": {closed.reason}" if closed.reason else ""
    return f"The connection was ended by {by[closed.initiator]}{reason}."


_NAME = "a name"


def _families(address: str) -> set[str]:
    """Say which version of IP an address has, if it leads to other machines.

    Loopback does not, and where both sides are on one machine, both have it.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return {_NAME}  # which may stand for either
    return set() if read.is_loopback else {f"IPv{read.version}"}


def _known(families: set[str]) -> list[str]:
    return [] if _NAME in families else sorted(families)
