"""Conversations in which each rule on traffic finds something, and some in which it must not.

The stories are named after the rules; `near_` ones look alike and are in order.
"""

import json
import random
from base64 import b64encode

from tests.analysis.making import Story
from wirescope.events import (
    AnyEvent,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    Direction,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.wire.websocket import Deflater

DEFLATE = "permessage-deflate"
UPGRADE = "Upgrade: websocket\r\n"
FAR = "wss://feed.example.com/live"


class Traffic(Story):
    """A story with a handshake of choice, messages in bulk, and several connections."""

    connection = "c1"

    def add(self, kind, *fields):
        event = kind(self._next(), self.at_ns, self.connection, *fields)
        self.events.append(event)
        return event

    def begin(self, *, url="", extensions=(), request="", response=UPGRADE, subprotocol=""):
        if url:
            self.events.clear()
            self.add(ConnectionOpening, url, "websocket")
            self.add(ConnectionPhase, "tcp", 300_000)
        heads = f"GET / HTTP/1.1\r\n{request}\r\n", f"HTTP/1.1 101 X\r\n{response}\r\n"
        self.add(WebSocketHandshake, *heads, 101, subprotocol, list(extensions))
        self.add(ConnectionOpened)
        return self

    def compressed(self, direction: Direction, payload: bytes, deflater: Deflater, kind=1):
        wire = deflater.compress(payload)
        frame = self.frame(direction, kind, wire, rsv1=True)
        fields = (len(payload), frame.wire_length, True, (frame.seq,), payload)
        return self.add(WebSocketMessage, direction, "text" if kind == 1 else "binary", *fields)

    def fragments(self, direction: Direction, parts: list[bytes]):
        last = len(parts) - 1
        frames = [
            self.frame(direction, 0 if index else 1, part, fin=index == last)
            for index, part in enumerate(parts)
        ]
        return self.message(direction, b"".join(parts).decode(), frames)

    def end(self) -> list[AnyEvent]:
        self.close_frame("received", 1000).close_frame("sent", 1000)
        return self.closed(1000, "remote", "close")


def ticks(count: int):
    generator = random.Random(1)
    for number in range(count):
        price = round(generator.uniform(90, 110), 2)
        yield json.dumps({"type": "trade", "symbol": "ABC", "price": price, "sequence": number})


def feed(story: Traffic, *, count: int, gap: float = 0.05) -> Traffic:
    """Ticks of the peer at a steady pace."""
    for tick in ticks(count):
        story.wait(gap).message("received", tick)
    return story


def healthy():
    """Calls and answers, a feed, pings: nothing to complain of."""
    story = Traffic().begin(extensions=[DEFLATE])
    deflater, own = Deflater(), Deflater()
    for number, tick in enumerate(ticks(200)):
        story.wait(0.2).compressed("received", tick.encode(), deflater)
        if number % 4 == 0:
            call = {"jsonrpc": "2.0", "id": number, "method": "add"}
            story.compressed("sent", json.dumps(call).encode(), own)
            answer = {"jsonrpc": "2.0", "id": number, "result": number}
            story.wait(0.02).compressed("received", json.dumps(answer).encode(), deflater)
        if number % 90 == 0:
            story.frame("sent", 9, b"%d" % number)
            story.wait(0.01).frame("received", 10, b"%d" % number)
    return story.end()


def quiet():
    """A few words and a close."""
    story = Traffic().begin()
    story.message("sent", "hello")
    story.wait(0.1).message("received", "hello")
    return story.end()


def ws401():
    story = Traffic().begin(url=FAR)
    story.message("received", "hello")
    story.wait(70).message("received", "still there")
    return story.end()


def near_ws401():
    story = Traffic().begin()
    for number in range(12):
        story.message("received", f"news of {chr(97 + number)}")
        story.wait(20).message("sent", '{"type":"ping"}')
    return story.end()


def ws402():
    story = Traffic().begin(url=FAR)
    for number in range(4):
        story.frame("sent", 9, b"%d" % number)
        story.wait(0.05).frame("received", 10, b"%d" % number)
        story.wait(90)
    story.message("sent", "anybody?")
    story.wait(60)
    return story.closed(1006, "network", "eof")


def near_ws402():
    story = Traffic().begin()
    for number in range(12):
        story.frame("sent", 9, b"%d" % number)
        story.wait(0.05).frame("received", 10, b"%d" % number)
        story.wait(25)
    return story.end()


def ws403():
    story = Traffic().begin()
    story.frame("sent", 9, b"one")
    story.wait(0.05).frame("received", 10, b"one")
    story.wait(20).frame("sent", 9, b"two")
    for _ in range(5):
        story.wait(5).message("received", "news")
    return story.end()


near_ws403 = near_ws402


def ws404():
    story = Traffic().begin()
    for number in range(20):
        story.wait(20).frame("sent", 9, b"%d" % number)
        story.wait(1.5 if number % 5 == 0 else 0.04).frame("received", 10, b"%d" % number)
    return story.end()


def near_ws404():
    story = Traffic().begin()
    for number in range(20):  # a long way, but a steady one
        story.wait(20).frame("sent", 9, b"%d" % number)
        story.wait(0.61).frame("received", 10, b"%d" % number)
    return story.end()


def ws405():
    story = Traffic().begin()
    for number in range(30):
        story.wait(0.5).frame("sent", 9, b"%d" % number)
        story.wait(0.01).frame("received", 10, b"%d" % number)
    return story.end()


near_ws405 = near_ws402


def ws501():
    offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
    story = Traffic().begin(request=offer, response="Server: Python/3.11 websockets/17.4\r\n")
    return feed(story, count=400).end()


def near_ws501():
    story, generator = Traffic().begin(), random.Random(1)
    for _ in range(100):  # nothing to be gained
        story.wait(0.05).message("received", generator.randbytes(300))
    return story.end()


def ws502():
    story, generator, deflater = Traffic().begin(extensions=[DEFLATE]), random.Random(1), Deflater()
    for _ in range(100):
        story.wait(0.05).compressed("received", generator.randbytes(300), deflater, kind=2)
    return story.end()


near_ws502 = healthy


def ws503():
    extensions = [f"{DEFLATE}; server_no_context_takeover"]
    story, deflater = Traffic().begin(extensions=extensions), Deflater(context_takeover=False)
    for tick in ticks(300):
        story.wait(0.05).compressed("received", tick.encode(), deflater)
    return story.end()


near_ws503 = healthy


def ws504():
    story = Traffic().begin()
    for number in range(1000):
        story.wait(0.001).message("received", f"{number % 100},{number}")
    return story.end()


def near_ws504():
    story = Traffic().begin()
    for number in range(300):  # as tiny, but each for itself
        story.wait(0.1).message("received", f"{number % 100},{number}")
    return story.end()


def ws505():
    story, generator = Traffic().begin(), random.Random(1)
    for number in range(20):
        data = b64encode(generator.randbytes(600)).decode()
        story.wait(1).message("sent", json.dumps({"frame": number, "data": data}))
    return story.end()


def near_ws505():
    story, generator = Traffic().begin(), random.Random(1)
    for number in range(20):  # digests in hexadecimal
        digests = [generator.randbytes(32).hex() for _ in range(9)]
        story.wait(1).message("sent", json.dumps({"frame": number, "digests": digests}))
    return story.end()


def ws506():
    story = Traffic().begin()
    story.message("received", b"\x00\x01" * 600_000)
    return story.end()


def near_ws506():
    story = Traffic().begin()
    story.message("received", b"\x00\x01" * 500_000)
    return story.end()


def ws507():
    story = Traffic().begin()
    for number in range(20):
        story.wait(1).fragments("sent", [b"part one,", b" part two,", b" part %d" % number])
    return story.end()


def near_ws507():
    story = Traffic().begin()
    for _ in range(12):
        story.wait(1).fragments("sent", [bytes([97 + n]) * 10_000 for n in range(3)])
    return story.end()


def ws508():
    story = Traffic().begin()
    state = json.dumps({"room": "lobby", "people": ["ann", "bob", "cid"], "open": True})
    generator = random.Random(1)
    for number in range(200):
        story.wait(generator.uniform(0.01, 0.3))
        story.message("received", state if number % 2 else f"{number}: {generator.random()}")
    return story.end()


def near_ws508():
    return feed(Traffic().begin(), count=200).end()


def calls(latencies, *, unanswered=()):
    story = Traffic().begin()
    for number, latency in enumerate(latencies):
        call = {"jsonrpc": "2.0", "id": number, "method": "add", "params": [number, number]}
        story.wait(0.5).message("sent", json.dumps(call))
        if number not in unanswered:
            answer = {"jsonrpc": "2.0", "id": number, "result": 2 * number}
            story.wait(latency).message("received", json.dumps(answer))
    return story


def ws601():
    return calls([1.2 if number % 50 == 7 else 0.02 for number in range(200)]).end()


def near_ws601():
    return calls([0.02 + 0.0001 * number for number in range(200)]).end()


def ws602():
    story = feed(Traffic().begin(), count=150)
    story.wait(4)
    return feed(story, count=150).end()


def near_ws602():
    return feed(Traffic().begin(), count=300).end()


def ws603():
    story = feed(Traffic().begin(), count=150, gap=0.02)
    story.wait(0.6)
    feed(story, count=30, gap=0.0005)
    return feed(story, count=150, gap=0.02).end()


near_ws603 = ws602


def ws604():
    story = calls([0.02] * 60, unanswered=(7, 20, 21))
    return story.end()


def near_ws604():
    story = calls([0.02] * 60, unanswered=(59,))  # asked just before the end
    return story.end()


def ws605():
    story = feed(Traffic().begin(), count=50)
    story.close_frame("received", 1008, "slow consumer")
    return story.closed(1008, "remote", "close", "slow consumer")


def near_ws605():
    story = feed(Traffic().begin(), count=50)
    story.close_frame("received", 1008, "token expired")
    return story.closed(1008, "remote", "close", "token expired")


def attempts(waits, *, side_by_side=False):
    story = Traffic()
    story.events.clear()
    for number, wait in enumerate(waits, 1):
        story.connection = f"c{number}"
        story.add(ConnectionOpening, f"ws://127.0.0.1:8765/live?ticket={number}", "websocket")
        if not side_by_side:
            story.wait(0.05).failed("tcp", "refused", "Nobody listens.")
        story.wait(wait)
    return story.events


def ws606():
    return attempts([1.0] * 12)


def near_ws606():
    return attempts([0.5 * 1.5**number for number in range(10)])


def ws701():
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    return Traffic().begin(url=f"wss://feed.example.com/v1?jwt={token}&room=5").end()


def near_ws701():
    url = "wss://feed.example.com/socket.io/?EIO=4&transport=websocket&sid=Abc123&auth=1"
    return Traffic().begin(url=url).end()


def ws702():
    return Traffic().begin(url="ws://feed.example.com/v1").end()


def near_ws702():
    return Traffic().begin(url="ws://192.168.1.20/v1").end()


def ws703():
    headers = "Authorization: Bearer abc\r\nCookie: id=1\r\n"
    return Traffic().begin(url="ws://10.0.0.5/v1", request=headers).end()


def near_ws703():
    headers = "Authorization: Bearer abc\r\n"
    return Traffic().begin(url="ws://127.0.0.1:8080/v1", request=headers).end()


def ws704():
    story, own = Traffic().begin(extensions=[DEFLATE]), Deflater()
    story.compressed("sent", b'{"type":"auth","token":"0123456789abcdef"}', own)
    for tick in ticks(20):
        story.wait(1).compressed("sent", tick.encode(), own)
    return story.end()


near_ws704 = healthy


STORIES = {
    "WS401": (ws401, near_ws401),
    "WS402": (ws402, near_ws402),
    "WS403": (ws403, near_ws403),
    "WS404": (ws404, near_ws404),
    "WS405": (ws405, near_ws405),
    "WS501": (ws501, near_ws501),
    "WS502": (ws502, near_ws502),
    "WS503": (ws503, near_ws503),
    "WS504": (ws504, near_ws504),
    "WS505": (ws505, near_ws505),
    "WS506": (ws506, near_ws506),
    "WS507": (ws507, near_ws507),
    "WS508": (ws508, near_ws508),
    "WS601": (ws601, near_ws601),
    "WS602": (ws602, near_ws602),
    "WS603": (ws603, near_ws603),
    "WS604": (ws604, near_ws604),
    "WS605": (ws605, near_ws605),
    "WS606": (ws606, near_ws606),
    "WS701": (ws701, near_ws701),
    "WS702": (ws702, near_ws702),
    "WS703": (ws703, near_ws703),
    "WS704": (ws704, near_ws704),
}
"""By code: where a rule finds something, and where it must not."""
