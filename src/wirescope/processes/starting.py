"""What a process is for who started it, and how one is started from its beginning."""

import asyncio
import sys
from typing import Protocol

LINE_LIMIT = 64 << 10
"""Bytes of a line of a process's standard output, where nothing else is asked for."""


class Process(Protocol):
    """A process with its standard input and output; those of asyncio are such.

    Attributes:
        pid: its number.
        stdin: takes what it reads.
        stdout: gives what it writes.
        returncode: once its end is known; negative for a signal's number.
    """

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None

    @property
    def pid(self) -> int: ...  # noqa: D102

    @property
    def returncode(self) -> int | None: ...  # noqa: D102

    async def wait(self) -> int:
        """Wait for its end, and give its code."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


class Start(Protocol):
    """Starts a program of this package."""

    async def __call__(
        self,
        module: str,
        *arguments: str,
        stderr: int | None = None,
        limit: int = LINE_LIMIT,
    ) -> Process:
        """Start it, apart from the terminal: an interrupt that is typed there is not for it.

        Args:
            module: with a `__main__` that has a `main`.
            arguments: of its command line.
            stderr: a descriptor for its standard error; None for this process's own.
            limit: bytes of a line of its standard output at most.

        Raises:
            OSError: it cannot be started.
            TimeoutError: it was not there in time.
        """
        ...


async def spawn(
    module: str,
    *arguments: str,
    stderr: int | None = None,
    limit: int = LINE_LIMIT,
) -> Process:
    """Start a program from its beginning; see `Start`."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
        limit=limit,
        start_new_session=True,
    )
