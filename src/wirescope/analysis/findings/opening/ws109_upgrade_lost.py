"""A gateway dropped the request for an upgrade.

## What it sees

The request left here with `Upgrade: websocket` and `Connection: Upgrade`, and the answer, 426 or
400, says that they are missing. So something in between removed them.

## Why it matters

Both are hop-by-hop: a gateway removes them unless it is told to pass them on. It is the most
frequent mistake in the configuration of gateways, and it looks as if the server were broken.

## How to fix

In nginx: `proxy_http_version 1.1;`, `proxy_set_header Upgrade $http_upgrade;` and `proxy_set_header
Connection "upgrade";`. In Apache: `mod_proxy_wstunnel`, or `upgrade=websocket` at `ProxyPass`.
HAProxy, Caddy, Traefik and Envoy do it by themselves or with a switch. Content delivery networks
have to be told to let WebSocket through. If the finding says that the request had no such headers,
a header was overridden here.

## References

RFC 6455 section 4.2.1 (what a request needs), RFC 9110 sections 7.6.1 and 7.8 (hop-by-hop,
Upgrade).
"""

from collections.abc import Iterator

from wirescope.analysis.answer import Refusal
from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failure_found, refused_for
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS109", "The request for an upgrade was lost", "error", Moment.FAILED, page=__doc__)
def upgrade_lost(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a server that misses Upgrade."""
    if refused_for(conversation, Refusal.UPGRADE_LOST):
        yield failure_found(conversation)
