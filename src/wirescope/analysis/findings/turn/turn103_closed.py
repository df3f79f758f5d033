"""The server's port takes no connection, or says that nobody listens there.

## What it sees

The connection was refused, or a datagram came back as undeliverable by ICMP, or TCP was not
answered, or there is no route to the address; no other transport that was tried works.

## Why it matters

The server is not running, listens on another port or address, or not to this transport. A
firewall, a cloud's for instance, refuses or swallows what comes to the port. Or this machine has no
way to the address at all. The sentence of the finding says what was seen.

## How to fix

Start the server, or correct port and transport in the address. With coturn, look at listening-port,
tls-listening-port, no-udp and no-tcp.

## References

RFC 7065 section 3 (default ports 3478 and 5349).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN103", "The server's port cannot be reached", "error", page=__doc__)
def closed(examination: ServerExamination) -> Iterator[Found]:
    """Take what refuses, and TCP that is not answered, where nothing else works."""
    # TCP that is swallowed as UDP is belongs to that
    silent = any(way.transport == "udp" for way, _ in examination.problems("timeout"))
    closed = [
        (way, problem)
        for way, problem in examination.problems("refused", "unreachable", "timeout")
        if problem.kind != "timeout" or (problem.phase == "tcp" and not silent)
    ]
    refused = [problem for _, problem in closed if problem.kind == "refused"]
    if len(refused) > 1 and len(refused) == len(examination.ways):
        names = " and ".join(way.transport.upper() for way, _ in closed)
        port = examination.url.partition(":")[2].partition("?")[0]
        yield Found(
            f"Nothing listens on {port}: {names} are refused.",
            "Check the port, and that the server runs and listens on this address.",
            tuple(each.evidence for each in refused),
        )
        return
    for way, problem in closed:
        yield Found(problem.message, problem.hint, (problem.evidence,), about=way.transport)
