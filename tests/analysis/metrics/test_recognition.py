import pytest

from tests.analysis.metrics.talk import Talk
from tests.decoders.talks import TALKS, decoder_of
from wirescope.analysis.metrics.content import Content

# Requests of this end and of the peer, those that were taken back, and pushes in each direction.
FIGURES = {
    "jsonrpc": (2, 1, 0, {"sent": 1, "received": 3}),
    "graphql-transport-ws": (4, 0, 1, {"sent": 0, "received": 2}),
    "graphql-ws": (3, 0, 1, {"sent": 0, "received": 3}),
    "socketio": (2, 3, 0, {"sent": 1, "received": 3}),
    "stomp": (3, 0, 0, {"sent": 0, "received": 1}),
    "mqtt": (4, 2, 0, {"sent": 2, "received": 0}),
    "signalr": (4, 1, 1, {"sent": 0, "received": 4}),
    "signalr packed": (2, 0, 0, {"sent": 0, "received": 1}),
    "phoenix": (4, 0, 0, {"sent": 0, "received": 2}),
    "phoenix objects": (1, 0, 0, {"sent": 0, "received": 1}),
    "wamp": (5, 1, 0, {"sent": 1, "received": 1}),
    "wamp packed": (2, 0, 0, {"sent": 0, "received": 0}),
    "actioncable": (1, 0, 0, {"sent": 1, "received": 3}),
}
SUBPROTOCOLS = {
    "graphql-ws": "graphql-ws",  # whose first messages are those of the newer dialect
    "wamp packed": "wamp.2.msgpack",  # whose HELLO looks like any array
}


def followed(payloads, *, subprotocol=""):
    talk, content = Talk(), Content()
    content.set_subprotocol(subprotocol)
    for payload in payloads:
        content.add([talk.message(payload.direction, payload.data, payload.kind)])
    content.conclude()
    return content


@pytest.mark.parametrize("name", TALKS)
def test_a_protocol_is_recognised_and_its_answers_are_matched(name):
    content = followed(TALKS[name], subprotocol=SUBPROTOCOLS.get(name, ""))
    asked, asked_back, cancelled, pushes = FIGURES[name]
    assert content.protocol is not None
    assert (content.protocol.name, content.protocol.inferred) == (decoder_of(name), False)
    matcher = content.matcher
    assert matcher is not None
    sent, received = matcher.sent, matcher.received
    assert (sent.requests, sent.answered) == (asked, asked - cancelled)
    assert (received.requests, received.answered) == (asked_back, asked_back)
    assert sent.cancelled == cancelled
    assert matcher.pushes == pushes
    assert matcher.unread == 0
    assert all(each.unmatched == each.duplicates == 0 for each in (sent, received))


def test_the_address_can_tell_a_protocol():
    talk, content = Talk(), Content()
    content.url = "wss://h/socket.io/?EIO=4&transport=websocket"
    content.add([talk.received("2")])
    assert content.protocol is not None
    assert content.protocol.name == "socketio"


def test_a_subprotocol_of_a_mere_format_leaves_the_search_open():
    content, talk = Content(), Talk()
    content.set_subprotocol("json")
    content.add([talk.sent('{"jsonrpc":"2.0","id":1,"method":"m"}')])
    assert content.protocol is not None
    assert content.protocol.name == "jsonrpc"
