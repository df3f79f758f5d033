"""No path was found, and UDP does not seem to get out of this network.

## What it sees

No path was found, no STUN or TURN server that was asked over UDP has answered, and no check of the
other side came.

## Why it matters

Media take UDP. A network that lets only the web out, as those of some companies, hotels and clouds,
drops it without a word, so that neither servers nor peers are reached. That the servers are down is
the other reason, and the rarer one if there are several.

## How to fix

Name a TURN server over TCP or, better, over TLS on port 443, which looks like the web:
`turns:HOST:443?transport=tcp`. If it is your network, let UDP out to the ports of your servers. To
know which it is, ask the same servers from another network.

## References

RFC 8835 section 3.4 (middleboxes), RFC 8656 section 3.1, RFC 7065.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure, checks_words, fix_by_relay
from wirescope.analysis.findings.pathless import Pathless, pathless
from wirescope.analysis.findings.rule import Found, Moment, call_rule


@call_rule("ICE210", "UDP does not seem to get out of here", "error", Moment.FAILED, page=__doc__)
def udp_silent(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a failure where no server answered over UDP either."""
    report = pathless(conversation, Pathless.UDP_SILENT)
    if report is None:
        return
    asked = [each for each in report.servers if each.transport == "udp"]
    names = " and ".join(each.url for each in asked[:3])
    more = f"No answer came over UDP from {names} either, so UDP may not get out of this network."
    more = f"{checks_words(report)} {more}".strip()
    fix = "Name a TURN server over TLS on port 443, or let UDP out to the ports of the servers."
    shown = [each.named_seq or each.asked_seq for each in asked]
    yield call_failure(conversation, *shown, more=more, fix=fix_by_relay(report, fix))
