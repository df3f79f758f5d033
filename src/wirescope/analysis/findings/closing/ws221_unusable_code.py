"""The peer closed with a code that must not be sent.

## What it sees

A Close frame whose code is reserved (1004, 1005, 1006, 1015), not registered (1016 to 2999), or
outside the range (below 1000, from 5000 on), or a Close frame with one byte in place of a code.

## Why it matters

1005 and 1006 stand for the absence of a code and of a Close frame; whoever sends them makes the two
look alike. Strict peers answer with 1002, so the reason that was meant is lost.

## How to fix

Correct the peer: close with 1000, 1001, 1011 or one from 4000 to 4999. A server that passes on a
code that it received has to replace 1005 and 1006, which its library tells it in place of "none".

## References

RFC 6455 section 7.4 (codes), section 7.4.2 (ranges) and section 5.5.1 (the Close frame).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach, breach_of, explain_violation
from wirescope.events import Event


@rule("WS221", "A close code that must not be sent", "error", Moment.CLOSED, page=__doc__)
def unusable_code(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a breach of the rules for close codes."""
    for violation in conversation.violations:
        if breach_of(violation) is Breach.CLOSE_CODE and violation.direction == "received":
            cause, fix = explain_violation(violation, conversation.peer)
            yield Found(cause, fix, (violation.frame or violation.seq, event.seq))
            return
