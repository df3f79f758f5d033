"""The own TURN server relays to none of the other side's addresses, which has no relay itself.

## What it sees

Only relayed paths are wanted and none was found. The workbench's own TURN server refused to relay
to peers (403), and the other side told no relayed address.

## Why it matters

A relay sees the network that it stands in, so ours relays to public addresses and between its own
clients, and to nothing private: not to this machine, not to its network. A side with such addresses
alone is reached through it only if that side uses it as well.

## How to fix

Have the other side use the same server, too, so that both have a relayed address; on this machine
every page and peer can. Where the other side is on another machine, take a TURN server that both
reach, or allow direct paths.

## References

RFC 8656 sections 9, 10 and 21.2.1 (a server that filters peers).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule

_MOST = 4
_FIX = (
    "Have the other side use this TURN server, too: it relays between its own clients. Or allow"
    " direct paths."
)


@call_rule(
    "ICE119", "The relay here does not relay to the other side", "error", Moment.FAILED,
    page=__doc__,
)  # fmt: skip
def peers_denied(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure with peers that the own TURN server refused."""
    report = pathless(conversation, Pathless.RELAY_DENIED)
    if report is None:
        return
    first = report.denied[:_MOST]
    left_out = len(report.denied) - len(first)
    names = ", ".join(f"{each.peer} ({each.reason})" for each in first)
    more = f"The own TURN server does not relay to {names}"
    more += f" and {left_out} more." if left_out else "."
    shown = [*(each.seq for each in first), *seqs(report.of("remote"))]
    yield call_failure(conversation, *shown, more=more, fix=_FIX)
