"""Client and server have no TLS version or cipher in common.

## What it sees

The TLS handshake failed because the two ends found nothing that both of them speak: no version of
TLS, or no cipher.

## Why it matters

Old servers speak TLS 1.0 and 1.1 only, which RFC 8996 forbids and current clients have dropped. A
server that wants a client certificate sometimes says the same in place of asking for one.

## How to fix

Have the server speak TLS 1.2 or 1.3: `ssl_protocols TLSv1.2 TLSv1.3` in nginx, `ssl-min-ver
TLSv1.2` in HAProxy. With TLS 1.2, it also needs a cipher with forward secrecy that its
certificate's key fits. Try a client certificate (`--cert`, `--key`) where one may be wanted.

## References

RFC 8446 section 4.1.1 (negotiation), RFC 8996 (TLS 1.0 and 1.1 are over), curl's exit code 35.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS104", "No TLS version or cipher in common", "error", Moment.FAILED, page=__doc__)
def nothing_in_common(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a handshake that found nothing in common."""
    if failed_by(conversation, "tls-version", "tls-cipher"):
        yield failure_found(conversation)
