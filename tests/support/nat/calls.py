"""Calls between two clients of a rig, each of which is a process that makes many at once.

What the two say to each other is carried from pipe to pipe, beside the network that is tried.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.nat.namespace import Namespace
from tests.support.nat.servers import Server
from wirescope.transports.webrtc.alongside import alongside

ROOT = Path(__file__).resolve().parents[3]
LINE_LIMIT = 1 << 24
"""A report has the events of a whole call."""

START_S = 60.0
"""Seconds for a process to start, and for a report to be late; the machine may be busy."""


@dataclass(frozen=True, slots=True)
class Report:
    """What has become of a call at one end.

    Attributes:
        failed: why it did not come about, or did not carry a message; empty where it did.
        opened_s: seconds until it stood; None where it never did.
        pair: the path that was selected last.
        events: of an end that failed, as lines of NDJSON.
    """

    failed: str
    opened_s: float | None
    pair: str
    events: list[str]


class Caller:
    """A client's process; `caller` makes it.

    Attributes:
        family: the version of IP that it has.
        ready: it takes part in calls; it needs a while to start.
    """

    def __init__(self, process: asyncio.subprocess.Process, family: int) -> None:
        self.family = family
        self.ready = asyncio.Event()
        self._process = process
        self._on_signal: dict[int, Callable[[Any], None]] = {}
        self._reports: dict[int, asyncio.Future[Report]] = {}

    async def read(self) -> None:
        """Take what it says, until it ends."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            said = json.loads(line)
            if "ready" in said:
                self.ready.set()
                continue
            number = said["call"]
            if "signal" in said:
                if number in self._on_signal:
                    self._on_signal[number](said["signal"])
            elif number in self._reports:
                self._reports[number].set_result(Report(**said["report"]))
        for report in self._reports.values():
            if not report.done():
                report.set_exception(OSError("The caller is gone."))

    def tell(self, **what: Any) -> None:
        """Tell it something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    @asynccontextmanager
    async def taking_part(
        self, number: int, on_signal: Callable[[Any], None]
    ) -> AsyncIterator["asyncio.Future[Report]"]:
        """Take part in a call while the context lasts; its report."""
        report = self._reports[number] = asyncio.get_running_loop().create_future()
        self._on_signal[number] = on_signal
        try:
            yield report
        finally:
            del self._reports[number], self._on_signal[number]


_numbers = itertools.count(1)


async def connect(
    one: Caller,
    two: Caller,
    servers: Callable[[int], Sequence[Server]],
    *,
    only_relay: bool = False,
    ca_file: Path | None = None,
    open_timeout_s: float,
) -> tuple[Report, Report]:
    """Make a call from the one to the other; what has become of it at each end.

    Args:
        one: makes the offer and the channel.
        two: answers.
        servers: gives those of a version of IP.
        only_relay: use relayed paths alone.
        ca_file: vouches for the certificates of servers over TLS.
        open_timeout_s: seconds that both give it.

    Raises:
        TimeoutError: an end does not say what has become of it.
    """
    number = next(_numbers)
    async with asyncio.timeout(START_S):
        for each in (one, two):
            await each.ready.wait()
    async with (
        one.taking_part(number, lambda said: two.tell(call=number, signal=said)) as first,
        two.taking_part(number, lambda said: one.tell(call=number, signal=said)) as second,
        asyncio.timeout(open_timeout_s + START_S),
    ):
        for each, makes in ((two, False), (one, True)):
            begin = {
                "makes": makes,
                "servers": list(servers(each.family)),
                "ca": str(ca_file or ""),
                "transport_policy": "relay" if only_relay else "all",
                "open_timeout_s": open_timeout_s,
            }
            each.tell(call=number, begin=begin)
        try:
            return await first, await second
        finally:
            for each in (one, two):
                each.tell(call=number, over=True)


@asynccontextmanager
async def caller(where: Namespace, *, family: int = 4) -> AsyncIterator[Caller]:
    """Start a process that makes calls from a namespace."""
    process = await asyncio.create_subprocess_exec(
        *where.enter(sys.executable, "-m", "tests.support.nat.caller"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        limit=LINE_LIMIT,
    )
    assert process.stdin is not None
    made = Caller(process, family)
    try:
        async with alongside(made.read()):
            yield made
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
