"""The TLS handshake failed.

## What it sees

The two ends began to speak TLS and did not come to terms: the server closed the connection, did not
serve the name that it was asked for, or sent an alert that says no more than that something failed.

## Why it matters

Whatever ends TLS chooses its configuration by the name that is asked for. A name that it does not
know, or none because the address is a number, leads to such an end; so does a port that speaks
something else and hangs up.

## How to fix

Check that the port speaks TLS at all: try `ws:`. Ask for the name that the server knows:
`--server-name NAME`. The log of whatever ends TLS usually has the reason; `openssl s_client
-connect HOST:PORT -servername NAME` shows the alerts.

## References

RFC 8446 section 6.2 (alerts), RFC 6066 section 3 (server name indication), curl's exit code 35.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS110", "The TLS handshake failed", "error", Moment.FAILED, page=__doc__)
def handshake_failed(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for any other end of a TLS handshake."""
    if failed_by(conversation, "tls", "tls-name"):
        yield failure_found(conversation)
