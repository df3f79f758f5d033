"""The decoders that Wirescope brings along, in one registry."""

from wirescope.decoders.graphql import GRAPHQL_TRANSPORT_WS, GRAPHQL_WS
from wirescope.decoders.json import JSON
from wirescope.decoders.jsonrpc import JsonRpcDecoder
from wirescope.decoders.messagepack import MessagePackDecoder
from wirescope.decoders.payload import Decoder
from wirescope.decoders.plain import HEX, TEXT
from wirescope.decoders.registry import Registry
from wirescope.decoders.socketio import SocketIODecoder


def standard_decoders() -> Registry:
    """Make a registry of all of Wirescope's own decoders."""
    registry = Registry()
    own: tuple[Decoder, ...] = (
        TEXT,
        HEX,
        JSON,
        MessagePackDecoder(),
        JsonRpcDecoder(),
        GRAPHQL_TRANSPORT_WS,
        GRAPHQL_WS,
        SocketIODecoder(),
    )
    for decoder in own:
        registry.register(decoder)
    return registry
