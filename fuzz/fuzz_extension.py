"""The header of extensions, and the negotiation of permessage-deflate on either side."""

import contextlib

from wirescope.errors import HandshakeError, UsageError
from wirescope.wire.websocket import (
    EXTENSION_NAME,
    DeflateError,
    DeflateOffer,
    DeflateParameters,
    negotiate,
    parse_extensions,
)

SEEDS = [
    b"permessage-deflate",
    b"permessage-deflate; client_max_window_bits; server_max_window_bits=10",
    b"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    b'permessage-deflate; client_max_window_bits="12", x-webkit-deflate-frame',
    b"server_max_window_bits=9,client_max_window_bits",
]


def check(data: bytes) -> None:
    """What is agreed on is legal, and what the server writes down is read back as the same."""
    text = data.decode("latin-1")
    with contextlib.suppress(UsageError, DeflateError):
        DeflateOffer.parse(text).accept(())
    try:
        extensions = parse_extensions([text])
    except HandshakeError:
        return
    for extension in extensions:
        if extension.name != EXTENSION_NAME:
            continue
        try:
            agreed = negotiate(extension.parameters, own=DeflateParameters())
        except DeflateError:
            continue
        assert 8 <= agreed.server_max_window_bits <= 15
        assert 8 <= agreed.client_max_window_bits <= 15
        (answer,) = parse_extensions([agreed.header(offer=extension.parameters)])
        assert DeflateOffer().accept(answer.parameters) == agreed
