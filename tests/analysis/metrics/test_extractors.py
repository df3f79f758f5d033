import pytest

from tests.analysis.metrics.talk import Talk
from wirescope.analysis.metrics import extractors
from wirescope.analysis.metrics.content import Content
from wirescope.analysis.metrics.matching import Role

PROTOCOLS = {
    "json-rpc": (
        ("> ", '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}'),
        ("> ", '[{"jsonrpc":"2.0","id":2,"method":"a"},{"jsonrpc":"2.0","method":"note"}]'),
        ("< ", '{"jsonrpc":"2.0","method":"tick"}'),
        ("< ", '[{"jsonrpc":"2.0","id":2,"error":{"code":-1,"message":"no"}}]'),
        ("< ", '{"jsonrpc":"2.0","id":1,"result":null}'),
        ("< ", '{"jsonrpc":"2.0","id":"s1","method":"confirm"}'),
        ("> ", '{"jsonrpc":"2.0","id":"s1","result":true}'),
        (2, 1, {"sent": 1, "received": 1}),
    ),
    "graphql": (
        ("> ", '{"type":"connection_init","payload":{}}'),
        ("< ", '{"type":"connection_ack"}'),
        ("> ", '{"id":"1","type":"subscribe","payload":{"query":"subscription { a }"}}'),
        ("< ", '{"id":"1","type":"next","payload":{"data":1}}'),
        ("< ", '{"id":"1","type":"next","payload":{"data":2}}'),
        ("< ", '{"id":"1","type":"complete"}'),
        ("> ", '{"type":"ping"}'),
        ("< ", '{"type":"pong"}'),
        (3, 0, {"sent": 0, "received": 2}),
    ),
    "socket.io": (
        ("< ", '0{"sid":"x","upgrades":[],"pingInterval":25000}'),
        ("> ", "40"),
        ("< ", '40{"sid":"y"}'),
        ("> ", '420["add",1,2]'),
        ("< ", "430[3]"),
        ("> ", '42/admin,13["list"]'),
        ("< ", "43/admin,13[[]]"),
        ("< ", '42["news"]'),
        ("< ", '451-7["blob",{"_placeholder":true,"num":0}]'),
        ("> ", "461-7[]"),
        (2, 1, {"sent": 0, "received": 1}),
    ),
    "stomp": (
        ("> ", "CONNECT\naccept-version:1.2\nhost:h\n\n\0"),
        ("< ", "CONNECTED\nversion:1.2\n\n\0"),
        ("> ", "SEND\ndestination:/q\nreceipt:77\n\nhello\0"),
        ("< ", "MESSAGE\nsubscription:0\nmessage-id:1\n\nhi\0"),
        ("< ", "RECEIPT\nreceipt-id:77\n\n\0"),
        (2, 0, {"sent": 0, "received": 1}),
    ),
    "signalr": (
        ("> ", '{"protocol":"json","version":1}\x1e'),
        ("< ", "{}\x1e"),
        ("> ", '{"type":1,"invocationId":"1","target":"Add","arguments":[1,2]}\x1e'),
        ("< ", '{"type":6}\x1e{"type":3,"invocationId":"1","result":3}\x1e'),
        ("> ", '{"type":4,"invocationId":"2","target":"Stream","arguments":[]}\x1e'),
        ("< ", '{"type":2,"invocationId":"2","item":1}\x1e'),
        ("< ", '{"type":3,"invocationId":"2"}\x1e'),
        ("< ", '{"type":1,"target":"News","arguments":[]}\x1e'),
        ("< ", '{"type":1,"invocationId":"s","target":"Ask","arguments":[]}\x1e'),
        ("> ", '{"type":3,"invocationId":"s","result":1}\x1e'),
        (2, 1, {"sent": 0, "received": 3}),
    ),
    "phoenix": (
        ("> ", '["3","3","room:1","phx_join",{}]'),
        ("< ", '["3","3","room:1","phx_reply",{"status":"ok","response":{}}]'),
        ("< ", '["3",null,"room:1","news",{}]'),
        ("> ", '[null,"4","phoenix","heartbeat",{}]'),
        ("< ", '[null,"4","phoenix","phx_reply",{"status":"ok","response":{}}]'),
        (2, 0, {"sent": 0, "received": 1}),
    ),
    "wamp": (
        ("> ", '[1,"realm",{"roles":{}}]'),
        ("< ", '[2,99,{"roles":{}}]'),
        ("> ", '[32,1,{},"topic"]'),
        ("< ", "[33,1,5512315355]"),
        ("> ", '[48,2,{},"add",[1,2]]'),
        ("< ", "[50,2,{},[3]]"),
        ("> ", '[48,3,{},"bad"]'),
        ("< ", '[8,48,3,{},"wamp.error.no_such_procedure"]'),
        ("> ", '[16,4,{},"topic",[1]]'),
        ("> ", '[16,5,{"acknowledge":true},"topic",[1]]'),
        ("< ", "[17,5,1]"),
        ("< ", "[36,1,2,{},[1]]"),
        ("< ", "[68,6,7,{},[1]]"),
        ("> ", "[70,6,{},[2]]"),
        (4, 1, {"sent": 2, "received": 2}),
    ),
}  # fmt: skip


def followed(lines):
    talk, content = Talk(), Content()
    for way, payload in lines:
        content.add([talk.message("sent" if way == "> " else "received", payload)])
    content.conclude()
    return content


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_is_recognised_and_its_answers_are_matched(name):
    *lines, (asked, asked_back, pushes) = PROTOCOLS[name]
    content = followed(lines)
    assert content.protocol is not None
    assert (content.protocol.name, content.protocol.inferred) == (name, False)
    matcher = content.matcher
    assert matcher is not None
    assert (matcher.sent.requests, matcher.sent.answered) == (asked, asked)
    assert (matcher.received.requests, matcher.received.answered) == (asked_back, asked_back)
    if name != "wamp":  # whose session messages count as pushes
        assert matcher.pushes == pushes
    assert all(each.unmatched == each.duplicates == 0 for each in (matcher.sent, matcher.received))


ALL = [extractors.json_rpc, extractors.graphql, extractors.socket_io, extractors.stomp]
ALL += [extractors.signalr, extractors.phoenix, extractors.wamp]


@pytest.mark.parametrize("extract", ALL, ids=lambda extract: extract.__name__)
@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"[[]]", b"null", b"5", b"\xff\xfe", b'{"id":1}', b'{"type":null}', b"[48]",
     b'["a"]', b"[" * 100_000, b'{"id":' + b"9" * 5000 + b"}", b"42", b'{"type":1}\x1e\x1e{'],
)  # fmt: skip
def test_what_is_not_of_the_protocol_marks_no_request(extract, payload):
    marks = extract(Talk().received(payload))
    assert all(role is not Role.REQUEST for role, _ in marks)


def test_the_older_phoenix_messages_are_objects():
    content = followed(
        [
            ("> ", '{"topic":"room:1","event":"phx_join","payload":{},"ref":"1"}'),
            ("< ", '{"topic":"room:1","event":"phx_reply","payload":{},"ref":"1"}'),
            ("< ", '{"topic":"room:1","event":"news","payload":{},"ref":null}'),
        ]
    )
    assert content.protocol is not None
    assert content.protocol.name == "phoenix"
    assert content.matcher is not None
    assert content.matcher.sent.answered == 1
