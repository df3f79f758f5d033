"""What an examination of a server has shown: facts without judgement, each with its evidence.

The doctor of the workbench fills an `Examination` while it makes its connections; the rules beside
this module judge it. Evidence is the numbers of events in the recording.
"""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from wirescope.analysis.findings.rule import Found, Moment, Rule
from wirescope.events import Event, Severity

Outcome = Literal["closed", "dropped", "tolerated", "silent"]
"""What became of a connection after a frame that breaks the rules: a Close frame came, it ended
without one, a ping was still answered, or nothing at all happened in time."""


class AddressSeen(msgspec.Struct, frozen=True):
    """One address of the host: `problem` is why it cannot be reached, empty if it can."""

    address: str
    problem: str
    evidence: int


class CertificateSeen(msgspec.Struct, frozen=True):
    """The server's certificate; `days_left` is negative once it has expired."""

    subject: str
    expires: str
    days_left: float
    lifetime_days: float
    evidence: int


class Tolerance(msgspec.Struct, frozen=True):
    """A TLS handshake of another kind than usual: what became of it, `problem` empty if it held."""

    version: str
    problem: str
    evidence: int


class OriginSeen(msgspec.Struct, frozen=True):
    """How an opening handshake with an Origin, or without one (None), was answered."""

    origin: str | None
    kind: Literal["none", "own", "given", "foreign"]
    status: int
    evidence: int

    @property
    def accepted(self) -> bool:
        """Whether the connection came about."""
        return self.status == 101


class HostSeen(msgspec.Struct, frozen=True):
    """How an opening handshake with a Host that is not the server's was answered."""

    host: str
    status: int
    evidence: int


class PingsSeen(msgspec.Struct, frozen=True):
    """Pings that were sent: how many, how many came back, how long the last one was waited for."""

    sent: int
    answered: int
    waited_s: float
    wrong_payloads: int
    closed: bool
    evidence: tuple[int, ...]


class ClosingSeen(msgspec.Struct, frozen=True):
    """How the server answered a Close frame with 1000.

    `code` is the answer's, None without one; `ended_s` the seconds until TCP ended, None if this
    end had to give up after `waited_s`; `cause` that of `connection.closed`.
    """

    code: int | None
    cause: str
    ended_s: float | None
    waited_s: float
    evidence: tuple[int, ...]


class EndedSeen(msgspec.Struct, frozen=True):
    """How a connection ended that this end had not closed: the verdict on it, and what to do."""

    sentence: str
    advice: str
    evidence: int


class CompressionSeen(msgspec.Struct, frozen=True):
    """What was made of permessage-deflate: `large` messages came, so many of them compressed."""

    agreed: bool
    large: int
    compressed: int
    evidence: tuple[int, ...]


class SizeSeen(msgspec.Struct, frozen=True):
    """The largest message that was taken, the smallest that was not, and how that was said.

    `code` is the close code, None where the connection just ended; `bound` is the largest size that
    was to be tried.
    """

    largest_taken: int
    smallest_refused: int | None
    code: int | None
    bound: int
    evidence: tuple[int, ...]


class IllegalSeen(msgspec.Struct, frozen=True):
    """What a server made of something that breaks the specification."""

    name: str
    clause: str
    expected: tuple[int, ...]
    outcome: Outcome
    code: int | None
    evidence: tuple[int, ...]


class IdleSeen(msgspec.Struct, frozen=True):
    """How long a silent connection lived: `limit_s` None if it was still there after `waited_s`."""

    limit_s: float | None
    waited_s: float
    code: int | None
    pinged: bool
    evidence: tuple[int, ...]


class AnswerSeen(msgspec.Struct, frozen=True):
    """Whether a message was answered: after `after_s`, None for not at all within `waited_s`."""

    after_s: float | None
    waited_s: float
    evidence: tuple[int, ...]


class Cure(msgspec.Struct, frozen=True):
    """A change with which an opening handshake succeeds that otherwise fails.

    Attributes:
        cause: what was seen, as the end of a sentence: `without the subprotocol, it is accepted`.
        advice: what to do.
    """

    cause: str
    advice: str
    evidence: int


class Examination(msgspec.Struct):
    """Everything that was seen; what is None or empty was not looked at."""

    url: str = ""
    local: bool = False
    credentials: bool = False
    addresses: list[AddressSeen] = []
    certificate: CertificateSeen | None = None
    strict: Tolerance | None = None
    old_tls: Tolerance | None = None
    origins: list[OriginSeen] = []
    host: HostSeen | None = None
    cure: Cure | None = None
    pings: PingsSeen | None = None
    closing: ClosingSeen | None = None
    ended: EndedSeen | None = None
    compression: CompressionSeen | None = None
    size: SizeSeen | None = None
    illegal: list[IllegalSeen] = []
    idle: IdleSeen | None = None
    answer: AnswerSeen | None = None


Judge = Callable[[Examination], Iterable[Found]]


class DoctorRule(Rule, frozen=True, kw_only=True):
    """A rule that judges an examination; a connection alone never shows what it is about.

    Attributes:
        judge: judges.
    """

    judge: Judge


def doctor_rule(
    code: str, title: str, severity: Severity, *, page: str | None
) -> Callable[[Judge], DoctorRule]:
    """Make a rule of the function that judges; `page` is its module's docstring."""

    def make(judge: Judge) -> DoctorRule:
        text = (page or "").strip()
        moments: frozenset[Moment] = frozenset()
        return DoctorRule(code, title, severity, moments, _nothing, text, judge=judge)

    return make


def _nothing(_: object, __: Event) -> Iterable[Found]:
    return ()
