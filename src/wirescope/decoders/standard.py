"""The decoders that Wirescope brings along, in one registry."""

from wirescope.decoders.actioncable import ActionCableDecoder
from wirescope.decoders.bson import BsonDecoder
from wirescope.decoders.cbor import CborDecoder
from wirescope.decoders.graphql import GRAPHQL_TRANSPORT_WS, GRAPHQL_WS
from wirescope.decoders.json import JSON
from wirescope.decoders.jsonrpc import JsonRpcDecoder
from wirescope.decoders.messagepack import MessagePackDecoder
from wirescope.decoders.mqtt import MqttDecoder
from wirescope.decoders.payload import Decoder
from wirescope.decoders.phoenix import PhoenixDecoder
from wirescope.decoders.plain import HEX, TEXT
from wirescope.decoders.protobuf import RawProtobufDecoder
from wirescope.decoders.registry import Registry
from wirescope.decoders.signalr import SignalRDecoder
from wirescope.decoders.socketio import SocketIODecoder
from wirescope.decoders.stomp import StompDecoder
from wirescope.decoders.wamp import WampDecoder


def standard_decoders() -> Registry:
    """Make a registry of all of Wirescope's own decoders."""
    registry = Registry()
    own: tuple[Decoder, ...] = (
        TEXT,
        HEX,
        JSON,
        MessagePackDecoder(),
        CborDecoder(),
        BsonDecoder(),
        RawProtobufDecoder(),
        JsonRpcDecoder(),
        GRAPHQL_TRANSPORT_WS,
        GRAPHQL_WS,
        SocketIODecoder(),
        StompDecoder(),
        MqttDecoder(),
        SignalRDecoder(),
        PhoenixDecoder(),
        WampDecoder(),
        ActionCableDecoder(),
    )
    for decoder in own:
        registry.register(decoder)
    return registry
