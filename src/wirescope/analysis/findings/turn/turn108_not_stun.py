"""What answers does not speak STUN.

## What it sees

The port takes what is sent, but what comes back is no STUN message, or a TCP connection is ended or
left without an answer.

## Why it matters

Another service listens there: a web server, a proxy, a game. A port for TLS that is asked in plain
text looks like this, too.

## How to fix

Check host and port. If the port speaks TLS, write turns: instead of turn:.

## References

RFC 8489 section 5 (the magic cookie); RFC 7983 section 7 (telling protocols apart).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN108", "It is not a STUN or TURN server", "error", page=__doc__)
def not_stun(examination: ServerExamination) -> Iterator[Found]:
    """Take answers that are none, where nothing else works."""
    for way, problem in examination.problems("not-stun", "reset", "timeout"):
        silent = problem.kind == "timeout" and (problem.phase != "stun" or way.transport == "udp")
        if not silent:
            yield Found(
                problem.message,
                "Check host and port: another service listens there, or one that wants turns:.",
                (problem.evidence,),
                about=way.transport,
            )
