"""What the status of a refused opening handshake usually means, and what to do about it.

The statuses are those of RFC 9110, RFC 6585 and of the gateways that people meet in front of
WebSocket servers. What the server itself said (its headers, its body) says more, and whoever has it
puts it before these words.
"""

_BY_STATUS = {
    200: "This address serves ordinary HTTP; check the path of the WebSocket endpoint.",
    400: "Usual reasons: a proxy that strips Upgrade, a parameter or subprotocol that is missing.",
    401: "It wants credentials, or a fresh token: -u user:password, --oauth2-bearer, or a cookie.",
    403: "Usual reasons: an Origin or a Host that it does not allow, a missing or expired token, a"
    " firewall's rule.",
    404: "Check the path; servers often serve WebSocket at /ws, /socket or /graphql.",
    405: "This path takes another HTTP method, so it is no WebSocket endpoint; check the path.",
    407: "The proxy wants credentials: --proxy http://user:password@host:port.",
    408: "The server waited too long for the request; try again.",
    410: "The endpoint is gone; look for its successor.",
    426: "The server wants another protocol or version here; its Upgrade header says which.",
    429: "Too many connections or requests; wait before the next attempt, or let --retry do it.",
    431: "The request's headers are too large; cookies are the usual reason.",
    500: "The server failed while it handled the request; its log has the cause.",
    501: "This server does not do WebSocket here.",
    502: "Start the server behind the gateway, or correct where the gateway looks for it; it has to"
    " be sent Upgrade, too.",
    503: "The server, or the one behind the gateway, is down or overloaded; try again later, or let"
    " --retry do it.",
    504: "See why the server behind the gateway does not answer in time: it hangs, or packets to it"
    " are dropped.",
    520: "The content network got an answer from the origin that it did not understand.",
    521: "The content network cannot reach the origin server.",
    522: "The content network's connection to the origin server timed out.",
    523: "The content network finds no route to the origin server.",
    524: "The content network waited in vain for the origin server.",
    525: "The TLS handshake between the content network and the origin server failed.",
    526: "The origin server's certificate is not valid for the content network.",
}
_REDIRECTED = "The endpoint is elsewhere; follow redirects (-L) or use the address that it names."
_UNKNOWN = "The body of its answer may say why."


def usual_advice(status: int) -> str:
    """Say in a sentence why a status is usually answered, or what to do then.

    >>> usual_advice(410)
    'The endpoint is gone; look for its successor.'
    >>> usual_advice(418)
    'The body of its answer may say why.'
    """
    usual = _REDIRECTED if 300 <= status < 400 else _UNKNOWN
    return _BY_STATUS.get(status, usual)
