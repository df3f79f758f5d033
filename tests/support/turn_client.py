"""A TURN client on a real socket, of this project's own messages: one request, one answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from tests.support.turn_asking import Asking, code_of
from wirescope.ice_server import IceServer
from wirescope.wire.stun import (
    ChannelNumber,
    MessageClass,
    Method,
    Nonce,
    RequestedAddressFamily,
    RequestedTransport,
    StunMessage,
    Value,
    XorPeerAddress,
    XorRelayedAddress,
    build_stun,
    make_message,
    parse_stun,
)
from wirescope.wire.turn import UDP, ChannelData, StreamDeframer

WAIT_S = 5.0


class TurnClient(Asking):
    """A client; `heard` has what came that is no answer."""

    def __init__(self, kind: str, user: str, password: str) -> None:
        super().__init__(user, password)
        self.kind = kind
        self.answers: asyncio.Queue[StunMessage] = asyncio.Queue()
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.closed = asyncio.Event()
        self.transport: Any = None
        self._number = 0

    def take(self, message: bytes) -> None:
        """Sort what came."""
        if message[0] > 3:
            length = int.from_bytes(message[2:4], "big")
            self.heard.put_nowait(message[4 : 4 + length])
            return
        parsed = parse_stun(message)
        if parsed.message_class is MessageClass.INDICATION:
            self.heard.put_nowait(message)
        else:
            self.answers.put_nowait(parsed)

    def put(self, data: bytes) -> None:
        """Send bytes."""
        if self.kind == "udp":
            self.transport.sendto(data)
        else:
            self.transport.write(data)

    async def ask(self, method: int, *values: Value) -> StunMessage:
        """Send a request, signed as soon as there is a nonce; its answer."""
        self.put(self.signed(method, *values))
        async with asyncio.timeout(WAIT_S):
            return await self.answers.get()

    def signed(self, method: int, *values: Value) -> bytes:
        """Make a request, signed as soon as there is a nonce."""
        self._number += 1
        id_ = self._number.to_bytes(12, "big")
        request = make_message(MessageClass.REQUEST, method, id_, *values)
        if self.nonce:
            request = self.sign(request)
        return build_stun(request)

    async def allocate(self, *values: Value, family: int = 1) -> tuple[str, int]:
        """Get a relayed address; ValueError with the code where there is none."""
        wanted = (RequestedTransport(UDP), RequestedAddressFamily(family), *values)
        answer = await self.ask(Method.ALLOCATE, *wanted)
        if answer.has(Nonce):
            self.learn_from(answer)
            answer = await self.ask(Method.ALLOCATE, *wanted)
        relayed = answer.find(XorRelayedAddress)
        if relayed is None:
            raise ValueError(code_of(answer))
        return relayed.host, relayed.port

    async def bind(self, number: int, peer: tuple[str, int]) -> int:
        """Bind a channel; the code of the error, 0 without one."""
        values = ChannelNumber(number), XorPeerAddress(*peer)
        return code_of(await self.ask(Method.CHANNEL_BIND, *values))

    def send_channel(self, number: int, data: bytes) -> None:
        """Send data by a channel."""
        frame = number.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
        self.put(frame + bytes(-len(data) % 4))

    async def hear(self) -> bytes:
        """Wait for data."""
        async with asyncio.timeout(WAIT_S):
            return await self.heard.get()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, client: TurnClient) -> None:
        self._client = client

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._client.take(data)


class _Stream(asyncio.Protocol):
    def __init__(self, client: TurnClient) -> None:
        self._client = client
        self._deframer = StreamDeframer()

    def data_received(self, data: bytes) -> None:
        for message in self._deframer.feed(data):
            if isinstance(message, ChannelData):
                self._client.heard.put_nowait(message.data)
            else:
                self._client.take(build_stun(message))

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.closed.set()


class Clients:
    """Makes clients of a server, and closes them."""

    def __init__(self, server: IceServer) -> None:
        self._server = server
        self._made: list[TurnClient] = []

    async def open(
        self,
        kind: str = "udp",
        *,
        host: str = "127.0.0.1",
        user: str = "ada",
        password: str = "pw",
        trust: ssl.SSLContext | None = None,
    ) -> TurnClient:
        """Open a client over udp, tcp or tls."""
        client, loop = TurnClient(kind, user, password), asyncio.get_running_loop()
        options = self._server.options
        if kind == "udp":
            client.transport, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(client), remote_addr=(host, options.port)
            )
        else:
            port = options.port if kind == "tcp" else options.tls_port
            client.transport, _ = await loop.create_connection(
                lambda: _Stream(client), host, port, ssl=trust if kind == "tls" else None
            )
        self._made.append(client)
        return client

    @classmethod
    @asynccontextmanager
    async def of(cls, server: IceServer) -> AsyncIterator[Self]:
        """Give clients of a server, which end with the context."""
        clients = cls(server)
        try:
            yield clients
        finally:
            for client in clients._made:
                client.transport.abort()
