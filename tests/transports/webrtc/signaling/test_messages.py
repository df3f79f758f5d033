"""Signaling over WebSocket: peers find each other through a server that hands messages on."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.peers import Capture, until
from wirescope.errors import SignalingError, UsageError
from wirescope.events import Timeline
from wirescope.transports import websocket
from wirescope.transports.messages import memory_pair
from wirescope.transports.webrtc import (
    END_OF_CANDIDATES,
    Candidate,
    ChannelOptions,
    Description,
    Peer,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.signaling import (
    Adapter,
    JsonAdapter,
    MessageSignaling,
    adapter_of,
)
from wirescope.transports.websocket import Acceptance, WebSocketConnection

SDP = "v=0\r\n"
OFFER = {"type": "offer", "sdp": SDP}


class Room:
    """A server that hands each message to the others, as signaling servers do."""

    def __init__(self, *, broker: bool = False) -> None:
        self.connections: dict[str, WebSocketConnection] = {}
        self.broker = broker
        self.seen: list[dict[str, Any]] = []

    async def handle(self, connection: WebSocketConnection, name: str) -> None:
        self.connections[name] = connection
        if self.broker:
            await connection.send('{"type": "OPEN"}')
        async for message in connection:
            value = json.loads(message.text)
            self.seen.append(value)
            if self.broker:
                if value["type"] != "HEARTBEAT":
                    text = json.dumps({**value, "src": name})
                    await self.connections[value["dst"]].send(text)
                continue
            for other in list(self.connections.values()):
                if other is not connection:
                    await other.send(message.text)


@asynccontextmanager
async def in_a_room(
    *adapters: Adapter, broker: bool = False
) -> AsyncIterator[tuple[Room, list[MessageSignaling]]]:
    room = Room(broker=broker)

    def route(asked: websocket.Request) -> Acceptance:
        return Acceptance(handler=lambda connection: room.handle(connection, asked.path[1:]))

    async with websocket.serve(route) as server:
        signalings = []
        for number, adapter in enumerate(adapters):
            connection = await websocket.connect(
                f"{server.url}/page{number}", timeline=Timeline(), sink=lambda _: None
            )
            signalings.append(MessageSignaling(connection, adapter))
        await until(lambda: len(room.connections) == len(adapters))
        yield room, signalings
        for connection in room.connections.values():
            await connection.close()


async def said_hello(one: Peer, other: Peer) -> None:
    await one.channels[0].wait_open()
    await one.channels[0].send("hello")
    await until(lambda: other.channels)
    assert (await other.channels[0].receive()).text == "hello"


async def find_each_other(one: MessageSignaling, other: MessageSignaling) -> None:
    capture = Capture()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as caller,
        open_peer(timeline=capture.timeline, sink=capture.sink) as callee,
        negotiate(caller, one, polite=False),
        negotiate(callee, other, polite=True),
    ):
        caller.create_channel(ChannelOptions(label="chat"))
        await said_hello(caller, callee)


@pytest.mark.parametrize(("one", "other"), [("json", "json"), ("nested", "json")])
async def test_peers_find_each_other_whichever_shape_they_write(one: str, other: str) -> None:
    async with in_a_room(adapter_of(one), adapter_of(other)) as (_, signalings):
        await find_each_other(*signalings)


async def test_peers_find_each_other_by_their_ids_in_peerjs() -> None:
    adapters = adapter_of("peerjs", to="page1", label="chat"), adapter_of("peerjs")
    async with in_a_room(*adapters, broker=True) as (room, signalings):
        await find_each_other(*signalings)
    offer = next(each for each in room.seen if each["type"] == "OFFER")
    assert offer["dst"] == "page1"
    assert offer["payload"]["sdp"]["type"] == "offer"
    assert offer["payload"]["label"] == "chat"
    answer = next(each for each in room.seen if each["type"] == "ANSWER")
    assert answer["payload"]["connectionId"] == offer["payload"]["connectionId"]


# One end alone


@asynccontextmanager
async def one_end(adapter: Adapter) -> AsyncIterator[tuple[Any, MessageSignaling]]:
    page, own = memory_pair()
    yield page, MessageSignaling(own, adapter)
    await page.close()


async def first(signaling: MessageSignaling) -> Description | Candidate | None:
    async for message in signaling:
        return message
    return None


async def test_what_is_about_something_else_is_counted() -> None:
    async with one_end(adapter_of("json")) as (page, signaling):
        for text in ("hello", '{"type": "chat"}', '{"candidate": 7}', json.dumps(OFFER)):
            await page.send(text)
        await page.send(b"\x00\xff")
        assert await first(signaling) == Description("offer", SDP)
        assert (signaling.passed_over, signaling.refused) in ((2, 1), (3, 0))


async def test_a_message_that_an_adapter_fails_at_is_counted_and_passed_over() -> None:
    class Failing(JsonAdapter):
        def read(self, text: str) -> Any:
            return super().read(text) if text[:1] == "{" else {}[text]

    async with one_end(Failing()) as (page, signaling):
        await page.send("hello")
        await page.send(json.dumps(OFFER))
        assert await first(signaling) == Description("offer", SDP)
        assert signaling.refused == 1


async def test_the_end_of_the_connection_and_leave_taking_end_the_signaling() -> None:
    async with one_end(adapter_of("json")) as (page, signaling):
        await page.send('{"type": "bye"}')
        assert await first(signaling) is None
    async with one_end(adapter_of("json")) as (page, signaling):
        await page.close()
        assert await first(signaling) is None


async def test_a_connection_that_says_nothing_is_kept_alive() -> None:
    adapter = adapter_of("peerjs", to="other")
    adapter.keep_alive_s = 0.01
    async with one_end(adapter) as (page, signaling):
        waiting = asyncio.gather(first(signaling))
        assert json.loads((await page.receive()).text) == {"type": "HEARTBEAT"}
        assert json.loads((await page.receive()).text) == {"type": "HEARTBEAT"}
        await page.close()
        assert await waiting == [None]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"type": "ID-TAKEN"}, "has this id"),
        ({"type": "INVALID-KEY"}, "does not take this key"),
        ({"type": "ERROR", "payload": {"msg": "Could not"}}, "refused: Could not"),
        ({"type": "ERROR", "payload": 5}, "did not say why"),
    ],
)
async def test_a_refusal_of_the_peerjs_server_is_said(message: object, words: str) -> None:
    async with one_end(adapter_of("peerjs", to="other")) as (page, signaling):
        await page.send(json.dumps(message))
        with pytest.raises(SignalingError, match=words):
            await first(signaling)


async def test_messages_of_other_pages_and_connections_are_passed_over_in_peerjs() -> None:
    adapter = adapter_of("peerjs")
    offer = {"sdp": OFFER, "type": "media", "connectionId": "mc_1"}
    for text in ("", "[]", "{}", '{"type": []}', '{"type": "OFFER"}', '{"type": "ANSWER"}'):
        assert adapter_of("peerjs", to="a").read(text) == []
    assert adapter.read(json.dumps({"type": "OFFER", "src": "a", "payload": offer})) == [
        Description("offer", SDP)
    ]
    told = json.loads(adapter.write(Description("answer", SDP)) or "")
    assert told["dst"] == "a"
    assert (told["payload"]["type"], told["payload"]["connectionId"]) == ("media", "mc_1")
    end = {"candidate": {"candidate": ""}, "connectionId": "mc_1"}
    for source, payload in (("b", end), ("a", {**end, "connectionId": "mc_2"})):
        message = {"type": "CANDIDATE", "src": source, "payload": payload}
        assert adapter.read(json.dumps(message)) == []
    message = {"type": "CANDIDATE", "src": "a", "payload": end}
    assert adapter.read(json.dumps(message)) == [END_OF_CANDIDATES]
    assert adapter.read('{"type": "LEAVE", "src": "b"}') == []
    assert not isinstance(adapter.read('{"type": "LEAVE", "src": "a"}'), list)


async def test_nobody_to_send_to_is_said() -> None:
    with pytest.raises(SignalingError, match="no page"):
        adapter_of("peerjs").write(Description("offer", SDP))
    assert adapter_of("peerjs", to="a").write(END_OF_CANDIDATES) is None


def test_an_adapter_that_is_not_there_or_not_so_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no signaling adapter 'x'(?s:.)*json, nested, peerjs"):
        adapter_of("x")
    with pytest.raises(UsageError, match="cannot be made so"):
        adapter_of("json", to="x")
    with pytest.raises(UsageError, match="data or media"):
        adapter_of("peerjs", kind="x")


def test_an_adapter_of_another_package_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shouting.py").write_text(
        "from wirescope.transports.webrtc.signaling import JsonAdapter\n"
        "class Shouting(JsonAdapter):\n"
        "    def write(self, message):\n"
        "        return super().write(message).upper()\n"
    )
    package = tmp_path / "shouting-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Name: shouting\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        "[wirescope.signaling]\nshouting = shouting:Shouting\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    try:
        assert adapter_of("shouting").write(Description("offer", SDP)) == json.dumps(OFFER).upper()
    finally:
        sys.modules.pop("shouting", None)


async def test_an_end_that_only_listens_is_kept_alive_too() -> None:
    adapter = adapter_of("peerjs", to="other")
    adapter.keep_alive_s = 0.05
    async with one_end(adapter) as (page, signaling):

        async def talk() -> None:
            while True:
                await page.send('{"type": "OPEN"}')
                await asyncio.sleep(0.005)

        listening, talking = asyncio.gather(first(signaling)), asyncio.gather(talk())
        message = await asyncio.wait_for(page.receive(), 5)
        assert json.loads(message.text) == {"type": "HEARTBEAT"}
        talking.cancel()
        await page.close()
        assert await listening == [None]
