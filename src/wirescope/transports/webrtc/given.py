"""The ICE servers that were given, and what to do about those that gave no address.

What a server answers is explained by its code (`wirescope.wire.stun.error_meaning`); of one that
says nothing, `wirescope doctor` finds out more than an engine tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from wirescope.events import IceError
from wirescope.transports.webrtc.options import IceServer
from wirescope.wire.stun import error_meaning
from wirescope.wire.turn import read_server

MOST_ERRORS = 32

_UNREACHED = 701
"""That a server could not be reached from one address of this end (W3C webrtc section 4.8.2)."""

_ADVICE = {
    401: "Check user name and password against the server's configuration, and of credentials with"
    " a time in them both clocks.",
    403: "See the server's rules about clients and peers, and its log.",
}
"""What to do about codes that have another sense for who asks for an address alone."""


@dataclass(slots=True)
class Given:
    """The servers of one connection and what they said.

    Attributes:
        servers: those that are asked.
        relay_only: whether only paths through TURN servers are wanted.
        errors: what they said instead of an address, the first `MOST_ERRORS`.
    """

    servers: Sequence[IceServer] = ()
    relay_only: bool = False
    errors: list[IceError] = field(default_factory=list)

    def note(self, error: IceError) -> None:
        """Remember what a server said instead of an address."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)

    @property
    def relays(self) -> list[IceServer]:
        """The TURN servers."""
        return [each for each in self.servers if each.is_relay]

    @property
    def refusal(self) -> IceError | None:
        """What says most of why there is no address: an answer before none, the last of these."""
        answered = (each for each in self.errors if each.code != _UNREACHED)
        return next(answered, self.errors[-1] if self.errors else None)

    @property
    def is_over_udp_alone(self) -> bool:
        """Whether no TURN server was given over TCP or TLS."""
        return all(over(each.shown) == "UDP" for each in self.relays)

    def silence(self, waited_s: float) -> str:
        """Say that no TURN server gave an address, and of which nothing was heard for how long."""
        names = " and ".join(each.shown for each in self.relays)
        said = f"{names} gave no address"
        if waited_s:
            ways = " and ".join(dict.fromkeys(over(each.shown) for each in self.relays))
            who = "they" if len(self.relays) > 1 else "it"
            said += f": asked over {ways}, {who} said nothing within {waited_s:g} s"
        return said

    def cure(self, error: IceError | None) -> str:
        """Say what to do about what a server said, or about TURN servers that say nothing."""
        if error is not None and error.code != _UNREACHED:
            return _ADVICE.get(error.code) or error_meaning(error.code).advice
        urls = [each.shown for each in self.relays] if error is None else [error.url]
        commands = " and ".join(f"`wirescope doctor {each}`" for each in urls)
        further = ""
        is_udp = all(each.startswith("turn") and over(each) == "UDP" for each in urls)
        if is_udp and self.is_over_udp_alone:
            further = " Name it over TCP or TLS as well, which pass where UDP does not."
        return f"{commands} {'say' if len(urls) > 1 else 'says'} what is wrong there.{further}"

    def cure_of_relays(self) -> str:
        """Say what to do where TURN servers were given and none of them gave an address."""
        said = Given(self.servers, errors=[e for e in self.errors if e.url.startswith("turn")])
        refused = said.refusal
        if refused is not None and refused.code != _UNREACHED:
            why = f"{refused.url} answered {refused.code}"
            return f"Put the TURN server right first: {why}. {said.cure(refused)}"
        why = f"no address came of {' and '.join(each.shown for each in self.relays)}"
        return f"Put the TURN server right first: {why}. {said.cure(None)}"


def over(url: str) -> str:
    """Say what lies between this end and a server.

    >>> over("turn:h"), over("turn:h?transport=tcp"), over("turns:h")
    ('UDP', 'TCP', 'TLS')
    """
    server = read_server(url)
    return "UDP" if server is None else server.transport.upper()
