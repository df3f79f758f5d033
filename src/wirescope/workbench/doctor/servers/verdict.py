"""The three lines that a person reads first about a STUN or TURN server."""

from collections.abc import Sequence

from wirescope.errors import WirescopeError
from wirescope.events import Finding
from wirescope.workbench.doctor.model import Step
from wirescope.workbench.doctor.servers.bench import ServerBench

_SMALL = ("A", "The", "An", "No", "Nothing", "It", "What", "Of", "Over", "Every")
_BLOCKING = {f"TURN{number}" for number in (*range(101, 109), 111, 112, *range(114, 124), 131)}
"""Findings after which nothing is relayed, if they are errors."""


def sentence(bench: ServerBench, steps: Sequence[Step], findings: Sequence[Finding]) -> str:
    """Say how the server stands."""
    worst = findings[0] if findings else None
    number = len([each for each in findings if each.severity != "info"])
    if worst is None or not number:
        return _fine(bench, steps)
    if worst.severity == "error" and worst.code in _BLOCKING:
        return f"Not usable: {_inner(worst.cause)}."
    if worst.code == "TURN122":
        return f"Not here: {_inner(worst.cause)}."
    if worst.severity == "error":
        begin = "Faulty" if number == 1 else f"Faulty in {number} ways, first"
    else:
        begin = "It works, but take care"
        if number > 1:
            begin = f"It works, but {number} things need care, first"
    return f"{begin}: {_inner(worst.cause)}."


def _inner(cause: str) -> str:
    """Have a cause stand inside a sentence."""
    if cause.split(" ", 1)[0] in _SMALL:
        cause = cause[0].lower() + cause[1:]
    return cause.rstrip(".")


def _fine(bench: ServerBench, steps: Sequence[Step]) -> str:
    by_name = {step.name: step for step in steps}
    over = " and ".join(each.upper() for each in bench.ways)
    trip = by_name[bench.ways[0]].duration_ms
    if not bench.url.relays:
        return f"Healthy: it answers over {over} in {trip:.1f} ms."
    if bench.allocation is None:
        return f"It answers over {over} and asks for credentials, as it should; none were given."
    relay = by_name.get("relay")
    if relay is None or not relay.ok:
        scope = by_name["allocate"].facts["scope"]
        return (
            f"It grants relayed addresses over {over}, but refuses to relay to {scope} ones, so"
            " nothing could be sent through it."
        )
    parts = [f"it relays over {over}"]
    parts.append(
        f"{relay.facts['returned']} of {relay.facts['sent']} datagrams back in"
        f" {relay.duration_ms:.1f} ms"
    )
    throughput = by_name.get("throughput")
    if throughput is not None and throughput.ok:
        parts.append(f"{throughput.facts['megabits_per_s']:,.1f} Mbit/s")
    parts.append(f"allocations last {by_name['allocate'].facts['lifetime_s']} s")
    return f"Healthy: {', '.join(parts)}."


def advice(findings: Sequence[Finding]) -> str:
    """Say what to do first."""
    if findings and (findings[0].severity != "info" or findings[0].code == "TURN113"):
        return findings[0].fix
    return "Nothing has to be done."


def where_next(bench: ServerBench, steps: Sequence[Step], findings: Sequence[Finding]) -> str:
    """Say where to look for more."""
    serious = [each for each in findings if each.severity != "info"]
    if serious:
        code = serious[0].code
        return f"{_how_far(steps)}; wirescope explain {code} says more."
    if findings:
        return f"wirescope explain {findings[0].code} says more."
    if bench.url.relays and not bench.orders.probe_peers:
        return "If the server is yours, --probe-peers looks whether it relays to private addresses."
    if not bench.orders.idle_s:
        return "--idle 60 looks how long the NAT here keeps a silent mapping."
    return "The steps below have the figures."


def _how_far(steps: Sequence[Step]) -> str:
    failed = [step.name for step in steps if step.ok is False]
    if not failed:
        return "See the steps below"
    if len(failed) == 1:
        return f"The step {failed[0]} below shows how far it went"
    return f"The steps {', '.join(failed[:-1])} and {failed[-1]} below show how far it went"


def failed_so(failure: WirescopeError, findings: Sequence[Finding]) -> tuple[str, str]:
    """Say why there is nothing to examine, and what to do."""
    if findings:
        return f"Not usable: {_inner(findings[0].cause)}.", findings[0].fix
    return failure.message, failure.hint
