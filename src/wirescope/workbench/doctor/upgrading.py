"""The opening handshake of the connection that a user would make."""

import re
from typing import Any

from wirescope.capture import redact
from wirescope.errors import HandshakeError, UpgradeRefusedError, WirescopeError
from wirescope.events import WebSocketHandshake
from wirescope.workbench.doctor.bench import Attempt, Bench
from wirescope.workbench.doctor.model import Outcome

_BETWEEN = {
    "via": "Via",
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "CloudFront",
    "x-amzn-trace-id": "an AWS load balancer",
    "x-served-by": "Fastly or Varnish",
    "x-envoy-upstream-service-time": "Envoy",
    "fly-request-id": "Fly",
    "x-vercel-id": "Vercel",
    "x-azure-ref": "Azure Front Door",
}
_GATEWAYS = re.compile(
    r"(?i)\b(nginx|openresty|haproxy|envoy|cloudflare|traefik|caddy|varnish|akamai\w*|awselb|apache)"
)


async def upgrading(bench: Bench) -> Outcome:
    """Connect; the connection stays open on the bench.

    Raises:
        WirescopeError: it came to nothing; the bench has judged why.
    """
    attempt = bench.attempt(judged=True)
    bench.main_attempt = attempt
    bench.main = await bench.connect(attempt)
    return Outcome(_words(bench), head_facts(attempt), attempt.phase_ms("upgrade"))


def refused(bench: Bench, error: WirescopeError) -> Outcome:
    """Tell of an opening handshake that came to nothing."""
    attempt = bench.main_attempt or bench.attempt()
    facts = head_facts(attempt)
    if isinstance(error, UpgradeRefusedError) and error.body:
        facts["body"] = error.body[:500].decode("utf-8", "replace")
    clause = f" ({error.clause})" if isinstance(error, HandshakeError) else ""
    words = error.message.rstrip(".") + clause
    return Outcome(words, facts, attempt.phase_ms("upgrade"), ok=False)


def head_facts(attempt: Attempt) -> dict[str, Any]:
    """Say what the heads say, without secrets."""
    handshake = attempt.conversation.handshake
    if handshake is None:
        return {"status": 0}
    shown = redact(handshake)
    assert isinstance(shown, WebSocketHandshake)
    asked, answered = _fields(shown.request), _fields(shown.response)
    return {
        "status": shown.status,
        "http_version": shown.response[5:8] if shown.response.startswith("HTTP/") else "",
        "subprotocols_offered": _listed(asked.get("sec-websocket-protocol", "")),
        "subprotocol": shown.subprotocol,
        "extensions_offered": _listed(asked.get("sec-websocket-extensions", "")),
        "extensions": list(shown.extensions),
        "server": answered.get("server", ""),
        "via": answered.get("via", ""),
        "proxy": gateway(answered),
        "redirects": _redirects(attempt),
        "headers": [line for line in shown.response.split("\r\n")[1:] if line],
    }


def gateway(answered: dict[str, str]) -> str:
    """Name what stands in between, if its headers say so; empty if they do not.

    >>> gateway({"server": "nginx/1.22.1"}), gateway({"server": "Python/3.11 websockets/15"})
    ('nginx/1.22.1', '')
    """
    for name, words in _BETWEEN.items():
        if name in answered:
            return f"{words}: {answered[name]}" if name == "via" else words
    server = answered.get("server", "")
    return server if _GATEWAYS.search(server) else ""


def _redirects(attempt: Attempt) -> int:
    connections = {event.connection for event in attempt.events}
    return max(0, len(connections) - 1)


def _fields(head: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            known = fields.get(name.strip().lower())
            fields[name.strip().lower()] = f"{known}, {value.strip()}" if known else value.strip()
    return fields


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _words(bench: Bench) -> str:
    connection, attempt = bench.main, bench.main_attempt
    assert connection is not None
    assert attempt is not None
    facts = head_facts(attempt)
    words = "101 Switching Protocols"
    if connection.subprotocol:
        words += f", subprotocol {connection.subprotocol}"
    elif bench.options.subprotocols:
        words += ", no subprotocol agreed on"
    if facts["proxy"]:
        words += f", by way of {facts['proxy']}"
    elif facts["server"]:
        words += f", server {facts['server']}"
    if facts["redirects"]:
        words += f", after a redirect to {connection.url}"
    return words
