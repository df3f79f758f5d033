"""Both sides have addresses that could reach each other, and their checks led to no path.

## What it sees

Pairs were tried, or could have been, and none worked in the time there was; nothing in the
addresses says why.

## Why it matters

Whoever does not answer a check is gone, does not check, or does not get it: a firewall that lets no
UDP pass makes exactly this silence. Where checks of the other side came, it is there, and only one
way is barred.

## How to fix

See whether the other side tells of pairs at all; if not, it never got this end's description or
candidates. On one network, let UDP pass in the firewall of both machines. Where the other side has
a public address of its own, as a server has, see that UDP reaches its ports. For networks without
UDP, name a TURN server over TCP or TLS.

## References

RFC 8445 section 7, RFC 8656 section 3.1.
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
from wirescope.analysis.findings.pathless import Pathless, is_public_host, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule

_OF_A_SERVER = "See that UDP reaches its ports; name a TURN server over TLS on port 443."


@call_rule("ICE208", "The checks of ICE led to no path", "error", Moment.FAILED, page=__doc__)
def no_check_answered(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure that the addresses do not explain."""
    report = pathless(conversation, Pathless.SILENT)
    if report is None:
        return
    theirs = report.of("remote")

    pairs = [each.seq for each in report.pairs[-4:]]
    more = f"{checks_words(report)} {untried_words(report)}".strip()
    fix = fix_by_checks(report, _OF_A_SERVER if any(map(is_public_host, theirs)) else "")
    yield call_failure(conversation, *pairs, *seqs(theirs), more=more, fix=fix)
