"""Only relayed paths are wanted, and no server gave a relayed address.

## What it sees

The connection may use relays alone (`iceTransportPolicy: "relay"`), and no TURN server gave an
address in the time there was; none said why.

## Why it matters

With this policy there is no other way, so that nothing can be tried. Engines stay in `new` for ever
and tell of no error.

## How to fix

See with the doctor or with another client whether the server answers at all from here. Name it over
TCP or TLS as well. Allow all paths for a moment: if the call works then, the server is to blame.

## References

W3C webrtc section 4.2.2 (RTCIceTransportPolicy), RFC 8656 section 7.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import passed_over
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.failures import failed_by
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE117",
    "Only relayed paths are wanted, and there is no relay",
    "error",
    Moment.FAILED,
    page=__doc__,
)
def no_relay(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure for want of a relay of which no server told the reason."""
    report = call.paths.report()
    refusals = any(each.refusals for each in report.servers)
    wanted = failed_by(conversation, "no-relay")
    if not wanted and report.relay_only:
        wanted = failed_by(conversation, "ice-server", "no-candidates", phases=("gathering",))
    if wanted and not refusals and not any(passed_over(report)):
        shown = [each.named_seq for each in report.servers]
        shown += [each.seq for each in report.gathering[:1]]
        yield call_failure(conversation, *shown)
