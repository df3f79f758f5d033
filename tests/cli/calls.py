"""Runs `wirescope connect` for WebRTC inside the test's own process, since a start takes longer.

Streams are files and a pipe, as of a command in a script. Each run has them for itself.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from tests.support.peers import until
from wirescope.cli.call_run import CallRun
from wirescope.cli.connect import command, plan_of
from wirescope.cli.exit_codes import of_error
from wirescope.cli.plan import Plan
from wirescope.cli.run import Stop
from wirescope.errors import WirescopeError

WITHIN_S = 40.0


class Streams:
    """stdin, stdout and stderr of a run."""

    def __init__(self, folder: Path) -> None:
        reading, self._writing = os.pipe()
        self.stdin: IO[str] = os.fdopen(reading)
        self.out = (folder / "stdout").open("w+")
        self.err = (folder / "stderr").open("w+")

    def type(self, data: bytes) -> None:
        """Write to stdin."""
        os.write(self._writing, data)

    def end_input(self) -> None:
        """Let stdin end."""
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1

    @property
    def stdout(self) -> bytes:
        """What came out."""
        return Path(self.out.name).read_bytes()

    @property
    def stderr(self) -> str:
        """What was said."""
        return Path(self.err.name).read_text()

    def close(self) -> None:
        """Close all of them."""
        self.end_input()
        for stream in (self.stdin, self.out, self.err):
            stream.close()


@contextmanager
def streams() -> Iterator[Streams]:
    """Put streams of its own in the place of the process's."""
    with tempfile.TemporaryDirectory() as folder:
        made = Streams(Path(folder))
        try:
            with (
                patch.object(sys, "stdin", made.stdin),
                patch.object(sys, "stdout", made.out),
                patch.object(sys, "stderr", made.err),
            ):
                yield made
        finally:
            made.close()


def plan(*arguments: str) -> Plan:
    """Understand a command line."""
    context = command.make_context("connect", list(arguments))
    values: dict[str, Any] = dict(context.params)
    made: Plan = plan_of(context, values.pop("url"), values)
    return made


class Running:
    """A run that is under way.

    Attributes:
        code: the exit code; None while it runs.
    """

    def __init__(self, io: Streams) -> None:
        self.io = io
        self.code: int | None = None
        self._run: CallRun | None = None

    async def carry_out(self, *arguments: str) -> None:
        """Do what the command does."""
        try:
            self._run = CallRun(plan(*arguments))
            self.code = int(await self._run.run())
        except WirescopeError as error:
            self.io.err.write(f"{error}\n")
            self.io.err.flush()
            self.code = int(of_error(error))

    @property
    def run(self) -> CallRun:
        """What is carried out."""
        assert self._run is not None
        return self._run

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        if self._run is not None:
            self._run.stop(Stop.INTERRUPT)

    async def says(self, text: str) -> str:
        """Wait until something was said; all that was."""
        await until(lambda: text in self.io.stderr or self.code is not None, WITHIN_S)
        assert text in self.io.stderr, self.io.stderr
        return self.io.stderr

    async def ends(self, after: Callable[[], object] = lambda: None) -> int:
        """Wait for the end; the exit code."""
        after()
        await until(lambda: self.code is not None, WITHIN_S)
        assert self.code is not None
        return self.code


@asynccontextmanager
async def running(*arguments: str, stdin: bytes | None = b"") -> AsyncIterator[Running]:
    """Run a command line while the context lasts; with `stdin` None its input stays open."""
    with streams() as io:
        if stdin is not None:
            io.type(stdin)
            io.end_input()
        made = Running(io)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(made.carry_out(*arguments))
            try:
                yield made
            finally:
                if not task.done():
                    made.interrupt()
                io.end_input()


async def connect(*arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Run a command line to its end; exit code, stdout and stderr."""
    async with running(*arguments, stdin=stdin) as made:
        code = await made.ends()
        return code, made.io.stdout, made.io.stderr
