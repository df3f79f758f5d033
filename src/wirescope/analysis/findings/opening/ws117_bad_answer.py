"""The answer to the opening handshake breaks the specification.

## What it sees

The server answered 101, but not as RFC 6455 wants it: `Upgrade` or `Connection` is missing or
wrong, a line is no header field, or a body is announced. It is an error where the connection was
refused for it, and a warning where it was accepted all the same, because the fault is a harmless
one or because this client was told to be lenient.

## Why it matters

Other clients, browsers among them, refuse what this one may have let pass. It is also a hint that
something in between rewrites the answer.

## How to fix

The finding names the clause and what was expected. If the server is your own, let a library write
the answer. If a gateway stands before it, compare with the server's answer without the gateway.

## References

RFC 6455 section 4.2.2 (the server's answer) and section 4.1 (the client's check), RFC 9112.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.analysis.violations import Breach, breach_of
from wirescope.events import Event


@rule(
    "WS117", "An answer that breaks RFC 6455", "error", Moment.FAILED, Moment.OPENED, page=__doc__
)
def bad_answer(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for breaches in the answer, fatal or let pass."""
    if conversation.opened is None:
        if failed_by(conversation, "handshake"):
            yield failure_found(conversation)
        return
    for violation in conversation.violations:
        if breach_of(violation) is Breach.OPENING and conversation.handshake is not None:
            yield Found(
                f"{violation.message.rstrip('.')} ({violation.clause}); it was accepted all the"
                " same.",
                "Correct the server's answer, since other clients refuse it.",
                (conversation.handshake.seq, violation.seq),
                severity="warning",
                about=violation.message,
            )
