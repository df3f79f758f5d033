"""The proxy did not lead to the server.

## What it sees

The attempt ended at the proxy: it could not be reached, it is no proxy of the kind that was named,
it refused to connect to this host and port, or it could not.

## Why it matters

The server was not asked at all. Proxies often allow port 443 only, so `ws:` fails where `wss:`
works.

## How to fix

Read what the proxy said. With 403 or "not allowed", its owner has to allow the host and port. With
502, 503 or 504, or "host unreachable", it is the proxy that cannot reach the server: names are
resolved there with `socks5h:` and HTTP proxies, and here with `socks5:`. If it did not answer in
HTTP or SOCKS, check its port and kind: `http://HOST:PORT` or `socks5h://HOST:PORT`. To connect
without it, unset `HTTPS_PROXY` and `ALL_PROXY` or list the host in `NO_PROXY`.

## References

RFC 9110 section 9.3.6 (CONNECT), RFC 1928 (SOCKS5), curl's exit codes 5, 7 and 97.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event

_KINDS = ("proxy", "resolve", "refused", "unreachable", "timeout", "reset")


@rule("NET105", "The proxy did not lead to the server", "error", Moment.FAILED, page=__doc__)
def proxy_failed(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a failure at the proxy or on the way to it."""
    if failed_by(conversation, *_KINDS, phases=("proxy",)):
        yield failure_found(conversation)
