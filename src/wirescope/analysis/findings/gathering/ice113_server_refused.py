"""A server answered with an error that has no finding of its own.

## What it sees

A server was asked for an address and answered with another code than those that have a finding of
their own, as 300, 400, 420 or 500.

## Why it matters

It gave no address, so a way that was planned for is missing.

## How to fix

The page on the errors of STUN and TURN says what each code means. See the server's log at this
time. A port that speaks another protocol often answers 400.

## References

RFC 8489 section 14.8, RFC 8656 section 19.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, server_found
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule

_KNOWN = frozenset((401, 403, 437, 438, 440, 441, 442, 443, 486, 508, 701))
"""Codes that have a finding of their own."""


@call_rule("ICE113", "A STUN or TURN server refused", "warning", *AFTERWARDS, page=__doc__)
def server_refused(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that answered with any other code."""
    for server in call.paths.report().servers:
        others = [each for each in server.refusals if each.code not in _KNOWN]
        if others and not server.candidates:
            first = others[0]
            cause = f"{server.url} answered {first.code}{quoted(others)}. {first.meaning}"
            yield server_found(conversation, server, others, cause, first.advice)
