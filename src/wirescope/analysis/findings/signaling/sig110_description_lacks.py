"""A description has no fingerprint, or no user name and password of ICE.

## What it sees

A description was refused, or set and of no use, that has no `a=fingerprint`, `a=ice-ufrag` or
`a=ice-pwd`.

## Why it matters

Without the one nobody can tell whose certificate is the right one, without the others no check is
signed. Both are there in what an engine makes, so something on the way has left them out, or put
the description together by itself.

## How to fix

Pass descriptions on as they are, character by character. A server that writes its own has to have
these lines for the session, or in each section. Filters that take out lines of no known kind are a
usual reason.

## References

RFC 8839 section 5.4, RFC 8122 section 5, RFC 8829 section 5.2.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure, lacks
from wirescope.analysis.findings.rule import Found, Moment, call_rule

_NEEDED = {"ice": ("a=ice-ufrag", "a=ice-pwd"), "dtls": ("a=fingerprint",)}
"""What each step cannot do without."""

_FIX = "Pass descriptions on unaltered; see which lines the one that was refused lacks."


@call_rule(
    "SIG110", "A description lacks what ICE or DTLS needs", "error", Moment.FAILED, page=__doc__
)
def description_lacks(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for descriptions without these lines."""
    failed = conversation.failed
    assert failed is not None
    made = (call.agreement.offer, call.agreement.answer)
    poor = [each for each in made if each is not None and each.said.lacks]
    if failed.kind == "description" and lacks(failed):
        yield call_failure(conversation, *[each.seq for each in poor], fix=_FIX)
        return
    needed = _NEEDED.get(failed.phase, ())
    poor = [each for each in poor if set(each.said.lacks) & set(needed)]
    if poor:
        lacking = sorted({name for each in poor for name in each.said.lacks if name in needed})
        more = f"The {poor[0].kind} has no {' and no '.join(lacking)}."
        yield call_failure(conversation, *[each.seq for each in poor], more=more, fix=_FIX)
