"""An extension was used that was not offered, or in a way that was not.

## What it sees

The 101 names an extension that the request did not offer, or permessage-deflate with parameters
that are unknown, repeated, out of range or not allowed here.

## Why it matters

An extension changes what the bytes of a frame mean. Where the ends disagree on it, nothing can be
read, so the client has to fail the connection.

## How to fix

Connect without compression: `--compression off`. If the server is your own, choose from what the
request offers: `server_max_window_bits` and `client_max_window_bits` take 8 to 15, and the latter
may be in the answer only if it was in the offer. A gateway that adds the header by itself does the
same.

## References

RFC 6455 section 9.1 (negotiation), RFC 7692 sections 5 and 7.1 (permessage-deflate).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS114", "An extension that was not offered like this", "error", Moment.FAILED, page=__doc__)
def bad_extension(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for an extension that the client cannot accept."""
    if failed_by(conversation, "extension"):
        yield failure_found(conversation)
