"""The end of an open connection, as rules see it, and its verdict as a finding.

How it ended is told by `Manner`, which the verdict goes by as well.
"""

from collections.abc import Container

from wirescope.analysis.closing import Manner
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found
from wirescope.events import Severity, WebSocketFrame, WebSocketViolation


def closed_by_peer_with(conversation: Conversation, codes: Container[int]) -> bool:
    """Whether the peer closed with one of these codes, or answered this end's Close with one."""
    closed = conversation.closed
    if closed is None or closed.code not in codes:
        return False
    if conversation.manner is Manner.CLOSED_BY_US:
        sent = conversation.ending.close_sent
        return sent is None or sent.close_code != closed.code
    return conversation.manner is Manner.CLOSED_BY_PEER


def is_told_by_its_call(conversation: Conversation) -> bool:
    """Whether the WebRTC connection whose signaling it carried failed, or may still.

    One that has agreed can come about without signaling, so that only the end of the capture tells.
    """
    carries = conversation.carries
    if carries is None or carries.failed is not None:
        return carries is not None
    if carries.opened is not None or carries.closed is not None:
        return False
    agreed = carries.call is not None and carries.call.agreement.both is not None
    return not (agreed and conversation.is_over)


def end_found(
    conversation: Conversation,
    *shown: WebSocketFrame | WebSocketViolation | None,
    more: str = "",
    severity: Severity | None = None,
) -> Found:
    """Say what the verdict says; `shown` is what shows it, before the end itself.

    Of a violation it is the frame that broke the specification, if it was one.
    """
    closed = conversation.closed
    assert closed is not None
    verdict = conversation.verdict()
    fix = verdict.advice or "The other end's log says more."
    evidence = sorted({*(_seq(each) for each in shown if each is not None), closed.seq})
    return Found(verdict.sentence + more, fix, tuple(evidence), severity)


def _seq(shown: WebSocketFrame | WebSocketViolation) -> int:
    frame = shown.frame if isinstance(shown, WebSocketViolation) else 0
    return frame or shown.seq
