"""Connections that are silent are closed after a while.

## What it sees

A connection on which nothing was sent was ended by the server or by something in between; how long
that took was measured. Below 30 seconds it is a warning, since many heartbeats are no faster.

## Why it matters

At every pause of that length users are thrown out, although server and client are in order.

## How to fix

Send something more often than the limit; a ping from either end is enough, and half the limit is
usual. Or raise the limit: `proxy_read_timeout` in nginx, `timeout tunnel` in HAProxy, the idle
time-out of the load balancer or of the server itself.

## References

RFC 6455 section 5.5.2 (ping).
"""

from collections.abc import Iterator

from wirescope.analysis.closing import known_limit
from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found

_SHORT_S = 30


@doctor_rule("WS809", "Silent connections are closed", "info", page=__doc__)
def idle_limit(examination: Examination) -> Iterator[Found]:
    """Say how long a silent connection lives; less than usual heartbeats need is a warning."""
    seen = examination.idle
    if seen is None or seen.limit_s is None:
        return
    whose = known_limit(seen.limit_s)
    how = "without a Close frame" if seen.code is None else f"with {seen.code}"
    that = f": that is {whose}" if whose else ""
    yield Found(
        f"A silent connection was closed {how} after {seen.limit_s:.1f} s{that}.",
        f"Send a ping at least every {seen.limit_s / 2:.1f} s, or raise the idle time-out of server"
        " or gateway.",
        seen.evidence,
        severity="warning" if seen.limit_s < _SHORT_S else None,
    )
