"""The engine refused a description of the other side.

## What it sees

The other side sent a description that cannot be read, or that does not fit to what was agreed on
before, and the engine said no.

## Why it matters

Without it there is nothing to go on with. It is about the text alone, not about the network.

## How to fix

Read the engine's words: they often name the line. Sections of an answer have to be as many, and in
the same order, as those of the offer. A description that went through a template, a chat or a form
may have lost its line ends. Set answers only to the offer that they belong to.

## References

RFC 8829 sections 5.8 and 5.9, RFC 3264 section 6, RFC 8866.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure, lacks
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("SIG111", "A description cannot be used", "error", Moment.FAILED, page=__doc__)
def description_refused(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for descriptions that were refused."""
    if failed_by(conversation, "description") and not lacks(conversation.failed):
        first = call.agreement.first
        yield call_failure(conversation, *([first.seq] if first is not None else []))
