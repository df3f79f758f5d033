"""A TURN client on a real socket, of this project's own messages: one request, one answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from wirescope.ice_server import IceServer
from wirescope.wire.stun import (
    ChannelNumber,
    ErrorCode,
    MessageClass,
    Method,
    Nonce,
    Realm,
    RequestedAddressFamily,
    RequestedTransport,
    StunMessage,
    Username,
    Value,
    XorPeerAddress,
    XorRelayedAddress,
    add_integrity,
    build_stun,
    long_term_key,
    make_message,
    parse_stun,
)
from wirescope.wire.turn import UDP, ChannelData, StreamDeframer

WAIT_S = 5.0


class TurnClient:
    """A client; `heard` has what came that is no answer."""

    def __init__(self, kind: str, user: str, password: str) -> None:
        self.kind = kind
        self.user, self.password = user, password
        self.realm, self.nonce = "", b""
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
            signing = Username(self.user), Realm(self.realm), Nonce(self.nonce)
            key = long_term_key(self.user, self.realm, self.password)
            request = add_integrity(request.with_values(*signing), key)
        return build_stun(request)

    async def allocate(self, *values: Value, family: int = 1) -> tuple[str, int]:
        """Get a relayed address; ValueError with the code where there is none."""
        wanted = (RequestedTransport(UDP), RequestedAddressFamily(family), *values)
        answer = await self.ask(Method.ALLOCATE, *wanted)
        realm, nonce = answer.find(Realm), answer.find(Nonce)
        if realm is not None and nonce is not None:
            self.realm, self.nonce = realm.text, nonce.data
            answer = await self.ask(Method.ALLOCATE, *wanted)
        relayed, error = answer.find(XorRelayedAddress), answer.find(ErrorCode)
        if relayed is None:
            raise ValueError(0 if error is None else error.code)
        return relayed.host, relayed.port

    async def bind(self, number: int, peer: tuple[str, int]) -> int:
        """Bind a channel; the code of the error, 0 without one."""
        answer = await self.ask(Method.CHANNEL_BIND, ChannelNumber(number), XorPeerAddress(*peer))
        error = answer.find(ErrorCode)
        return 0 if error is None else error.code

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
