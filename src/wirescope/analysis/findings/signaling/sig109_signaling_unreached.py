"""No connection to the server of the signaling came about.

## What it sees

The name did not resolve, the port refused, TLS failed, nobody answered, or what answered was not
the signaling, before any description was exchanged.

## Why it matters

This is the way to a web server and has nothing to do with WebRTC, so all that holds for other
requests holds here.

## How to fix

Open the same address with `curl -v`, from the same machine. Certificates of a private authority
have to be given with `--cacert`. See that the scheme fits the port: `http` and `ws` for plain,
`https` and `wss` for TLS.

## References

RFC 9725 section 4, RFC 6455 section 4.1.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.calls import call_failure
from wirescope.analysis.findings.endpoints import last_exchange, refused_by_endpoint
from wirescope.analysis.findings.rule import Found, Moment, call_rule

WAY = frozenset(("dns", "tcp", "proxy", "tls", "upgrade"))
"""Steps of the way to a server; those of a connection of WebRTC have other names."""

KINDS = frozenset(
    (
        *("resolve", "refused", "unreachable", "proxy", "proxy-authentication", "not-http"),
        *("tls", "not-tls", "tls-version", "tls-cipher", "tls-name", "tls-expected"),
        *("certificate", "certificate-expired", "certificate-early", "certificate-name"),
        *("certificate-self-signed", "certificate-untrusted", "client-certificate"),
        *("redirects", "handshake", "subprotocol"),
    )
)


def _is_http_timeout(conversation: Conversation) -> bool:
    failed = conversation.failed
    is_timeout = failed is not None and failed.kind == "timeout" and failed.phase == "signaling"
    return is_timeout and conversation.url.startswith(("whip", "whep"))


@call_rule(
    "SIG109", "The server of the signaling was not reached", "error", Moment.FAILED, page=__doc__
)
def signaling_unreached(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for signaling that could not be reached."""
    failed = conversation.failed
    if failed is None or call.agreement.described or refused_by_endpoint(conversation):
        return
    if failed.phase in WAY or failed.kind in KINDS or _is_http_timeout(conversation):
        yield call_failure(conversation, *last_exchange(call))
