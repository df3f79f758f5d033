"""A connection that did not come about, as rules see it, and its verdict as a finding.

What failed is told by the kind of `connection.failed`, what a refusal is about by `Refusal`; the
words are the verdict's, with what more the events show.
"""

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found
from wirescope.events import Severity


def failed_by(conversation: Conversation, *kinds: str, phases: tuple[str, ...] = ()) -> bool:
    """Whether it failed by one of these kinds, in one of these steps if some are given."""
    failed = conversation.failed
    if failed is None or failed.kind not in kinds:
        return False
    return not phases or failed.phase in phases


def refused_for(conversation: Conversation, *refusals: Refusal) -> bool:
    """Whether the server refused the opening handshake for one of these."""
    return failed_by(conversation, "status") and conversation.answer.refusal in refusals


def failure_found(conversation: Conversation, *, severity: Severity | None = None) -> Found:
    """Say what the verdict says, with who refused and what the answer's body says."""
    failed = conversation.failed
    assert failed is not None
    verdict = conversation.verdict()
    cause = verdict.sentence
    if failed.kind == "status":
        cause += _who_and_what(conversation)
    fix = verdict.advice or "The log of the server, or of what stands before it, says more."
    return Found(cause, fix, _evidence(conversation), severity)


def _who_and_what(conversation: Conversation) -> str:
    answer = conversation.answer
    more = ""
    if answer.gateway:
        more += f" The answer came from {answer.gateway}."
    if answer.said:
        more += f' Its body says: "{answer.said}"'
    return more


def _evidence(conversation: Conversation) -> tuple[int, ...]:
    """The failure, and before it the answer, else the certificates, else what was tried."""
    failed = conversation.failed
    assert failed is not None
    before = conversation.handshake or conversation.secured or conversation.opening
    return (failed.seq,) if before is None else (before.seq, failed.seq)
