"""A TURN server could not be reached over TLS.

## What it sees

The engine tried to reach a `turns:` server and failed (error 701). It does not say why: the port
may be closed, it may not speak TLS, or the certificate may not be one that it accepts.

## Why it matters

An engine takes only certificates of authorities that it has built in, and for the very name in the
address. A private one, or one for another name, is refused at once, and there is no option to allow
it.

## How to fix

Ask the server: `wirescope doctor turns:HOST` says whether the port is closed, does not speak TLS,
or shows a certificate that is not accepted. Use a certificate of a public authority, whole with its
chain, and the name that it is for instead of an IP address. On a network of your own, `turn:` with
`?transport=tcp` does as well: what is relayed is encrypted end to end.

## References

RFC 7065 (turns), RFC 8656 section 3.1, RFC 9325.
"""

from collections.abc import Iterator

from wirescope.analysis.call import Call
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.asked import quoted, server_found, silent_found, unreached
from wirescope.analysis.findings.rule import AFTERWARDS, Found, call_rule

_FIX = (
    "Run `wirescope doctor` with its address: it says how far TLS comes, and shows the certificate."
)
_SOON_NS = 2_000_000_000


@call_rule("ICE111", "No TLS connection to a TURN server", "warning", *AFTERWARDS, page=__doc__)
def turns_not_reached(conversation: Conversation, call: Call) -> Iterator[Found]:
    """Look for servers that could not be reached over TLS."""
    for server, said in unreached(call, "tls"):
        cause = f"No TLS connection to {server.url} came about{quoted(said)}."
        if server.asked_ns is not None and said[0].at_ns - server.asked_ns < _SOON_NS:
            cause += " So soon, it is a closed port or a certificate that is not accepted."
        yield server_found(conversation, server, said, cause, _FIX)
    yield from silent_found(conversation, call, "tls", fix=_FIX)
