"""A TCP server that says exactly what a test tells it to, byte for byte."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """Runs `talk` for each connection, on 127.0.0.1 or a Unix socket; ends them when it is left.

    Attributes:
        port: where it listens.
        accepted: how many connections there were.
    """

    def __init__(
        self, talk: Talk, *, tls: ssl.SSLContext | None = None, unix: Path | None = None
    ) -> None:
        self.port = 0
        self.accepted = 0
        self._talk = talk
        self._tls = tls
        self._unix = unix
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if self._unix is not None:
            self._server = await asyncio.start_unix_server(self._run, self._unix, ssl=self._tls)
        else:
            self._server = await asyncio.start_server(self._run, "127.0.0.1", 0, ssl=self._tls)
            self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the other end, or the end of the test
        finally:
            writer.transport.abort()
            self._tasks.discard(task)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """Read a request's head."""
    return await reader.readuntil(b"\r\n\r\n")


def header(head: bytes, name: str) -> str:
    """Find a header's value in a head, empty without one."""
    for line in head.decode("latin-1").split("\r\n"):
        field, _, value = line.partition(":")
        if field.lower() == name.lower():
            return value.strip()
    return ""
