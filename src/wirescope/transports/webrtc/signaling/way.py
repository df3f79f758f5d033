"""HTTP over sockets that somebody else opens: by a proxy, to a chosen address, of one family.

httpcore, which httpx is made on, asks a network backend for its connections; this is one. TLS is
asyncio's. Deadlines are the client's, which bounds each exchange as a whole.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore
import httpx

IDLE_S = 5.0
"""Seconds for which a connection is kept without a request; what is in between may let it go."""

OpenSocket = Callable[[str, int], Awaitable[socket.socket]]
"""Opens a connection of TCP that leads to a host and port, whatever is in between."""


class SocketTransport(httpx.AsyncHTTPTransport):
    """Makes requests over sockets that `open_socket` gives."""

    def __init__(self, tls: ssl.SSLContext, open_socket: OpenSocket) -> None:
        super().__init__(verify=tls)
        # httpx has no parameter for the backend of its pool.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, network_backend=_Backend(open_socket), keepalive_expiry=IDLE_S
        )


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, open_socket: OpenSocket) -> None:
        self._open_socket = open_socket

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._open_socket(host, port))

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A socket, wrapped when it is known whether TLS is wanted."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def _opened(self, **tls: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(sock=self._sock, **tls)
        return self._streams

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            await self._opened(ssl=ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._sock.close()
            raise
        return self

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,
    ) -> bytes:
        reader, _ = await self._opened()
        return await reader.read(max_bytes)

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,
    ) -> None:
        _, writer = await self._opened()
        writer.write(buffer)
        await writer.drain()

    async def aclose(self) -> None:
        if self._streams is None:
            self._sock.close()
            return
        # HTTP says itself where a body ends, so that the end of TLS is not waited for: that takes
        # half a minute where nobody answers, and httpcore shields it from every deadline.
        self._streams[1].transport.abort()

    def get_extra_info(self, info: str) -> Any:
        if self._streams is None:
            return None
        reader, writer = self._streams
        if info == "is_readable":  # asked of an idle connection: the server has ended it
            unread = getattr(reader, "_buffer", b"")  # a farewell; there is no public way to look
            is_broken = reader.exception() is not None or writer.is_closing()
            return bool(unread) or reader.at_eof() or is_broken
        return writer.get_extra_info(
            {"server_addr": "peername", "client_addr": "sockname"}.get(info, info)
        )
