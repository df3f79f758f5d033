"""The signaling was closed before there was an answer.

## What it sees

What carries descriptions ended, by the other side, its server or the network, before both sides had
answered.

## Why it matters

A connection that stands needs no signaling, one that is being made does. Servers close it when a
room is full, a token has expired, or the other side has left.

## How to fix

See why the signaling's server closed: its close code or its log. Keep the signaling open until the
connection stands, and better as long as it lasts, for restarts of ICE.

## References

RFC 8829 section 3.1, RFC 6455 section 7.4 (close codes).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "SIG102", "The signaling ended before the two had agreed", "error", Moment.FAILED, page=__doc__
)
def ended_early(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for signaling that ended too early."""
    crossed = call.agreement.taken_back and call.agreement.described == {"local", "remote"}
    if failed_by(conversation, "reset", phases=("signaling",)) and not crossed:
        first = call.agreement.first
        yield call_failure(conversation, *([first.seq] if first is not None else []))
