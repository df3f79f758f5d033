"""What the rules on WebRTC connections share: the failure in words, candidates in words."""

from collections import Counter

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import is_lookup
from wirescope.analysis.findings.rule import Found
from wirescope.analysis.paths import CandidateSeen, PathReport, Reason
from wirescope.events import ConnectionFailed
from wirescope.wire.turn import read_server


def call_failure(conversation: Conversation, *shown: int, more: str = "", fix: str = "") -> Found:
    """Say why no connection came about; `shown` are the events before it that show it."""
    failed = conversation.failed
    assert failed is not None
    evidence = sorted({*(each for each in shown if each), failed.seq})
    cause = f"{failed.message} {more}".strip()
    return Found(cause, fix or failed.hint or "The log of the other side says more.",
                 tuple(evidence))  # fmt: skip


_LACKING = ("fingerprint", "ice-ufrag", "ice-pwd", "ufrag")


def lacks(failed: ConnectionFailed | None) -> bool:
    """Whether an engine names lines that a description lacks, which have a finding of their own."""
    return failed is not None and any(word in failed.message.lower() for word in _LACKING)


def addresses(side: list[CandidateSeen], *, most: int = 4) -> str:
    """Name the addresses of candidates, each once."""
    names = list(dict.fromkeys(each.address for each in side))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


_NEVER_PAIRED = (Reason.REDUNDANT, Reason.TRANSPORT, Reason.TCP_TYPE, Reason.UNSEEN)
"""Of these every call has some, also one that connects."""

_BESIDE_OTHERS = (Reason.FAMILY, Reason.NAME, Reason.SCOPE)
"""These are the reason only where they leave no pair to try."""


def untried_words(report: PathReport) -> str:
    """Say why most pairs were not tried, if there were any; empty where that tells nothing."""
    tried = len(report.pairs)
    usual = (*_NEVER_PAIRED, *_BESIDE_OTHERS) if tried else _NEVER_PAIRED
    reasons = Counter(each.words for each in report.untried if each.reason not in usual)
    if not reasons:
        return ""
    how = f"{tried} pair{'s were' if tried > 1 else ' was'}" if tried else "No pair was"
    ((words, count),) = reasons.most_common(1)
    bound = "at least " if report.has_more_untried else ""
    return f"{how} tried, {bound}{count:,} not: {words}" if tried else f"{how} tried: {words}"


_NOT_CHOSEN = (
    "The controlling side has to nominate a pair: see that its own checks are answered, and that"
    " not both sides take themselves for the controlled one."
)
_ONE_WAY = (
    "What the other side sends arrives, and what this end sends does not, or its answers do not:"
    " see the firewall of either side, or give a TURN server."
)


def fix_by_checks(report: PathReport, otherwise: str) -> str:
    """Say what to do by how far the checks came; `otherwise` where none of the other side came."""
    if any(each.answered for each in report.pairs):
        return _NOT_CHOSEN
    return fix_by_relay(report, _ONE_WAY if report.is_heard else otherwise)


def fix_by_relay(report: PathReport, otherwise: str) -> str:
    """Say what to do where a TURN server is missed: give one, or put right the one that refused."""
    relays = [each for each in report.servers if (read := read_server(each.url)) and read.is_relay]
    said = [error for each in relays for error in each.refusals]
    is_refused = any(each.code != 701 or is_lookup(each) for each in said)
    if is_refused and not report.of("local", "relay"):
        return "Put the TURN server right first (see the finding on it)."
    return otherwise


def checks_words(report: PathReport) -> str:
    """Say how many checks went, were answered and came; empty where that is not counted."""
    sent, answered, received = (
        sum(getattr(each, name) or 0 for each in report.pairs)
        for name in ("sent", "answered", "received")
    )
    if not sent and not received:
        return ""
    plural = "" if sent == 1 else "s"
    back = f"{answered:,} of them answered" if answered else "none answered"
    came = f"{received:,}" if received else "none"
    return f"{sent:,} check{plural} sent, {back}; {came} came from the other side."


def seqs(side: list[CandidateSeen], most: int = 4) -> list[int]:
    """Give the events of the first candidates."""
    return [each.seq for each in side[:most]]
