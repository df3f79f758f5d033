"""Messages that Wirescope composes, sent to the servers of others, and what has to come back."""

import asyncio
from dataclasses import dataclass
from typing import Any

import wirescope
from tests.interop.conversations import Project
from tests.interop.fields import messages_of
from wirescope.decoders import Composer, ConnectionDecoder, Decoded, Payload, standard_decoders

_WAIT_S = 5


@dataclass(frozen=True)
class Step:
    """A value to compose and send, and what has to come back before the next one.

    Attributes:
        value: as a decoder shows it; None sends nothing.
        answer: fields of the answer's value, or of the `Decoded` itself where the name says so.
    """

    value: Any
    answer: dict[str, Any]


def _graphql(start: str, data: str) -> tuple[Step, ...]:
    query = {"query": "query Hello { hello }"}
    return (
        Step({"type": "connection_init", "payload": {}}, {"type": "connection_ack"}),
        Step({"id": "7", "type": start, "payload": query},
             {"id": "7", "type": data, "payload": {"data": {"hello": "wörld"}}}),
    )  # fmt: skip


def _signalr(**form: str) -> tuple[Step, ...]:
    protocol = form.get("encoding", "json")
    call = {"type": 1, "invocationId": "7", "target": "Add", "arguments": [1, 2], **form}
    return (
        Step({"protocol": protocol, "version": 1}, {"@name": "handshake"}),
        Step(call, {"type": 3, "invocationId": "7", "result": 3}),
        Step({"type": 6, **form}, {"type": 6}),
    )


def _phoenix(**form: int) -> tuple[Step, ...]:
    base = {"topic": "room:lobby", "join_ref": "1", **form}
    join = {**base, "event": "phx_join", "ref": "1", "payload": {}}
    push = {**base, "event": "new_msg", "ref": "2", "payload": {"body": "hi"}}
    heartbeat = {**form, "topic": "phoenix", "event": "heartbeat", "ref": "3", "payload": {}}
    reply = {"event": "phx_reply"}
    return (
        Step(join, {**reply, "ref": "1"}),
        Step(push, {**reply, "ref": "2", "payload": {"status": "ok", "response": {"body": "hi"}}}),
        Step(heartbeat, {**reply, "ref": "3", "@role": "heartbeat"}),
    )


def _wamp(**form: str) -> tuple[Step, ...]:
    roles: dict[str, Any] = {"roles": {"publisher": {}, "subscriber": {}, "caller": {}}}
    hello = {"message": "HELLO", "realm": "realm1", "details": roles, **form}
    subscribe = {"message": "SUBSCRIBE", "request": 1, "topic": "com.a", **form}
    publish = {
        "message": "PUBLISH", "request": 2, "topic": "com.a", "arguments": ["ü", 1], **form,
        "options": {"acknowledge": True, "exclude_me": False},
    }  # fmt: skip
    call = {"message": "CALL", "request": 3, "procedure": "com.missing", **form}
    return (
        Step(hello, {"message": "WELCOME"}),
        Step(subscribe, {"message": "SUBSCRIBED", "request": 1}),
        Step(publish, {"message": "EVENT", "arguments": ["ü", 1]}),
        Step(call, {"message": "ERROR", "request": 3, "error": "wamp.error.no_such_procedure"}),
    )


def _mqtt(version: int) -> tuple[Step, ...]:
    clean = {"clean_start" if version == 5 else "clean_session": True}
    connect = {"packet": "CONNECT", "client_id": "composed", **clean}
    subscribe = {
        "packet": "SUBSCRIBE",
        "packet_id": 1,
        "subscriptions": [{"topic": "c/#", "qos": 2}],
    }
    publish = {"packet": "PUBLISH", "packet_id": 2, "topic": "c/d", "qos": 1, "payload": "ü"}
    properties = {"properties": {"user_property": [["k", "v"]]}} if version == 5 else {}
    steps = (
        Step(connect, {"packet": "CONNACK", "reason_code": 0}),
        Step(subscribe, {"packet": "SUBACK", "packet_id": 1, "reason_codes": [2]}),
        Step({**publish, **properties}, {"packet": "PUBLISH", "topic": "c/d", "payload": "ü",
                                         **properties}),
        Step({"packet": "UNSUBSCRIBE", "packet_id": 3, "topics": ["c/#"]},
             {"packet": "UNSUBACK", "packet_id": 3}),
        Step({"packet": "PINGREQ"}, {"packet": "PINGRESP"}),
    )  # fmt: skip
    return tuple(Step({"version": version, **step.value}, step.answer) for step in steps)


_EVENT = {"type": "EVENT", "namespace": "/"}
_ADMIN = {"namespace": "/admin"}
_CHAT = {"channel": "ChatChannel"}

