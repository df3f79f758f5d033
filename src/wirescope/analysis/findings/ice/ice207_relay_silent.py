"""There is a relayed address, and no path was found through it either.

## What it sees

At least one side has an address at a TURN server, and still no pair worked in the time there was.

## Why it matters

A relay can be reached by anybody, so it is seldom the network: the server does not pass on to such
an address, the other side is gone or never checked, or the passwords of ICE are those of another
description.

## How to fix

See that the other side begins checks at all: it needs the description and the candidates of this
end. If its checks come and this end's are not answered, look for a firewall that lets UDP pass one
way only. See whether the server relays to the other side's address; private and loopback ones are
denied as a rule (its log has 403). Where both sides have relays, these have to reach each other,
also when they are one server.

## References

RFC 8656 sections 9 and 10 (permissions), RFC 8445 section 7.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import (
    call_failure,
    checks_words,
    fix_by_checks,
    seqs,
    untried_words,
)
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule

_FIX = (
    "See that the other side checks at all, and gets UDP out: if not, it needs a TURN server over"
    " TLS on port 443. A server denies to relay to private addresses, as a rule."
)


@call_rule("ICE207", "No path, not even through a relay", "error", Moment.FAILED, page=__doc__)
def relay_silent(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure although there is a relay."""
    report = pathless(conversation, Pathless.RELAY_SILENT)
    if report is None:
        return
    mine, theirs = report.of("local"), report.of("remote")

    relays = [each for each in (*mine, *theirs) if each.kind == "relay"]
    more = f"{checks_words(report)} {untried_words(report)}".strip()
    fix = fix_by_checks(report, _FIX)
    yield call_failure(conversation, *seqs(relays), more=more, fix=fix)
