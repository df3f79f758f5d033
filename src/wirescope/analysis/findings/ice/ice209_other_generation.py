"""The other side's candidates carry the user name of a description that was never set here.

## What it sees

Each candidate of the other side says which description it belongs to, by that one's user name
fragment, and no description that was set here has it.

## Why it matters

The checks are signed with the password of the description. Candidates of another connection, or of
a restart of ICE whose description was lost, are put aside by the engine, without an error.

## How to fix

See that the signaling keeps descriptions and candidates in order, and those of each connection
apart. After a restart of ICE the new description has to be sent and set before its candidates. A
page that makes a second connection to the same peer must not send into the first.

## References

RFC 8839 section 5.4, RFC 8838 section 4.4, RFC 8445 section 9.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE209", "The candidates belong to another description", "error", Moment.FAILED, page=__doc__
)
def other_generation(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for candidates of a description that is not known."""
    report = pathless(conversation, Pathless.OTHER_GENERATION)
    if report is None:
        return
    theirs = report.of("remote")

    told = sorted({each.ufrag for each in theirs if each.ufrag})
    known = sorted(call.agreement.fragments["remote"])
    more = f"They are of {', '.join(told[:3])}, the description has {', '.join(known[:3])}."
    fix = "Keep descriptions and candidates of one connection together and in order."
    described = call.agreement.side_of("remote")
    shown = [described.seq] if described is not None else []
    yield call_failure(conversation, *shown, *seqs(theirs), more=more, fix=fix)
