"""Words for a connection that did not come about: which step failed, why it usually does.

What the peer itself said (`WWW-Authenticate`, `Retry-After`, `Sec-WebSocket-Version`, `Location`)
goes first, then the hint of whoever tried, then what a status usually means.
"""

import re
from http import HTTPStatus

from wirescope.analysis.answer import Answer, Refusal, read_answer
from wirescope.events import ConnectionFailed
from wirescope.wire.websocket import usual_advice

_BY_KIND = {
    "resolve": "Check the host name's spelling and this machine's name servers.",
    "refused": "Check the port, and that the server runs and listens on this address.",
    "unreachable": "Check the network, a VPN, and whether the host has an address of this family.",
    "timeout": "A firewall that drops packets looks like this; check the address and the port.",
    "reset": "Something accepts connections there and drops them: check port and scheme (ws, wss).",
    "tls": "Check that the port speaks TLS, and whether it asks for a client certificate.",
    "not-tls": "Use ws: instead of wss:, or the port that speaks TLS.",
    "client-certificate": "Give a certificate that the server trusts: --cert and --key.",
    "certificate": "Check the address, or name the authority that signed the certificate.",
    "proxy": "Check the proxy's address and credentials, and that it may reach this host and port.",
    "handshake": "What answers there is no WebSocket server, or one that breaks RFC 6455.",
    "not-http": "What answers there is no WebSocket server; check the address and the port.",
    "tls-expected": "The port speaks TLS: use wss: instead of ws:.",
    "http2": "WebSocket here needs HTTP/1.1; have the server or its gateway speak it on this port.",
    "accept": "Ask the server for a fresh answer: a cache, or a server that computes it wrongly.",
    "subprotocol": "Offer the subprotocol that the server speaks, or have it choose one of yours.",
    "extension": "Connect without compression, and have the server choose only what was offered.",
    "redirected": "Connect to that address at once, which saves a round trip.",
    "challenged": "Nothing; the challenge was answered.",
    "redirects": "Connect to the address that the server names last.",
    "url": "Write the address as ws://HOST[:PORT]/PATH or wss://HOST[:PORT]/PATH.",
}


def explain_failure(
    failed: ConnectionFailed, *, request: str = "", response: str = ""
) -> tuple[str, str]:
    """Say what failed and what to do; `request` and `response` are the handshake's heads."""
    answer = read_answer(failed.status or 0, request=request, response=response, body=failed.body)
    if failed.kind in ("redirected", "challenged"):
        return _led_on(failed, answer), _BY_KIND[failed.kind]
    if failed.status is not None and failed.kind in ("status", "refused"):
        sentence = f"Refused: the server answered {status_name(failed.status)} instead of 101."
        return sentence, _advice_for_status(failed, answer)
    sentence = failed.message or f"The connection failed in the step {failed.phase}."
    usual = _BY_KIND.get(failed.kind) or _BY_KIND.get(failed.kind.partition("-")[0], "")
    return sentence, failed.hint or usual


def _led_on(failed: ConnectionFailed, answer: Answer) -> str:
    name = status_name(answer.status)
    if failed.kind == "challenged":
        scheme = answer.answered.get("www-authenticate", "").split(" ", 1)[0]
        return f"The server answered {name} and asked for {scheme or 'other'} authentication."
    return f"The server answered {name}: the endpoint is at {answer.answered.get('location', '-')}."


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


def _advice_for_status(failed: ConnectionFailed, answer: Answer) -> str:
    specific = _specific(answer)
    if answer.refusal is Refusal.TLS_EXPECTED:
        specific = failed.hint or _BY_KIND["tls-expected"]
    return specific or failed.hint or usual_advice(answer.status)


def _specific(answer: Answer) -> str:
    """Say what to do where the answer itself tells more than its status."""
    answered = answer.answered
    match answer.refusal:
        case Refusal.CLIENT_CERTIFICATE:
            return _BY_KIND["client-certificate"]
        case Refusal.REDIRECT if "location" in answered:
            return f"The endpoint is at {answered['location']}; connect there or follow redirects."
        case Refusal.NOT_FOUND if answer.status == HTTPStatus.NOT_FOUND and answer.target:
            return (
                f"Check the path, here {answer.target}, and whether a gateway changes it; servers"
                " often serve WebSocket at /ws, /socket or /graphql."
            )
        case Refusal.CREDENTIALS if "www-authenticate" in answered:
            return _credentials(answer)
        case Refusal.FORBIDDEN:
            return _forbidden(answer)
        case Refusal.VERSION:
            versions = answered.get("sec-websocket-version", "another")
            wanted = "it has to learn 13, that of RFC 6455"
            if "13" in versions:
                wanted = "leave the header Sec-WebSocket-Version as it is, which is 13"
            return f"The server speaks WebSocket version {versions}; {wanted}."
        case Refusal.UPGRADE_LOST:
            return _upgrade_lost(answer)
        case Refusal.TOO_MANY | Refusal.UNAVAILABLE if "retry-after" in answered:
            return f"Try again as the server says: Retry-After is {answered['retry-after']}."
    return ""


def _credentials(answer: Answer) -> str:
    scheme = answer.answered["www-authenticate"].split(" ", 1)[0]
    given = "authorization" in answer.asked
    which = "Other credentials are needed" if given else "Give credentials"
    return f"{which}: the server asks for {scheme} authentication."


def _forbidden(answer: Answer) -> str:
    """Choose between the names that a server may refuse, by what its answer is about."""
    origin, host = answer.asked.get("origin"), answer.asked.get("host", "")
    about_origin = re.search(rb"\borigin", answer.body, re.IGNORECASE) is not None
    if not about_origin and re.search(rb"\bhost(name)?\b", answer.body, re.IGNORECASE):
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


def _upgrade_lost(answer: Answer) -> str:
    if not answer.upgrade_was_asked:
        return "The request had no Upgrade and Connection headers; leave those of WebSocket in it."
    return (
        "The request asked for an upgrade, so something in between dropped that: every gateway has"
        " to pass Upgrade on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade"
        ' $http_upgrade; proxy_set_header Connection "upgrade").'
    )