STEPS: dict[str, tuple[Step, ...]] = {
    "Socket.IO 5, Engine.IO 4": (
        Step(None, {"engine": "open"}),
        Step({"type": "CONNECT", "namespace": "/"}, {"type": "CONNECT"}),
        Step({**_EVENT, "id": 7, "data": ["add", 1, 2]}, {"type": "ACK", "id": 7, "data": [3]}),
        Step({"type": "CONNECT", **_ADMIN, "data": {"token": "t"}}, {"type": "CONNECT", **_ADMIN}),
        Step({"type": "EVENT", **_ADMIN, "id": 8, "data": ["upload", b"\x01", {"x": b"\xff"}]},
             {"type": "BINARY_ACK", "id": 8, "data": [b"\x01\x01", {"x": b"\xff"}]}),
    ),
    "Socket.IO 4, Engine.IO 3": (
        Step(None, {"type": "CONNECT"}),
        Step({**_EVENT, "id": 7, "data": ["add", 1, 2]}, {"type": "ACK", "id": 7, "data": [3]}),
        Step({**_EVENT, "id": 8, "data": ["upload", b"\x01"], "version": 3},
             {"type": "BINARY_ACK", "id": 8, "data": [b"\x01", "kept"]}),
        Step({"engine": "ping"}, {"engine": "pong"}),
    ),
    "GraphQL, graphql-ws": (
        *_graphql("subscribe", "next"),
        Step({"type": "ping"}, {"type": "pong"}),
    ),
    "GraphQL, subscriptions-transport-ws": _graphql("start", "data"),
    "STOMP, RabbitMQ": (
        Step({"command": "CONNECT", "headers": {"accept-version": "1.2", "host": "/",
                                                "login": "guest", "passcode": "guest"}},
             {"command": "CONNECTED"}),
        Step({"command": "SUBSCRIBE", "headers": {"id": "0", "destination": "/topic/c:d",
                                                  "receipt": "r1"}},
             {"command": "RECEIPT", "headers": {"receipt-id": "r1"}}),
        Step({"command": "SEND", "headers": {"destination": "/topic/c:d", "odd": "a:b\nc"},
              "body": b"\x00\xff"},
             {"command": "MESSAGE", "body": b"\x00\xff"}),
        Step({"command": "UNSUBSCRIBE", "headers": {"id": "0", "receipt": "r2"}},
             {"command": "RECEIPT", "headers": {"receipt-id": "r2"}}),
    ),
    "MQTT 3.1.1, Mosquitto": _mqtt(4),
    "MQTT 5, Mosquitto": _mqtt(5),
    "SignalR, JSON": _signalr(),
    "SignalR, MessagePack": _signalr(encoding="messagepack"),
    "Phoenix, serialiser 2": (
        *_phoenix(),
        Step({"topic": "room:lobby", "join_ref": "1", "ref": "4", "event": "upload",
              "payload": b"\x00\xff"},
             {"event": "phx_reply", "ref": "4",
              "payload": {"status": "ok", "response": b"\x00\xff"}}),
    ),
    "Phoenix, serialiser 1": _phoenix(version=1),
    "JSON-RPC 2.0, rpc-websockets": (
        Step({"method": "add", "params": [1, 2], "id": 7}, {"result": 3, "id": 7}),
        Step([{"method": "add", "params": [1, 2], "id": 8}], {"@name": "batch"}),
    ),
    "WAMP, JSON": _wamp(),
    "WAMP, MessagePack": _wamp(serializer="msgpack"),
    "Action Cable": (
        Step(None, {"type": "welcome"}),
        Step({"command": "subscribe", "identifier": _CHAT}, {"type": "confirm_subscription"}),
        Step({"command": "message", "identifier": _CHAT, "data": {"body": "ü"}},
             {"message": {"body": "ü"}}),
    ),
}  # fmt: skip

_SUBPROTOCOLS = {
    "graphql-transport-ws": "graphql-transport-ws", "graphql-ws": "graphql-ws",
    "stomp": "v12.stomp", "mqtt": "mqtt", "actioncable": "actioncable-v1-json",
}  # fmt: skip


async def accepted(project: Project, server: str, steps: tuple[Step, ...]) -> tuple[int, list[str]]:
    """Carry the steps out; how many were answered as they should be, and what went wrong."""
    name = project.decoder
    decoder = standard_decoders()[name]
    assert isinstance(decoder, Composer)
    subprotocol = _SUBPROTOCOLS.get(name)
    if name == "wamp":
        subprotocol = "wamp.2.msgpack" if project.options else "wamp.2.json"
    reader = ConnectionDecoder(standard_decoders(), name=name)
    done = 0
    offered = (subprotocol,) if subprotocol else ()
    async with wirescope.connect(_url(project, server), subprotocols=offered) as connection:
        for step in steps:
            for payload in [] if step.value is None else decoder.compose(step.value):
                reader.decode(payload)
                await connection.send(
                    payload.data.decode() if payload.kind == "text" else payload.data
                )
            try:
                async with asyncio.timeout(_WAIT_S):
                    await _answer(connection, reader, step)
            except (TimeoutError, wirescope.ConnectionClosedError) as error:
                return done, [f"composed {step.value!r}: {type(error).__name__}: {error}"]
            done += 1
    return done, []


async def _answer(connection: Any, reader: ConnectionDecoder, step: Step) -> None:
    while True:
        message = await connection.receive()
        decoded = reader.decode(
            Payload(data=message.payload, kind=message.kind, url=connection.url)
        )
        if any(_fits(each, step.answer) for each in [decoded, *messages_of(decoded)]):
            return


def _fits(decoded: Decoded, answer: dict[str, Any]) -> bool:
    value = decoded.value if isinstance(decoded.value, dict) else {}
    if "attachments" in value:
        return False
    return all(
        getattr(decoded, key[1:]) == wanted if key[0] == "@" else _holds(value.get(key), wanted)
        for key, wanted in answer.items()
    )


def _holds(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_holds(found.get(key), each) for key, each in wanted.items())
    return bool(found == wanted)


def _url(project: Project, server: str) -> str:
    if project.decoder == "socketio":
        version = 4 if "Engine.IO 4" in project.name else 3
        return f"{server}/socket.io/?EIO={version}&transport=websocket"
    return server if project.server in ("mosquitto", "rabbitmq") else server + project.path
