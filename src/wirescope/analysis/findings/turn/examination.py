"""What an examination of a STUN or TURN server has shown: facts without judgement, with evidence.

The doctor of the workbench fills a `ServerExamination` while it asks the server; the rules beside
this module judge it. Evidence is the numbers of events in the recording.
"""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from wirescope.analysis.findings.doctor.examination import CertificateSeen
from wirescope.analysis.findings.rule import Found, Moment, Rule
from wirescope.analysis.findings.turn.scopes import Scope
from wirescope.events import Event, Severity

Way = Literal["udp", "tcp", "tls"]


class ProblemSeen(msgspec.Struct, frozen=True):
    """Why something did not come about.

    Attributes:
        phase: the step that failed: `dns`, `udp`, `tcp`, `tls` or `stun`.
        kind: the cause in one word, as in the event `connection.failed`.
        message: what happened.
        hint: what to do.
        evidence: the event that shows it.
    """

    phase: str
    kind: str
    message: str
    hint: str
    evidence: int


class WaySeen(msgspec.Struct, frozen=True):
    """One way to the server: `problem` is None where it answers.

    `elsewhere` is the address that an answer came from, where that is another than the one that was
    asked.
    """

    transport: Way
    problem: ProblemSeen | None
    evidence: int
    elsewhere: str = ""


class RefusalSeen(msgspec.Struct, frozen=True):
    """An error that the server answered with.

    Attributes:
        method: what was asked, as `Allocate`.
        code: the error's.
        message: what happened, in a sentence.
        hint: what to do.
        signed: whether the request had credentials.
        incomplete: whether the server asked for credentials without saying its realm or a nonce.
        alternate: the server to ask instead, with 300.
        second: whether it was a further allocation, beside one that was granted.
        evidence: the event that shows it.
    """

    method: str
    code: int
    message: str
    hint: str
    signed: bool
    evidence: int
    incomplete: bool = False
    alternate: str = ""
    second: bool = False


class AllocationSeen(msgspec.Struct, frozen=True):
    """What was granted: the relayed address and its scope, and that of the server's own address.

    `asked_for_credentials` is False of a server that relays for everyone.
    """

    relayed: str
    scope: Scope
    server: str
    server_scope: Scope
    asked_for_credentials: bool
    evidence: int


class RelaySeen(msgspec.Struct, frozen=True):
    """What was sent through the server and came back."""

    sent: int
    returned: int
    round_trip_ms: float | None
    evidence: int


class PeerSeen(msgspec.Struct, frozen=True):
    """Whether the server relays to an address that is inside: `what` it is, in words."""

    address: str
    what: str
    granted: bool
    code: int
    evidence: int


class NatSeen(msgspec.Struct, frozen=True):
    """What the NAT on the way does (RFC 4787), and with how many of the kinds it pairs."""

    mapping: str
    filtering: str
    pairs: int
    kinds: int
    evidence: int


class ServerExamination(msgspec.Struct):
    """Everything that was seen; what is None or empty was not looked at.

    Attributes:
        url: the server's address, without credentials.
        unresolved: why its name has no address.
        ways: each transport that was tried.
        all_tried: whether no further one is going to be.
        certificate: of TLS.
        distrust: why a certificate would have been refused that was accepted because nothing was to
            be checked.
        expires_at: until when the credentials hold, as text, of credentials that say so.
        expired_s: for how many seconds they do not hold any more; negative while they do.
        refusals: the errors, but for the 401 that every TURN server begins with.
        silent: an Allocate that was not answered rightly, though a Binding was.
        own_peers_refused: whether the server refuses to relay to its own relayed addresses.
    """

    url: str = ""
    unresolved: ProblemSeen | None = None
    ways: list[WaySeen] = []
    all_tried: bool = False
    certificate: CertificateSeen | None = None
    distrust: ProblemSeen | None = None
    expires_at: str = ""
    expired_s: float | None = None
    refusals: list[RefusalSeen] = []
    silent: ProblemSeen | None = None
    allocation: AllocationSeen | None = None
    own_peers_refused: RefusalSeen | None = None
    relay: RelaySeen | None = None
    peers: list[PeerSeen] = []
    nat: NatSeen | None = None

    @property
    def reached(self) -> list[WaySeen]:
        """The ways that work."""
        return [each for each in self.ways if each.problem is None]

    def problems(self, *kinds: str) -> list[tuple[WaySeen, ProblemSeen]]:
        """The ways that failed for one of these reasons, where none works."""
        if self.reached or not self.all_tried:
            return []
        return [
            (way, way.problem)
            for way in self.ways
            if way.problem is not None and way.problem.kind in kinds
        ]

    def lacking(self, transport: Way, *, beside: Way) -> list[ProblemSeen]:
        """Why one transport does not work, where the other one does."""
        working = [each.transport for each in self.reached]
        if transport in working or beside not in working:
            return []
        return [
            way.problem
            for way in self.ways
            if way.transport == transport and way.problem is not None
        ]

    def distrusted(self, *kinds: str) -> list[tuple[ProblemSeen, Severity | None]]:
        """What is wrong with the certificate, and how bad that is where it was accepted."""
        found: list[tuple[ProblemSeen, Severity | None]] = [
            (problem, None) for _, problem in self.problems(*kinds)
        ]
        if self.distrust is not None and self.distrust.kind in kinds:
            found.append((self.distrust, "warning"))
        return found

    def refused(self, *codes: int) -> list[RefusalSeen]:
        """The errors with one of these codes."""
        return [each for each in self.refusals if each.code in codes]


Judge = Callable[[ServerExamination], Iterable[Found]]


class ServerRule(Rule, frozen=True, kw_only=True):
    """A rule that judges an examination of a server.

    Attributes:
        judge: judges.
    """

    judge: Judge


def server_rule(
    code: str, title: str, severity: Severity, *, page: str | None
) -> Callable[[Judge], ServerRule]:
    """Make a rule of the function that judges; `page` is its module's docstring."""

    def make(judge: Judge) -> ServerRule:
        text = (page or "").strip()
        moments: frozenset[Moment] = frozenset()
        return ServerRule(code, title, severity, moments, _nothing, text, judge=judge)

    return make


def _nothing(_: object, __: Event) -> Iterable[Found]:
    return ()


def used_up(refusal: RefusalSeen, fix: str) -> Found:
    """Say that there is no more to be had; a second one that is refused shows how little it is."""
    severity: Severity = "warning" if refusal.second else "error"
    words = " A first allocation was granted, a second one was not." if refusal.second else ""
    return Found(refusal.message + words, fix, (refusal.evidence,), severity)


def as_found(refusal: RefusalSeen, fix: str = "", severity: Severity | None = None) -> Found:
    """Say an error as it came; `fix` is what to do, instead of what is usual for its code."""
    return Found(
        refusal.message, fix or refusal.hint, (refusal.evidence,), severity, about=refusal.method
    )
