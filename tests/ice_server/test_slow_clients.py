"""Clients over streams that do not read: how much waits for them in the server at most."""

import asyncio
from pathlib import Path
from typing import ClassVar

import pytest

from tests.ice_server.served import authority_context, serving, until
from tests.support.authority import Authority
from tests.support.turn_client import TurnClient
from wirescope.ice_server import IceServer, streams
from wirescope.ice_server.flows import Buffer
from wirescope.ice_server.streams import MAX_UNSENT, Client
from wirescope.wire.stun import Method

pytestmark = pytest.mark.slow

SIZE = 1200
"""Bytes of a datagram that is relayed."""

TLS_RECORD = 22 + 5 + 12
"""Bytes that a record of TLS may have beside its content: type, tag, header."""

ONE_ANSWER = 512
"""Bytes of an answer at most, and of the record of TLS that it is in."""


class Watched(Client):
    """A connection at the server's side that notes how much waits for its client at most."""

    made: ClassVar[list["Watched"]] = []
    most = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.append(self)
        super().connection_made(transport)

    @property
    def waiting(self) -> int:
        """Bytes that wait for the client in this process."""
        return int(self.transport.get_write_buffer_size())

    def _send(self, data: Buffer) -> None:
        super()._send(data)
        self.most = max(self.most, self.waiting)

    def _send_data(self, data: Buffer) -> None:
        super()._send_data(data)
        self.most = max(self.most, self.waiting)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[Watched]:
    monkeypatch.setattr(Watched, "made", [])
    monkeypatch.setattr(streams, "Client", Watched)
    return Watched.made


async def flood(server: IceServer, slow: TurnClient, other: TurnClient, *, lost: int) -> None:
    """Relay to a client that does not read until so many datagrams are lost."""
    first, second = await slow.allocate(), await other.allocate()
    await slow.bind(0x4000, second)
    await other.bind(0x4000, first)
    slow.transport.pause_reading()
    before = server.counters.unsent
    async with asyncio.timeout(20):
        while server.counters.unsent - before < lost:
            for _ in range(32):
                other.send_channel(0x4000, bytes(SIZE))
            await asyncio.sleep(0)


@pytest.mark.each_loop
@pytest.mark.parametrize("kind", ["tcp", "tls"])
async def test_a_client_that_does_not_read_loses_datagrams_and_keeps_no_memory(
    kind: str, watched: list[Watched], tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    async with serving(tls=authority.server("127.0.0.1")) as (server, clients):
        slow = await clients.open(kind, trust=authority_context(authority))
        other = await clients.open()
        [connection] = watched
        # it goes on long after the first is lost: 4 MiB, of which nothing may be kept
        await flood(server, slow, other, lost=(4 << 20) // SIZE)
        one = SIZE + 4 + (TLS_RECORD if kind == "tls" else 0)
        assert MAX_UNSENT < connection.most <= MAX_UNSENT + one
        slow.transport.resume_reading()
        await until(lambda: connection.waiting == 0)
        while not slow.heard.empty():
            slow.heard.get_nowait()
        other.send_channel(0x4000, b"again")
        async with asyncio.timeout(5):
            while await slow.hear() != b"again":
                pass


@pytest.mark.each_loop
@pytest.mark.parametrize("kind", ["tcp", "tls"])
async def test_a_client_that_does_not_read_its_answers_is_let_go(
    kind: str, watched: list[Watched], tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    async with serving(tls=authority.server("127.0.0.1")) as (server, clients):
        slow = await clients.open(kind, trust=authority_context(authority))
        other = await clients.open()
        [connection] = watched
        await flood(server, slow, other, lost=1)
        asked = slow.signed(Method.REFRESH)
        async with asyncio.timeout(20):
            while server.counters.allocations == 2:
                if not slow.transport.get_write_buffer_size():
                    slow.put(asked * 16)
                await asyncio.sleep(0)
        assert MAX_UNSENT < connection.most <= 2 * MAX_UNSENT + ONE_ANSWER
        await other.ask(Method.REFRESH)  # and the other is as it was
