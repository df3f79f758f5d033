"""A page of any other site can open this connection: the Origin is not checked.

## What it sees

An opening handshake with the Origin of a site that has nothing to do with the server was answered
with 101, as one with the server's own would be.

## Why it matters

A browser lets every page open a WebSocket to every server, sends the cookies of that server along,
and says in the Origin header which page it was; the same-origin policy does not stop it. A server
that signs its users in with cookies, or with the network that they are in, must therefore refuse
foreign Origins itself. Otherwise whoever lures a user onto a page reads and writes in that user's
name: cross-site WebSocket hijacking. Where each client proves who it is by a token in a message or
a header, nothing is lost by the check either.

## How to fix

Compare the Origin with a list of your own pages' and answer 403 to all others: `origins=` in
`websockets`, `verifyClient` in `ws`, `CheckOrigin` in gorilla, `allowedOrigins` elsewhere. Let
requests without an Origin through if programs connect as well: browsers never leave it out.

## References

RFC 6455 sections 4.2.2 and 10.2 (Origin considerations).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS801", "The Origin is not checked", "warning", page=__doc__)
def origin_unchecked(examination: Examination) -> Iterator[Found]:
    """Look for a foreign Origin that was accepted; it is an error where cookies count."""
    for seen in examination.origins:
        if seen.kind == "foreign" and seen.accepted:
            harm = "any web page can open this connection in its visitor's name"
            yield Found(
                f"The server takes the Origin {seen.origin}, so {harm}.",
                "Answer 403 to every Origin that is not one of your own pages'.",
                (seen.evidence,),
                severity="error" if examination.credentials else None,
            )
