"""What an end that `benchmarks.channels` measures has to do, and the process that it does it in.

An end is told on its standard input what to do, a line of JSON each, and answers likewise.
"""

import asyncio
import contextlib
import gc
import json
import os
import socket
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wirescope.clock import SystemClock

SIZES = (64, 1024, 16_384, 65_536)
HIGH, LOW = 1 << 20, 256 << 10
PING = bytes(64)

SETTLE_S = 0.03
"""Seconds after the end of a connection in which its last threads and datagrams are done with."""


def now() -> float:
    """Give seconds on a clock that never goes back."""
    return SystemClock.monotonic_ns() / 1e9


class Counter:
    """Counts what comes, and notes when the first and the last came."""

    def __init__(self) -> None:
        self.echo: Callable[[bytes], object] | None = None
        self.done = asyncio.Event()
        self._left = self._count = 0
        self._began = self.seconds = 0.0

    def expect(self, count: int) -> None:
        """Begin to count."""
        self.echo = None
        self._left = self._count = count
        self.done.clear()

    def took(self, data: bytes | str) -> None:
        """Count one."""
        if self.echo is not None:
            self.echo(data)  # type: ignore[arg-type]
            return
        if self._left == self._count:
            self._began = now()
        self._left -= 1
        if not self._left:
            self.seconds = now() - self._began
            self.done.set()


class Subject(ABC):
    """One end of a connection."""

    def __init__(self) -> None:
        self.signal: Callable[[Any], None] = lambda _: None
        self.counter = Counter()
        self.opened = asyncio.Event()
        self.pong = asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self, _path: Path) -> Any:
        """Whatever it needs while it runs."""
        yield

    @abstractmethod
    async def begin(self, *, offers: bool) -> None:
        """Make a connection; `opened` is set once its channel is open."""

    async def wait_open(self) -> None:
        """Wait until its channel is open."""
        await self.opened.wait()

    @abstractmethod
    async def end(self) -> None:
        """End it."""

    @abstractmethod
    async def on_signal(self, said: Any) -> None:
        """Take what the other end tells."""

    @abstractmethod
    async def push(self, count: int, size: int) -> None:
        """Send so many messages as fast as they are taken."""

    @abstractmethod
    async def ping(self, count: int) -> list[float]:
        """Send one after the other comes back; seconds each."""

    async def expect(self, count: int) -> None:
        """Count messages from now on."""
        self.counter.expect(count)

    async def received(self) -> float:
        """Wait until all have come; seconds from the first to the last."""
        await self.counter.done.wait()
        return self.counter.seconds

    @abstractmethod
    async def echo(self) -> None:
        """Send back what comes from now on."""


def processor_s() -> float:
    """Give the processor time of this process and of all that it has started."""
    import psutil

    total = time.process_time()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            total += times.user + times.system
    return total


async def serve(subject: Subject, path: Path, signaling: socket.socket) -> None:
    """Be an end until standard input ends; `signaling` leads to the other one."""
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    heard, told = await asyncio.open_connection(sock=signaling, limit=1 << 20)
    lock = asyncio.Lock()  # what is told is taken in its order
    subject.signal = lambda said: told.write(json.dumps(said).encode() + b"\n")

    async def hear() -> None:
        # A task each, since the end of a connection cancels what it is about to take.
        while line := await heard.readline():
            group.create_task(take(json.loads(line)))

    async def take(said: Any) -> None:
        async with lock:
            await subject.on_signal(said)

    async def do(what: str, how: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps({"done": await _do(subject, what, how)}) + "\n")
        sys.stdout.flush()

    async with subject.running(path), asyncio.TaskGroup() as group:
        group.create_task(hear())
        while line := await orders.readline():
            said = json.loads(line)
            group.create_task(do(said.pop("do"), said))
        os._exit(0)  # whatever waits still would wait for ever


async def _do(subject: Subject, what: str, how: dict[str, Any]) -> Any:
    match what:
        case "begin":
            subject.opened.clear()
            began = now()
            await subject.begin(offers=how["offers"])
            if how["offers"]:
                await subject.opened.wait()
            return now() - began
        case "push":
            before = processor_s()
            await subject.push(how["count"], how["size"])
            return processor_s() - before
        case "expect":
            await subject.expect(how["count"])
            subject.before = processor_s()  # type: ignore[attr-defined]
            return None
        case "received":
            seconds = await subject.received()
            return seconds, processor_s() - subject.before  # type: ignore[attr-defined]
        case "ping":
            return await subject.ping(how["count"])
        case "echo":
            return await subject.echo()
        case "opened":
            return await subject.wait_open()
        case _:
            await subject.end()
            gc.collect()  # what the connection has left belongs to no other's set-up
            await asyncio.sleep(SETTLE_S)
            return None
