"""Forked programs (`forking`) with streams of asyncio, as its own subprocesses have them."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.forking import Forked

GRACE_S = 10.0
LINE_LIMIT = 1 << 20


class FarProgram:
    """A program that is told lines and says lines; `far_program` starts it.

    Args:
        process: it.
        stdin: what it is told goes in here.
        lines: what it says, until its end.
    """

    def __init__(
        self, process: Forked, stdin: asyncio.WriteTransport, lines: asyncio.StreamReader
    ) -> None:
        self._process = process
        self._stdin = stdin
        self.lines = lines

    def tell(self, line: bytes) -> None:
        """Tell it a line."""
        self._stdin.write(line + b"\n")

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


@asynccontextmanager
async def far_program(
    program: str, *arguments: str, holder: int | None = None
) -> AsyncIterator[FarProgram]:
    """Start a program, in the namespaces of a process if one is named; it ends with its input.

    Args:
        program: the module whose `main` it is.
        holder: the process that holds the namespaces.
    """
    process = await asyncio.to_thread(
        Forked,
        arguments,
        environment=dict(os.environ),
        program=program,
        holder=holder,
        stderr=sys.__stderr__.fileno() if sys.__stderr__ else asyncio.subprocess.DEVNULL,
    )
    with process:
        loop = asyncio.get_running_loop()
        lines = asyncio.StreamReader(limit=LINE_LIMIT)
        reading, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), process.stdout
        )
        stdin: Any
        stdin, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
        try:
            yield FarProgram(process, stdin, lines)
        finally:
            stdin.close()
            await asyncio.to_thread(_wait_or_kill, process)
            reading.close()


def _wait_or_kill(process: Forked) -> None:
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
