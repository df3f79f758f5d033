"""The server answers over UDP, and not over TCP.

## What it sees

The address names no transport. Over UDP the server answers, its TCP port takes no connection or no
request.

## Why it matters

Companies, hotels and some carriers let no UDP out. Who is there gets no relayed candidate from this
server, and no call.

## How to fix

Have the server listen to TCP as well, or better to TLS on port 443, which goes through most
firewalls. Give clients both addresses. If that is known and meant so, name the transport:
turn:HOST?transport=udp.

## References

RFC 8656 section 3.1 (transports); RFC 8835 section 3.4 (browsers).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.rule import Found
from wirescope.analysis.findings.turn.examination import ServerExamination, server_rule


@server_rule("TURN110", "Only UDP works, not TCP", "warning", page=__doc__)
def only_udp(examination: ServerExamination) -> Iterator[Found]:
    """Compare UDP with TCP."""
    for problem in examination.lacking("tcp", beside="udp"):
        yield Found(
            f"The server works over UDP only. {problem.message}",
            "Have the server listen to TCP as well, or to TLS on port 443, for networks without"
            " UDP.",
            (problem.evidence,),
        )
