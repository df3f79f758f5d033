"""Breaches of the protocol on an open connection, as findings: one for each clause and end.

What a breach is about is told by `Breach`; the words are those of the verdict.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found
from wirescope.analysis.violations import Breach, breach_of, explain_violation
from wirescope.events import WebSocketViolation


def breaches_found(conversation: Conversation, *wanted: Breach) -> Iterator[Found]:
    """Yield a finding for each clause that was broken so, by either end, with all its frames."""
    clauses: dict[tuple[str, str], list[WebSocketViolation]] = {}
    for violation in conversation.violations:
        if breach_of(violation) in wanted:
            clauses.setdefault((violation.direction, violation.clause), []).append(violation)
    for (direction, clause), violations in clauses.items():
        cause, fix = explain_violation(violations[0], conversation.peer)
        if len(violations) > 1:
            cause += f" This clause was broken {len(violations)} times."
        frames = {violation.frame or violation.seq for violation in violations}
        yield Found(
            cause,
            fix,
            tuple(sorted(frames)),
            # what this end sends that is illegal, it was told to send
            severity="warning" if direction == "sent" else None,
            about=f"{direction} {clause}",
        )
