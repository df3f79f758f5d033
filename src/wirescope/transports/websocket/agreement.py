"""What a server agrees to of what a client offers: a subprotocol, and permessage-deflate.

RFC 6455 section 4.2.2 and RFC 7692 section 5. The client's side of it is in `establishing`.
"""

from wirescope.errors import HandshakeError
from wirescope.wire.websocket import (
    EXTENSION_NAME,
    DeflateError,
    DeflateParameters,
    RequestHead,
    negotiate,
    parse_extensions,
    parse_subprotocols,
)


def choose_subprotocol(head: RequestHead, spoken: tuple[str, ...]) -> str:
    """Choose the first subprotocol of the server's that the client offers (section 4.2.2)."""
    offered = parse_subprotocols(head.get_all("Sec-WebSocket-Protocol"))
    return next((name for name in spoken if name in offered), "")


def agree_on_compression(
    head: RequestHead, own: DeflateParameters | None
) -> tuple[DeflateParameters | None, str]:
    """Accept the first offer of permessage-deflate that can be met (RFC 7692 section 5).

    Returns what was agreed on and the header's value that says so; None and "" without one.
    """
    if own is None:
        return None, ""
    try:
        offers = parse_extensions(head.get_all("Sec-WebSocket-Extensions"))
    except HandshakeError:
        return None, ""
    for offer in offers:
        if offer.name != EXTENSION_NAME:
            continue
        try:
            agreed = negotiate(offer.parameters, own=own)
        except DeflateError:
            continue
        return agreed, agreed.header(offer=offer.parameters)
    return None, ""
