"""The three lines that a person reads first: how it stands, what to do, where to look next."""

from collections.abc import Sequence
from http import HTTPStatus

from wirescope.analysis import Cure, OriginSeen
from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError, WirescopeError
from wirescope.events import Finding
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import SEVERITIES, Step

_DEEPER = (
    ("limits", "--probe-limits"),
    ("protocol", "--probe-protocol"),
    ("idle", "--idle 75"),
)


_ASKED_FOR = {"limits": "WS807", "protocol": "WS808", "idle": "WS809"}
"""Steps that are taken only when they are asked for, and the rule that judges each."""


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings by severity, then as they were found."""
    return tuple(sorted(findings, key=lambda each: SEVERITIES.index(each.severity)))


def sentence(steps: Sequence[Step], findings: Sequence[Finding]) -> str:
    """Say how a connection that came about stands."""
    worst = findings[0] if findings else None
    if worst is None or worst.severity == "info":
        return f"Healthy: {_praise(steps)}."
    number = len([each for each in findings if each.severity != "info"])
    if worst.severity == "error":
        begin = "Faulty" if number == 1 else f"Faulty in {number} ways, first"
    else:
        begin = (
            f"It works, but {'take care' if number == 1 else f'{number} things need care, first'}"
        )
    cause = worst.cause
    if _may_begin_small(cause):
        cause = cause[0].lower() + cause[1:]
    return f"{begin}: {cause.rstrip('.')}."


def _may_begin_small(cause: str) -> bool:
    return cause.split(" ", 1)[0] in ("A", "The", "An", "No", "Nothing", "Messages", "Clients")


def _praise(steps: Sequence[Step]) -> str:
    by_name = {step.name: step for step in steps}
    parts = []
    opening = [by_name[name].duration_ms for name in ("resolve", "tcp", "tls", "handshake")
               if name in by_name]  # fmt: skip
    parts.append(f"open in {sum(opening):.0f} ms")
    ping = by_name.get("ping")
    if ping is not None and ping.ok:
        parts.append(f"a ping takes {ping.duration_ms:.1f} ms")
    close = by_name.get("close")
    if close is not None and close.ok:
        parts.append("it closes as it should")
    asked = [step.message for step in steps if step.name in _ASKED_FOR and step.ok]
    return "; ".join([", ".join(parts), *asked])


def advice(findings: Sequence[Finding]) -> str:
    """Say what to do first."""
    if findings and findings[0].severity != "info":
        return findings[0].fix
    asked = [each.fix for each in findings if each.code in _ASKED_FOR.values()]
    return asked[0] if asked else "Nothing has to be done."


def with_cure(
    verdict: str, advice: str, cure: Cure | None, origins: Sequence[OriginSeen]
) -> tuple[str, str]:
    """Say what trying again with a change has taught, in place of what is usual."""
    if cure is not None:
        return f"{verdict.rstrip('.')}; {cure.cause}.", cure.advice
    if origins and all(each.status == HTTPStatus.FORBIDDEN for each in origins):
        return verdict, (
            "It is not the Origin, another one is refused, too: look for a token that is missing"
            " or expired, or a firewall's rule."
        )
    return verdict, advice


def where_next(
    bench: Bench, steps: Sequence[Step], findings: Sequence[Finding], failure: WirescopeError | None
) -> str:
    """Say where to look for more."""
    more = f"wirescope explain {findings[0].code} says more" if findings else ""
    answered = any(step.facts.get("status") for step in steps if step.name == "handshake")
    if isinstance(failure, UpgradeRefusedError | HandshakeError):
        where = "The facts below show the answer" if answered else "-o FILE records what came"
        return f"{where}; {more or '-o FILE records every byte'}."
    if isinstance(failure, ConnectError) and failure.kind.startswith("certificate"):
        return "The step tls below has the details; with -k the rest is looked at, too."
    if failure is not None:
        failed = next((step.name for step in steps if step.ok is False), "")
        if not failed:
            return "See the steps."
        return f"The step {failed} below shows how far it went{more and f'; {more}'}."
    serious = [each for each in findings if each.severity != "info"]
    if serious:
        code = serious[0].code
        return f"{code} below shows the evidence; wirescope explain {code} says more."
    done = {step.name for step in steps if step.ok is not None}
    deeper = [option for name, option in _DEEPER if name not in done]
    if deeper:
        return f"{' and '.join(deeper[:2])} would look further."
    return f"wirescope connect {bench.seen.url} talks to it."
