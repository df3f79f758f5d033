"""Endpoints of WHIP and WHEP that refused an offer, as rules see them."""

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by


def refused_by_endpoint(conversation: Conversation) -> bool:
    """Whether the offer was refused by a status of HTTP."""
    failed = conversation.failed
    return failed_by(conversation, "status", phases=("signaling",)) and bool(
        failed is not None and failed.status
    )


def last_exchange(call: Call) -> list[int]:
    """Give the event of the last request of the signaling, if there was one."""
    return [call.exchanges[-1].seq] if call.exchanges else []
