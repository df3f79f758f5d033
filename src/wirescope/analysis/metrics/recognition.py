"""Which protocol the messages of a connection speak, by its subprotocol or by what comes first.

Something is recognised by what only that protocol writes; where nothing fits, a correlation key is
inferred from many messages, or the connection is left alone.
"""

import re
from collections.abc import Sequence

from wirescope.analysis.metrics import extractors
from wirescope.analysis.metrics.inference import infer
from wirescope.analysis.metrics.matching import Recognised, Role
from wirescope.events import WebSocketMessage

JSON_RPC = Recognised("json-rpc", extractors.json_rpc)
GRAPHQL = Recognised("graphql", extractors.graphql)
SOCKET_IO = Recognised("socket.io", extractors.socket_io)
STOMP = Recognised("stomp", extractors.stomp)
SIGNALR = Recognised("signalr", extractors.signalr)
PHOENIX = Recognised("phoenix", extractors.phoenix)
WAMP = Recognised("wamp", extractors.wamp)

_BY_SUBPROTOCOL = {
    "graphql-transport-ws": GRAPHQL,
    "graphql-ws": GRAPHQL,
    "v10.stomp": STOMP,
    "v11.stomp": STOMP,
    "v12.stomp": STOMP,
    "stomp": STOMP,
    "wamp.2.json": WAMP,
    "jsonrpc": JSON_RPC,
    "json-rpc": JSON_RPC,
    "jsonrpc2.0": JSON_RPC,
    "phoenix": PHOENIX,
}

_SIGNS = (
    (STOMP, re.compile(rb"(?:CONNECT|STOMP|CONNECTED)\r?\n[a-z-]+:")),
    (SOCKET_IO, re.compile(rb'0\{"sid":|4[0-6](?:/[^,]*,)?(?:\d+)?[\[{]')),
    (SIGNALR, re.compile(rb'\{[^\x1e]*("protocol"\s*:\s*"|"type"\s*:\s*[1-7]\b)[^\x1e]*\}\x1e')),
    (WAMP, re.compile(rb'\[\s*1\s*,\s*"[^"]*"\s*,\s*\{')),
    (PHOENIX, re.compile(rb'\[(?:null|"\d+"),(?:null|"\d+"),"[^"]*","phx_')),
    (
        PHOENIX,
        re.compile(rb'\{(?=[^\x00]*"topic"\s*:)(?=[^\x00]*"event"\s*:\s*"(?:phx_|heartbeat))'),
    ),
    (GRAPHQL, re.compile(rb'\{[^\x00]{0,200}?"type"\s*:\s*"connection_init"')),
    (JSON_RPC, re.compile(rb'\[?\s*\{[^\x00]*?"jsonrpc"\s*:\s*"2')),
)
_LOOKED_AT = 4096  # bytes of a message in which its protocol has to show


def by_subprotocol(name: str) -> Recognised | None:
    """Return what a subprotocol says; None for one that is not known, or none."""
    return _BY_SUBPROTOCOL.get(name.lower())


def by_content(message: WebSocketMessage) -> Recognised | None:
    """Return the protocol that shows in a message; None if none does."""
    beginning = message.payload[:_LOOKED_AT]
    for recognised, sign in _SIGNS:
        if sign.match(beginning):
            return recognised
    return None


def by_calls(messages: Sequence[WebSocketMessage]) -> Recognised | None:
    """Return what many messages say together: calls without a version, or an inferred key."""
    marks = [(message.direction, mark) for message in messages for mark in _marks(message)]
    asked = {(direction, key) for direction, (role, key) in marks if role is Role.REQUEST}
    answers = [
        key
        for direction, (role, key) in marks
        if role is Role.RESPONSE and (_OTHER[direction], key) in asked
    ]
    if len(answers) >= 2:
        return Recognised("json-rpc", extractors.json_rpc, inferred=True, field="id")
    return infer(messages)


_OTHER = {"sent": "received", "received": "sent"}
_marks = extractors.json_rpc
