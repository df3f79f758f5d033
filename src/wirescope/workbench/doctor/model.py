"""What an examination is asked for and what it gives: steps, findings, a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wirescope.errors import WirescopeError
from wirescope.events import Finding, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """How far an examination goes.

    Attributes:
        data: a message to send, to see whether an answer comes; None sends none.
        probe_limits: send larger and larger messages until one is refused.
        probe_protocol: send frames that break RFC 6455, each on a connection of its own.
        idle_s: how long to leave a connection silent, to see whether it is closed; 0 does not.
        answer_s: how long to wait for a pong, and for the answer to `data`.
        largest: bytes of the largest message that `probe_limits` sends.
        max_time_s: seconds for everything; None sets no limit.
    """

    data: str | None = None
    probe_limits: bool = False
    probe_protocol: bool = False
    idle_s: float = 0
    answer_s: float = 5
    largest: int = 16 << 20
    max_time_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of an examination.

    Attributes:
        name: `resolve`, `tcp`, `tls`, `handshake`, `ping` and so on.
        ok: whether all was well; None if it could not, or was not to, be looked at.
        duration_ms: how long what was measured took, or else the step.
        message: what was seen, a sentence or less.
        facts: the same and more, for programs.
        severity: of the worst that was found; None for nothing.
    """

    name: str
    ok: bool | None
    duration_ms: float
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity | None = None

    def as_json(self) -> dict[str, Any]:
        """Give what `--format json` prints of it."""
        return {
            "name": self.name,
            "ok": self.ok,
            "duration_ms": round(self.duration_ms, 3),
            "facts": dict(self.facts),
            "message": self.message,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What came of an examination.

    Attributes:
        url: what was examined, without secrets.
        verdict: how it stands, in one sentence.
        advice: the most important thing to do, in one sentence.
        where_next: where to look next, in one sentence.
        steps: what was looked at, in order.
        findings: what was found, the worst first.
        failure: why no connection came about, or the examination ended early; None if all went on.
    """

    url: str
    verdict: str
    advice: str
    where_next: str
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    failure: WirescopeError | None = None

    def found(self, severity: Severity) -> list[Finding]:
        """Give the findings that are at least so severe."""
        least = SEVERITIES.index(severity)
        return [each for each in self.findings if SEVERITIES.index(each.severity) <= least]

    def as_json(self) -> dict[str, Any]:
        """Give what `--format json` prints."""
        return {
            "url": self.url,
            "verdict": self.verdict,
            "advice": self.advice,
            "next": self.where_next,
            "steps": [step.as_json() for step in self.steps],
            "findings": [finding_as_json(each) for each in self.findings],
        }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Give the fields of a finding."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "title": finding.title,
        "cause": finding.cause,
        "fix": finding.fix,
        "evidence": list(finding.evidence),
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has seen.

    Attributes:
        message: what was seen.
        facts: the same and more, for programs.
        took_ms: what was measured; None takes the time that the check took.
        ok: False is a fault that no rule names; what rules find is added by the runner. None says
            that nothing could be seen.
        severity: of something that is wrong and that no rule names.
    """

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    took_ms: float | None = None
    ok: bool | None = field(default=True, kw_only=True)
    severity: Severity | None = field(default=None, kw_only=True)
