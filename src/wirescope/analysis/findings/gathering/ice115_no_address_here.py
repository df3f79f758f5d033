"""This end found no address at all.

## What it sees

The connection failed while addresses were looked for: there is not one candidate of this end.

## Why it matters

Without an address nothing can be reached from here. A machine without a network, a container
without one, or a sandbox that lets the program open no sockets looks so.

## How to fix

See that the machine has an interface that is up, `ip address`. If a range of ports was given, see
that these are free. If only relayed paths are wanted, see ICE117.

## References

RFC 8445 section 5.1.1.1 (host candidates).
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE115", "This machine found no address of its own", "error", Moment.FAILED, page=__doc__
)
def no_address_here(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure for want of an address."""
    if failed_by(conversation, "no-candidates", "ice-server", phases=("gathering",)):
        report = call.paths.report()
        if report.relay_only or any(each.refusals for each in report.servers):
            return
        yield call_failure(conversation, *[each.seq for each in report.gathering[:1]])
