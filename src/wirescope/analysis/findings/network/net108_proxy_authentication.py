"""The proxy wants credentials.

## What it sees

An HTTP proxy answered the request for a tunnel with 407, or a SOCKS5 proxy did not accept what this
end can authenticate with.

## Why it matters

The server was not asked at all, so credentials for the server do not help.

## How to fix

Put the proxy's own user and password into its address: `--proxy http://user:password@HOST:PORT`, or
the same in `HTTPS_PROXY`. Characters such as `@` and `:` in them are written as `%40` and `%3A`.

## References

RFC 9110 section 15.5.8 (407), RFC 1929 (user and password in SOCKS5), curl's exit code 97.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("NET108", "The proxy wants credentials", "error", Moment.FAILED, page=__doc__)
def proxy_authentication(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a proxy that does not know who is there."""
    if failed_by(conversation, "proxy-authentication"):
        yield failure_found(conversation)
