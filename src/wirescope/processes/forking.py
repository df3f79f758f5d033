"""A process that forks, from the side of who wants children of it.

To load the program takes most of the processor time of a short-lived process, and takes it from
what is measured beside it. Forked from one that has loaded it, a process is there in a few
milliseconds. The children end with their standard input, as those do that are started.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import IO, Self

from wirescope.processes.serving import Request, send_request, take_begin
from wirescope.processes.starting import LINE_LIMIT, Process

FORKS = hasattr(os, "fork") and hasattr(os, "pidfd_open") and sys.platform == "linux"
"""Whether this system forks, tells when a child has ended, and has sockets that keep messages."""

LOAD_S = 60.0
"""Seconds until a child has begun; before the first one everything is loaded."""

END_S = 5.0
"""Seconds until the process that forks has to be gone."""

_SHORT = 32
_STDERR = 2
_LOST = -9  # SIGKILL, which not every system has a name for


class Forked:
    """A process that was forked; a `Process`.

    Attributes:
        pid: its number.
        stdin: takes what it reads.
        stdout: gives what it writes.
        returncode: once its end is known; as of one that was killed where nobody could tell.
    """

    def __init__(
        self,
        pid: int,
        handle: int,
        status: socket.socket,
        stdin: asyncio.StreamWriter,
        stdout: asyncio.StreamReader,
    ) -> None:
        self.pid = pid
        self.stdin: asyncio.StreamWriter | None = stdin
        self.stdout: asyncio.StreamReader | None = stdout
        self.returncode: int | None = None
        self._handle = handle
        self._status = status
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(status, self._hear)

    def _hear(self) -> None:
        said = self._status.recv(_SHORT)
        self._loop.remove_reader(self._status)
        self._status.close()
        if said:
            self._end(int(said))
        else:  # who could have told its code has ended
            self._loop.add_reader(self._handle, self._see_end)

    def _see_end(self) -> None:
        self._loop.remove_reader(self._handle)
        self._end(_LOST)

    def _end(self, code: int) -> None:
        os.close(self._handle)
        self.returncode = code
        if self.stdin is not None:
            self.stdin.close()
        self._ended.set()

    async def wait(self) -> int:
        """Wait for its end, and give its code."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)


class ForkServer:
    """A process that has loaded what its children need; `open` makes it.

    Attributes:
        pid: its number.
    """

    def __init__(self, line: socket.socket, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._line = line
        self._process = process

    @classmethod
    async def open(cls, names: Sequence[str]) -> Self:
        """Start the process; it loads while this one goes on.

        Args:
            names: what it loads: modules, or with a colon functions of them that are called.

        Raises:
            OSError: it cannot be started.
        """
        line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.settimeout(0)
        with theirs:
            command = [sys.executable, "-m", "wirescope.processes", str(theirs.fileno()), *names]
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.PIPE,  # streams know from the beginning what they are
                    stdout=asyncio.subprocess.PIPE,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except BaseException:
                line.close()
                raise
        return cls(line, process)

    async def start(
        self,
        module: str,
        *arguments: str,
        stderr: int | None = None,
        limit: int = LINE_LIMIT,
    ) -> Process:
        """Fork a child that runs a program of this package; see `Start`."""
        with ExitStack() as stack:
            orders, stdin = socket.socketpair()
            status, told = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            for each in (orders, status):
                stack.callback(each.close)
                each.settimeout(0)
            reads, writes = os.pipe()
            answers = stack.enter_context(os.fdopen(reads, "rb", buffering=0))
            with stdin, told, os.fdopen(writes, "wb"):
                error = _STDERR if stderr is None else stderr
                request = Request(module=f"{module}.__main__", arguments=arguments)
                send_request(self._line, request, [stdin.fileno(), writes, error, told.fileno()])
            async with asyncio.timeout(LOAD_S):
                await _readable(status)
            pid, handle = take_begin(status)
            stack.pop_all()
        return Forked(pid, handle, status, await _written(orders), await _read(answers, limit))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the process; children that still run go on to their end."""
        self._line.close()
        try:
            async with asyncio.timeout(END_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


async def _readable(sock: socket.socket) -> None:
    """Wait until there is something to be taken."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sock, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sock)


async def _written(sock: socket.socket) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection(sock=sock)
    return writer


async def _read(pipe: IO[bytes], limit: int) -> asyncio.StreamReader:
    """Read a pipe until it ends, which closes it."""
    reader = asyncio.StreamReader(limit)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader
