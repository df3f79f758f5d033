"""The server answers over TCP, and not over UDP.

## What it sees

The same server answers a Binding request over TCP, but over UDP nothing comes back, or the port is
closed.

## Why it matters

Relayed sound and pictures over TCP stall whenever a packet is lost, since all that follows waits
for it. Browsers try UDP first and fall back after some seconds.

## How to fix

Let UDP to this port through at the firewalls before the server, or start the server's UDP listener
(coturn: leave out no-udp). Until then give clients `turn:HOST?transport=tcp`; by `turn:HOST` alone
they understand UDP. If it is this network that blocks UDP, nothing is wrong with the server.

## References

RFC 8656 section 3.1 (transports); RFC 8835 section 3.4 (browsers).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN109", "Only TCP works, not UDP", "warning", page=__doc__)
def only_tcp(examination: ServerExamination) -> Iterator[Found]:
    """Compare TCP with UDP."""
    for problem in examination.lacking("udp", beside="tcp"):
        yield Found(
            f"The server works over TCP only. {problem.message}",
            "Open UDP to this port at the firewalls, or start the server's listener for UDP;"
            " until then, give clients the address with ?transport=tcp.",
            (problem.evidence,),
        )
