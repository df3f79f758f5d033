"""Every address that the other side told is private and of another network.

## What it sees

The candidates of the other side are private ones alone, and none is of a network that this end is
in.

## Why it matters

A server in a container or behind the NAT of a cloud knows only the address inside. It tells that,
and nobody outside can send to it. Nothing here can change that.

## How to fix

Tell the server its public address: most media servers have an option for that (`announced address`,
`external IP`, `nat 1:1`), and have to have their range of UDP ports opened and passed on. Of a
browser on the other side: name a STUN server there.

## References

RFC 1918, RFC 6598, RFC 8445 section 5.1.1.2.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import addresses, call_failure, fix_by_relay, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE206", "The other side told private addresses only", "error", Moment.FAILED, page=__doc__
)
def private_there(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for private addresses alone on the other side."""
    report = pathless(conversation, Pathless.PRIVATE_THERE)
    if report is None:
        return
    mine, theirs = report.of("local"), report.of("remote")

    more = f"It told only {addresses(theirs)}; this end has {addresses(mine)}."
    asked = any(each.url for each in report.servers)
    fix = (
        "Give the other side a STUN and a TURN server, also over TLS on port 443 where it gets no"
        " UDP out; a server may be told its public address."
        if asked
        else "Name a STUN and a TURN server at both sides, or tell a server its public address."
    )
    yield call_failure(conversation, *seqs(theirs), more=more, fix=fix_by_relay(report, fix))
