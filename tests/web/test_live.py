"""How a live socket ends, on whichever side it goes wrong."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from starlette.websockets import WebSocket

from wirescope.web.live import LiveSocket
from wirescope.web.messages import SUBPROTOCOL, Ack, Batch, Watch

EMPTY = Batch(
    number=1, sessions=[], forgotten=[], captures=[], deleted=[], views=[], rates=[], analyses={},
    workspace=1,
)  # fmt: skip


class OneBatch:
    """Has one batch to tell, and then nothing more."""

    async def next(self, watches: Mapping[int, Watch], number: int) -> Batch | None:
        return EMPTY if number == 1 else None


class Peer:
    """The other end, below ASGI; one that is `stuck` takes no data and no Close frame."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.told: list[dict[str, Any]] = []
        self._stuck = stuck
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        self.socket = WebSocket(
            {"type": "websocket", "subprotocols": [SUBPROTOCOL]}, self._said.get, self._send
        )

    async def _send(self, message: Any) -> None:
        if self._stuck and message["type"] != "websocket.accept":
            await asyncio.Event().wait()
        self.told.append(message)

    def say(self, **message: Any) -> None:
        self._said.put_nowait({"type": "websocket.receive", **message})

    @property
    def close_code(self) -> int:
        (closing,) = [each for each in self.told if each["type"] == "websocket.close"]
        return int(closing["code"])


async def test_a_page_that_acknowledges_nothing_is_let_go():
    peer = Peer()
    await LiveSocket(peer.socket, OneBatch(), ack_timeout_s=0.05).serve()
    assert peer.close_code == 1001


async def test_an_acknowledgement_of_another_batch_is_none():
    peer = Peer()
    peer.say(bytes=msgspec.msgpack.encode(Ack(number=2)))
    await LiveSocket(peer.socket, OneBatch(), ack_timeout_s=0.05).serve()
    assert peer.close_code == 1001


async def test_a_page_that_takes_nothing_any_more_is_let_go():
    peer = Peer(stuck=True)
    async with asyncio.timeout(5):
        live = LiveSocket(peer.socket, OneBatch(), ack_timeout_s=0.05, close_timeout_s=0.05)
        await live.serve()
    assert [each["type"] for each in peer.told] == ["websocket.accept"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": "hello"}, 1003),
        ({"bytes": b""}, 1002),
        ({"bytes": b"\xc1"}, 1002),
        ({"bytes": b"\x82\xa4type\xa3ack\xa1x" + b"\x91" * 60_000 + b"\xc0"}, 1002),
        ({"bytes": b"\x82\xa4type\xa8unwa\xff\xfe\xfd\xfc\xa2id\x01"}, 1002),
    ],
    ids=["text", "empty", "no MessagePack", "nested too deep", "not UTF-8"],
)
async def test_what_is_no_message_of_the_page_is_answered_with_a_close_code(said, code):
    peer = Peer()
    peer.say(**said)
    await LiveSocket(peer.socket, OneBatch()).serve()
    assert peer.close_code == code
    assert peer.told[-1]["type"] == "websocket.close"
