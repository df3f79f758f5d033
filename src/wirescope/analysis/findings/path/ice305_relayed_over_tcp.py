"""Data goes to a relay over TCP.

## What it sees

The selected pair leads through a TURN server of this end, which is reached over TCP or TLS.

## Why it matters

On TCP each lost packet holds up all that comes after it until it is sent again, so that loss
becomes delay: sound stutters, and unreliable channels are reliable without wanting to. It is the
last way out for networks without UDP.

## How to fix

Name the server over UDP, too, also on port 443, which some firewalls allow because of HTTP/3. Where
it is named so already, see why UDP to it does not work from here: a firewall that lets nothing but
the web out, or a server that listens on UDP only at another port.

## References

RFC 8656 section 3.1, RFC 8835 section 3.4, RFC 9221.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.rule import Found, Moment, call_rule
from wirescope.wire.turn import read_server


@call_rule("ICE305", "Relayed over TCP or TLS", "warning", Moment.CLOSED, Moment.END, page=__doc__)
def relayed_over_tcp(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for a relay that is reached over TCP."""
    report = call.paths.report()
    path = report.path
    if path is not None and path.local.startswith("relay ") and path.over in ("tcp", "tls"):
        server = path.server or "its server"
        cause = f"Data goes through {server} over {path.over.upper()}; loss there becomes delay."
        fix = "Name the server over UDP as well; TCP and TLS are for networks without it."
        if any(each.transport == "udp" and _relays(each.url) for each in report.servers):
            fix = "See why UDP to the server, which was named over it as well, does not work here."
        relays = [each.seq for each in report.of("local", "relay") if each.words == path.local]
        yield Found(cause, fix, tuple(sorted({path.seq, *relays})))


def _relays(url: str) -> bool:
    server = read_server(url)
    return server is not None and server.is_relay
