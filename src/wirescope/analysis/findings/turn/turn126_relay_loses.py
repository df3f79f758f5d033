"""Datagrams through the server do not all come back.

## What it sees

Datagrams were sent through the server, in both directions, at a pace that every call has; some, or
all, did not come back.

## Why it matters

If all are lost, the candidate looks well and carries nothing: usually the range of relayed ports is
closed in a firewall. If some are lost, a limit on bandwidth drops them, or the server is
overloaded; sound and pictures stutter.

## How to fix

Open the range of relayed ports for UDP, at the server and in the cloud's firewall; look at limits
on bandwidth (coturn: max-bps, bps-capacity).

## References

RFC 8656 section 11 and 12 (relaying).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule

_TOLERATED, _BAD = 0.01, 0.05


@server_rule("TURN126", "What is relayed gets lost", "error", page=__doc__)
def relay_loses(examination: ServerExamination) -> Iterator[Found]:
    """Count what came back."""
    seen = examination.relay
    if seen is None or not seen.sent or (lost := seen.sent - seen.returned) <= 0:
        return
    share = lost / seen.sent
    if share < _TOLERATED:
        return
    if not seen.returned:
        cause = (
            f"Nothing comes back through the server: {seen.sent} of {seen.sent} datagrams are lost."
        )
        fix = "Open the server's range of relayed ports for UDP, in the cloud's firewall as well."
    else:
        cause = f"Of {seen.sent} datagrams through the server {lost} are lost, {share:.0%}."
        fix = (
            "Look at the server's limits on bandwidth (coturn: max-bps), its load and its network."
        )
    yield Found(cause, fix, (seen.evidence,), None if share >= _BAD else "warning")
