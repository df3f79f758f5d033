"""Proxies for tests: HTTP CONNECT (RFC 9110 section 9.3.6) and SOCKS5 (RFC 1928, RFC 1929).

Both lead to where `hosts` says, so that a name that resolves nowhere can be asked for, and remember
what they were asked for.
"""

import asyncio
from base64 import b64encode
from ipaddress import IPv4Address

from tests.support.raw_server import RawServer, header, read_head


class ConnectProxy(RawServer):
    """An HTTP proxy that only tunnels.

    Args:
        hosts: a name and port, as asked for, to the port on 127.0.0.1 that it leads to.
        credentials: `user:password` that it asks for.
        answer: its answer to CONNECT, each piece sent on its own.
    """

    def __init__(
        self,
        hosts: dict[str, int],
        *,
        credentials: str | None = None,
        answer: tuple[bytes, ...] = (b"HTTP/1.1 200 Connection established\r\n\r\n",),
    ) -> None:
        super().__init__(self._serve)
        self.asked: list[bytes] = []
        self._hosts = hosts
        self._credentials = credentials
        self._answer = answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        self.asked.append(head)
        if self._credentials is not None:
            wanted = "Basic " + b64encode(self._credentials.encode()).decode()
            if header(head, "Proxy-Authorization") != wanted:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return await writer.drain()
        port = self._hosts[head.split()[1].decode()]
        for piece in self._answer:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)  # so that the pieces arrive one by one
        if b" 200 " in self._answer[0]:
            await tunnel(reader, writer, port)
        return None


class Socks5Proxy(RawServer):
    """A SOCKS5 proxy that knows CONNECT.

    Args:
        hosts: a name or address and port, as asked for, to the port on 127.0.0.1 it leads to.
        credentials: `user:password` that it asks for.
        reply: the reply code that it gives (RFC 1928 section 6); 0 succeeds.
    """

    def __init__(
        self, hosts: dict[str, int], *, credentials: str | None = None, reply: int = 0
    ) -> None:
        super().__init__(self._serve)
        self.asked: list[str] = []
        self._hosts = hosts
        self._credentials = credentials
        self._reply = reply

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        methods = await reader.readexactly((await reader.readexactly(2))[1])
        wanted = 0 if self._credentials is None else 2
        writer.write(bytes([5, wanted if wanted in methods else 0xFF]))
        if wanted not in methods or (wanted and not await self._log_in(reader, writer)):
            return await writer.drain()
        target = await _read_target(reader)
        self.asked.append(target)
        writer.write(bytes([5, self._reply, 0, 1, 127, 0, 0, 1, 0, 0]))
        await writer.drain()
        if self._reply == 0:
            await tunnel(reader, writer, self._hosts[target])
        return None

    async def _log_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        user = await reader.readexactly((await reader.readexactly(2))[1])
        password = await reader.readexactly((await reader.readexactly(1))[0])
        granted = (user + b":" + password).decode() == self._credentials
        writer.write(bytes([1, 0 if granted else 1]))
        return granted


async def _read_target(reader: asyncio.StreamReader) -> str:
    kind = (await reader.readexactly(4))[3]
    if kind == 1:
        host = str(IPv4Address(await reader.readexactly(4)))
    else:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    return f"{host}:{int.from_bytes(await reader.readexactly(2), 'big')}"


async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Carry bytes both ways between a client and a port on 127.0.0.1 until either ends."""
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.TaskGroup() as group:
            ways = (
                group.create_task(_carry(reader, far_writer)),
                group.create_task(_carry(far_reader, writer)),
            )
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
    finally:
        far_writer.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        return
