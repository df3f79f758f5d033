"""The markers take any message, give known relations and keys that can be kept, and never raise.

The first byte chooses the direction of a message and its kind; a line is a message.
"""

from wirescope.analysis.metrics.content import Content
from wirescope.analysis.metrics.heartbeats import Heartbeats
from wirescope.analysis.metrics.inference import infer
from wirescope.decoders import Correlator, Relation, standard_decoders
from wirescope.events import WebSocketMessage

CORRELATORS = [each for each in standard_decoders() if isinstance(each, Correlator)]
LONGEST_KEY = 300

SEEDS = [
    b'a{"jsonrpc":"2.0","id":1,"method":"m"}\nb{"jsonrpc":"2.0","id":1,"result":null}',
    b'a[{"jsonrpc":"2.0","id":1,"method":"m"},{"jsonrpc":"2.0","method":"n"}]',
    b'a{"type":"subscribe","id":"1"}\nb{"type":"next","id":"1"}\nb{"type":"complete","id":"1"}',
    b'b0{"sid":"x"}\na420["add"]\nb430[1]\na42/admin,7["x"]\na451-7["b"]',
    b"aSEND\rdestination:/q\rreceipt:7\nbRECEIPT\rreceipt-id:7",
    b'a{"type":1,"invocationId":"1"}\x1e\nb{"type":3,"invocationId":"1"}\x1e{"type":6}\x1e',
    b'a["1","2","room","phx_join",{}]\nb["1","2","room","phx_reply",{}]',
    b'a[1,"realm",{}]\na[48,7,{},"add",[1]]\nb[50,7,{},[1]]\nb[8,48,7,{},"no"]',
    b'a{"meta":{"reqId":1}}\nb{"meta":{"reqId":1}}\na{"meta":{"reqId":2}}\nb{"meta":{"reqId":2}}',
    b"a2\nb3\na2\nb3",
    b"\x80\x10\x0e\x00\x04MQTT\x04\x02\x00<\x00\x02ab\n\x82 \x02\x00\x00",
    b"\x80\xc0\x00\n\x82\xd0\x00",
    b"\x80\x82\x06\x00\x01\x00\x01t\x02\n\x82\x90\x03\x00\x01\x01",
    b"\x80\x94\x30\x02\x80\xa3add\n\x82\x94\x32\x02\x80\x91\x03",
    b"\x80\x0d\x96\x01\x80\xa11\xa3Add\x92\x01\x02\x90\n\x82\x02\x91\x06",
    b'a{"command":"subscribe","identifier":"i"}\nb{"type":"confirm_subscription","identifier":"i"}',
]


def check(data: bytes) -> None:
    """Give the messages to every marker, to the search for a key and to a whole reading."""
    messages = [_message(number, line) for number, line in enumerate(data.split(b"\n"), 1)]
    for decoder in CORRELATORS:
        mark = decoder.marker()
        for message in messages:
            for relation, key in mark(message.payload, message.kind, message.direction) or ():
                assert isinstance(relation, Relation)
                assert key is None or len(key) < LONGEST_KEY
    infer(messages)
    heartbeats, content = Heartbeats(), Content(rate=50)
    for message in messages:
        if message.length <= 160:
            heartbeats.add(message)
        content.add([message])
    heartbeats.found()
    content.conclude()
    if content.matcher is not None:
        for exchange in (content.matcher.sent, content.matcher.received):
            assert exchange.answered + exchange.never_answered + exchange.cancelled <= (
                exchange.requests
            )


def _message(number: int, line: bytes) -> WebSocketMessage:
    first, payload = line[:1], line[1:]
    received = bool(first and first[0] & 2)
    kind = "binary" if first and first[0] & 0x80 else "text"
    length = len(payload)
    fields = (kind, length, length + 2, False, (), payload)
    direction = "received" if received else "sent"
    return WebSocketMessage(number, number * 700_000_000, "c1", direction, *fields)  # type: ignore[arg-type]
