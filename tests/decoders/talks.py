"""A conversation of each protocol in which either end asks, answers and says what nobody asked for.

`> ` is what the client sends and `< ` what it receives; bytes are written in hex.
"""

from wirescope.decoders import Payload

_ROOM = '{\\"channel\\":\\"Chat\\"}'

_LINES: dict[str, tuple[str, ...]] = {
    "jsonrpc": (
        '> {"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}',
        '> [{"jsonrpc":"2.0","id":2,"method":"a"},{"jsonrpc":"2.0","method":"note"}]',
        '< {"jsonrpc":"2.0","method":"tick"}',
        '< [{"jsonrpc":"2.0","id":2,"error":{"code":-1,"message":"no"}}]',
        '< {"jsonrpc":"2.0","id":1.0,"result":null}',
        '< {"jsonrpc":"2.0","id":"1","method":"confirm"}',
        '> {"jsonrpc":"2.0","id":"1","result":true}',
        '< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
        '< {"notification":"news","params":[]}',
    ),
    "graphql-transport-ws": (
        '> {"type":"connection_init","payload":{}}',
        '< {"type":"connection_ack"}',
        '> {"id":"1","type":"subscribe","payload":{"query":"subscription { a }"}}',
        '< {"id":"1","type":"next","payload":{"data":1}}',
        '< {"id":"1","type":"next","payload":{"data":2}}',
        '< {"id":"1","type":"complete"}',
        '> {"id":"2","type":"subscribe","payload":{"query":"subscription { b }"}}',
        '> {"id":"2","type":"complete"}',
        '> {"type":"ping"}',
        '< {"type":"pong"}',
    ),
    "graphql-ws": (
        '> {"type":"connection_init","payload":{}}',
        '< {"type":"connection_ack"}',
        '< {"type":"ka"}',
        '> {"id":"1","type":"start","payload":{"query":"{ a }"}}',
        '< {"id":"1","type":"data","payload":{"data":1}}',
        '< {"id":"1","type":"complete"}',
        '> {"id":"2","type":"start","payload":{"query":"subscription { b }"}}',
        '> {"id":"2","type":"stop"}',
        '< {"id":"2","type":"complete"}',
    ),
    "socketio": (
        '< 0{"sid":"x","upgrades":[],"pingInterval":25000,"maxPayload":9}',
        "> 40",
        '< 40{"sid":"y"}',
        '> 420["add",1,2]',
        "< 430[3]",
        '> 42/admin,13["list"]',
        "< 43/admin,13[[]]",
        '< 42["news"]',
        "< 2",
        "> 3",
        '< 451-7["blob",{"_placeholder":true,"num":0}]',
        "<x 0102",
        "> 461-7[]",
        ">x 0405",
        # The same of the parser that writes MessagePack.
        "<x 84a474797065 02 a36e7370 a12f a26964 08 a464617461 91a161",
        ">x 84a474797065 03 a36e7370 a12f a26964 08 a464617461 90",
    ),
    "stomp": (
        "> CONNECT\naccept-version:1.2\nhost:h\n\n\0",
        "< CONNECTED\nversion:1.2\n\n\0",
        "> SEND\ndestination:/q\nreceipt:7\\c7\n\nhello\0",
        "< MESSAGE\nsubscription:0\nmessage-id:1\nreceipt:of-its-sender\n\nhi\0\n",
        "< RECEIPT\nreceipt-id:7\\c7\n\n\0",
        "> SUBSCRIBE\nid:0\ndestination:/q\nrece",
        "> ipt:8\n\n\0",
        "< ERROR\nreceipt-id:8\nmessage:no\n\n\0",
    ),
    "mqtt": (
        ">x 101300044d51545404c2003c000161000162000163",
        "<x 20020000",
        ">x 8206000100017402 300600017461",  # a packet and the beginning of the next
        ">x 6263",
        "<x 9003000101",
        ">x 3207000174000a6162 c000",
        "<x 4002000a d000",
        "<x 3407000174000b6162",  # QoS 2 takes two rounds
        ">x 5002000b",
        "<x 6202000b",
        ">x 7002000b",
        ">x e000",
    ),
    "signalr": (
        '> {"protocol":"json","version":1}\x1e',
        "< {}\x1e",
        '> {"type":1,"invocationId":"1","target":"Add","arguments":[1,2]}\x1e',
        '< {"type":6}\x1e{"type":3,"invocationId":"1","result":3}\x1e',
        '> {"type":4,"invocationId":"2","target":"Stream","arguments":[]}\x1e',
        '< {"type":2,"invocationId":"2","item":1}\x1e',
        '< {"type":2,"invocationId":"2","item":2}\x1e',
        '< {"type":3,"invocationId":"2"}\x1e',
        '> {"type":4,"invocationId":"3","target":"Stream","arguments":[]}\x1e',
        '> {"type":5,"invocationId":"3"}\x1e',
        '< {"type":1,"target":"News","arguments":[]}\x1e',
        '< {"type":1,"invocationId":"1","target":"Ask","arguments":[]}\x1e',
        '> {"type":3,"invocationId":"1","result":1}\x1e',
    ),
    "signalr packed": (
        '> {"protocol":"messagepack","version":1}\x1e',
        "<x 7b7d1e",
        ">x 0d 9601 80 a131 a3416464 920102 90",
        "<x 02 9106 07 9503 80 a131 03 03",
    ),
    "phoenix": (
        '> ["3","3","room:1","phx_join",{}]',
        '< ["3","3","room:1","phx_reply",{"status":"ok","response":{}}]',
        '< ["3",null,"room:1","news",{}]',
        '> [null,"4","phoenix","heartbeat",{}]',
        '< [null,"4","phoenix","phx_reply",{"status":"ok","response":{}}]',
        ">x 00 01 01 06 02 33 35 726f6f6d3a31 7570 00ff",
        "<x 01 01 01 06 02 33 35 726f6f6d3a31 6f6b 00ff",
        '> ["3","6","room:1","phx_leave",{}]',
        '< ["3","6","room:1","phx_reply",{"status":"ok","response":{}}]',
        '< ["3","3","room:1","phx_close",{}]',
    ),
    "phoenix objects": (
        '> {"topic":"room:1","event":"phx_join","payload":{},"ref":"1"}',
        '< {"topic":"room:1","event":"phx_reply","payload":{},"ref":"1"}',
        '< {"topic":"room:1","event":"news","payload":{},"ref":null}',
    ),
    "wamp": (
        '> [1,"realm",{"roles":{}}]',
        '< [2,99,{"roles":{}}]',
        '> [32,1,{},"topic"]',
        "< [33,1,5512315355]",
        '> [48,2,{},"add",[1,2]]',
        "< [50,2,{},[3]]",
        '> [48,3,{},"bad"]',
        '< [8,48,3,{},"wamp.error.no_such_procedure"]',
        '> [16,4,{},"topic",[1]]',
        '> [16,5,{"acknowledge":true},"topic",[1]]',
        "< [17,5,1]",
        "< [36,1,2,{},[1]]",
        "< [68,1,7,{},[1]]",
        "> [70,1,{},[2]]",
    ),
    "wamp packed": (
        ">x 93 01 a5 7265616c6d 80",
        "<x 93 02 63 80",
        ">x 94 30 02 80 a3616464",
        "<x 94 32 02 80 9103",
    ),
    "actioncable": (
        '< {"type":"welcome"}',
        f'> {{"command":"subscribe","identifier":"{_ROOM}"}}',
        f'< {{"identifier":"{_ROOM}","type":"confirm_subscription"}}',
        '< {"type":"ping","message":1700000000}',
        f'> {{"command":"message","identifier":"{_ROOM}","data":"{{}}"}}',
        f'< {{"identifier":"{_ROOM}","message":{{"body":"hi"}}}}',
    ),
}  # fmt: skip


def _payload(line: str) -> Payload:
    direction = "sent" if line[0] == ">" else "received"
    if line[1] == "x":
        return Payload(data=bytes.fromhex(line[3:]), kind="binary", direction=direction)
    return Payload(data=line[2:].encode(), kind="text", direction=direction)


TALKS = {name: [_payload(line) for line in lines] for name, lines in _LINES.items()}
"""By the decoder's name, which stands before the first blank."""


def decoder_of(name: str) -> str:
    """Give the name of the decoder that reads a conversation."""
    return name.partition(" ")[0]
