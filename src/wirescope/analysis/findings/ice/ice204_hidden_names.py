"""All that the other side told are names that end in `.local`, and these led nowhere.

## What it sees

The candidates of the other side are names of mDNS alone, and no check to any of them was answered.

## Why it matters

Browsers hide host addresses from pages that may use neither camera nor microphone. The name is
resolved by multicast, within one network and only where multicast passes: not through a VPN, not
into a container, not in many company networks and WLANs that keep their guests apart.

## How to fix

Give the other side a STUN server, so that it tells an address that works from outside. On one
network, let multicast DNS (UDP port 5353) pass, or ask for the camera in the page, which lets it
tell its addresses. For tests in Chromium there is `--disable-features=WebRtcHideLocalIpsWithMdns`.

## References

draft-ietf-mmusic-mdns-ice-candidates, RFC 6762, RFC 8828 section 5.2.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import addresses, call_failure, seqs
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule(
    "ICE204",
    "The other side hides its addresses behind names",
    "error",
    Moment.FAILED,
    page=__doc__,
)
def hidden_names(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for names of mDNS alone on the other side."""
    report = pathless(conversation, Pathless.NAMES)
    if report is None:
        return
    theirs = report.of("remote")

    more = f"There is only {addresses(theirs, most=2)}, which is known in its own network at best."
    fix = "Give the other side a STUN server, or let multicast DNS pass between the two."
    yield call_failure(conversation, *seqs(theirs), more=more, fix=fix)
