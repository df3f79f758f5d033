"""Both sides are behind NATs through which no check came, and there is no TURN server.

## What it sees

Both sides have asked a STUN server and told the address that it saw, all checks between these
failed, and neither side has a relay.

## Why it matters

A NAT that takes another port for each destination is known to STUN by a port that holds for the
STUN server alone. One such NAT can often be passed, two cannot: neither side knows where the other
will come from. Networks of mobile phones and of companies are often of this kind.

## How to fix

Name a TURN server at one side at least, over UDP and, for networks without UDP, over TCP or TLS on
port 443. There is no other way between two such NATs.

## References

RFC 4787 section 4.1 (mapping), RFC 5780, RFC 8445 section 5.1.1.2, RFC 8656.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure, fix_by_relay, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless, ports_of_one_base
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("ICE205", "Two NATs, and no relay between them", "error", Moment.FAILED, page=__doc__)
def two_nats(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure between two reflexive addresses."""
    report = pathless(conversation, Pathless.TWO_NATS)
    if report is None:
        return
    mine, theirs = report.of("local"), report.of("remote")

    reflexive = [each for each in (*mine, *theirs) if each.kind == "srflx"]
    outside = {each.address for each in reflexive if each.side == "local"}
    shared = outside & {each.address for each in reflexive if each.side == "remote"}
    ports = ports_of_one_base(report)
    more = ""
    if shared:
        more = (
            f"Both are behind one NAT, {min(shared)}, that does not pass on what comes from inside"
            " (RFC 4787 section 6)."
        )
    elif ports:
        more = f"The NAT here takes another port for each destination: {' and '.join(ports)}."
    fix = "Name a TURN server, over UDP and over TCP or TLS; no other way leads through both NATs."
    yield call_failure(conversation, *seqs(reflexive), more=more, fix=fix_by_relay(report, fix))
