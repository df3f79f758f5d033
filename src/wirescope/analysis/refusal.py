"""Words for a connection that did not come about: which step failed, why it usually does.

What the peer itself said (`WWW-Authenticate`, `Retry-After`, `Sec-WebSocket-Version`, `Location`)
goes first, then the hint of whoever tried, then what a status usually means.
"""

import re
from http import HTTPStatus

from wirescope.events import ConnectionFailed
from wirescope.wire.websocket import usual_advice

_BY_KIND = {
    "resolve": "Check the host name's spelling and this machine's name servers.",
    "refused": "Check the port, and that the server runs and listens on this address.",
    "unreachable": "Check the network, a VPN, and whether the host has an address of this family.",
    "timeout": "A firewall that drops packets looks like this; check the address and the port.",
    "reset": "Something accepts connections there and drops them: check port and scheme (ws, wss).",
    "tls": "Check that the port speaks TLS, and whether it asks for a client certificate.",
    "certificate": "Check the address, or name the authority that signed the certificate.",
    "proxy": "Check the proxy's address and credentials, and that it may reach this host and port.",
    "handshake": "What answers there is no WebSocket server, or one that breaks RFC 6455.",
    "redirects": "Connect to the address that the server names last.",
    "url": "Write the address as ws://HOST[:PORT]/PATH or wss://HOST[:PORT]/PATH.",
}


def explain_failure(
    failed: ConnectionFailed, *, request: str = "", response: str = ""
) -> tuple[str, str]:
    """Say what failed and what to do; `request` and `response` are the handshake's heads."""
    if failed.status is not None and failed.kind in ("status", "refused"):
        sentence = f"Refused: the server answered {status_name(failed.status)} instead of 101."
        return sentence, _advice_for_status(failed, request=request, response=response)
    sentence = failed.message or f"The connection failed in the step {failed.phase}."
    return sentence, failed.hint or _BY_KIND.get(failed.kind, "")


def status_name(status: int) -> str:
    """Write a status with its name, as `404 Not Found`.

    >>> status_name(404)
    '404 Not Found'
    >>> status_name(599)
    '599'
    """
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _advice_for_status(failed: ConnectionFailed, *, request: str, response: str) -> str:
    status = failed.status or 0
    asked, answered = _headers(request), _headers(response)
    body = (failed.body or b"").lower()
    specific = _specific(status, asked=asked, answered=answered, body=body)
    if status == HTTPStatus.BAD_REQUEST and b"https" in body:
        specific = failed.hint or "The port speaks TLS: use wss: instead of ws:."
    return specific or failed.hint or usual_advice(status)


def _specific(status: int, *, asked: dict[str, str], answered: dict[str, str], body: bytes) -> str:
    match status:
        case 301 | 302 | 303 | 307 | 308 if "location" in answered:
            return f"The endpoint is at {answered['location']}; connect there or follow redirects."
        case 401 if "www-authenticate" in answered:
            scheme = answered["www-authenticate"].split(" ", 1)[0]
            given = "Other" if "authorization" in asked else "Give"
            verb = "credentials are needed" if given == "Other" else "credentials"
            return f"{given} {verb}: the server asks for {scheme} authentication."
        case 403:
            return _forbidden(asked, body)
        case 426 if "sec-websocket-version" in answered:
            return f"The server speaks WebSocket version {answered['sec-websocket-version']}."
        case 429 | 503 if "retry-after" in answered:
            return f"Try again as the server says: Retry-After is {answered['retry-after']}."
    return ""


def _forbidden(asked: dict[str, str], body: bytes) -> str:
    """Choose between the names that a server may refuse, by what its answer is about."""
    origin, host = asked.get("origin"), asked.get("host", "")
    about_origin = re.search(rb"\borigin", body) is not None
    if not about_origin and re.search(rb"\bhost(name)?\b", body):
        return (
            f"Its answer speaks of the Host, here {host or 'none'}: connect by a name that the "
            "server answers to, or add this one to its list."
        )
    if origin is not None:
        return (
            f"{'Its answer speaks of' if about_origin else 'The usual reason is'} the Origin, here "
            f"{origin}: leave it out or add it to the server's list; otherwise a missing or "
            "expired token."
        )
    if about_origin:
        return "No Origin was sent, and its answer speaks of it: give that of a page it allows."
    return (
        "Usual reasons: a missing or expired token, a firewall's rule, or a server made for "
        "browsers. No Origin was sent; such a server may want its page's."
    )


def _headers(head: str) -> dict[str, str]:
    """Read a head's fields; names in lower case, of repeated ones the first."""
    fields: dict[str, str] = {}
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields
