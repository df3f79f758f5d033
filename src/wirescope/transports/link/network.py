"""A network of namespaces, as its user has it: hosts in a row, and commands that run on them.

The link process does the work (`process`); here it is started, asked and ended, each within a
deadline.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from wirescope.errors import LinkError, UsageError
from wirescope.link import Direction, LinkSettings, symmetric
from wirescope.processes import Process, Start, spawn
from wirescope.transports.link.explaining import not_linux
from wirescope.transports.link.layout import Host, lay_out
from wirescope.transports.link.namespaces import entering, held, paths_of
from wirescope.transports.link.records import (
    Answer,
    DeviceKind,
    End,
    NetworkPlan,
    NetworkReport,
    Order,
    Refused,
    Standing,
    Tell,
)
from wirescope.transports.link.sweeping import end_all

START_S = 20.0
"""How long a network may take until it stands."""

ANSWER_S = 5.0
"""How long it may take to answer."""

_LONGEST_ANSWER = 1 << 20
_ENDED = "The link process has ended."
_SAID = "What it said last is on standard error."
_MODULE = "wirescope.transports.link"


class Network:
    """A network while it stands; made by `open_network`.

    Attributes:
        hosts: the names of its hosts, in a row.
        realtime: whether the link process runs before all other programs, so that other work on the
            machine makes no packet late.
        by: what the hosts' devices are.
        started_ns: when the links' time began, on CLOCK_MONOTONIC, which all hosts share.
        last: what it did, once it has ended.
    """

    def __init__(self, process: Process, hosts: Sequence[Host], standing: Standing) -> None:
        self.hosts = tuple(host.name for host in hosts)
        self.realtime = standing.realtime
        self.by: DeviceKind = standing.by
        self.started_ns = standing.started_ns
        self.last: NetworkReport | None = None
        self._process, self._standing = process, standing
        self._by_name = {host.name: host for host in hosts}
        self._turn = asyncio.Lock()
        self._unheard = 0

    def address(self, host: str, family: Literal[4, 6] = 4) -> str:
        """Give a host's address, the same wherever it is seen from.

        Raises:
            UsageError: there is no such host, or it has no address of this family.
        """
        found = self._host(host)
        if family == 6 and not self._standing.has_6:
            raise UsageError(
                "The hosts of this network have no IPv6 addresses.",
                hint="It takes links with an MTU of 1,280 at least, and a kernel that has IPv6.",
            )
        return str(found.address if family == 4 else found.address_6)

    def command(self, host: str, command: Sequence[str]) -> list[str]:
        """Give the command that runs another one on a host, as who it is outside.

        What runs there is killed when the network ends.

        Raises:
            UsageError: there is no such host.
        """
        return [*entering(self.spaces(host)), *command]

    def spaces(self, host: str) -> tuple[str, ...]:
        """Give the paths of the namespaces that a process on a host is in, in order.

        A process that moves into them by itself (`enter_all`) is killed when the network ends, too.

        Raises:
            UsageError: there is no such host.
        """
        holds = self._standing.namespaces[self._host(host).number]
        return paths_of(self._process.pid, holds, user=self._standing.user)

    def _host(self, name: str) -> Host:
        if name not in self._by_name:
            raise UsageError(f"There is no host {name!r}; there are {', '.join(self.hosts)}.")
        return self._by_name[name]

    async def report(self, *, afresh: bool = False) -> NetworkReport:
        """Ask what it did up to now.

        Args:
            afresh: count punctuality anew from now on.

        Raises:
            LinkError: it has ended, or does not answer.
        """
        return await self._ask(Tell(afresh=afresh))

    async def end(self) -> None:
        """End it, as leaving the context does, and keep its last report in `last`.

        Raises:
            LinkError: it had ended already, or does not answer.
        """
        self.last = await self._ask(End())

    async def _ask(self, order: Order) -> NetworkReport:
        async with self._turn:
            await _tell(self._process, order)
            self._unheard += 1
            answer = None
            while self._unheard:  # also what was asked for by one who did not wait for it
                answer = await _hear(self._process)
                self._unheard -= 1
        if not isinstance(answer, NetworkReport):
            raise LinkError("The link process answered something else than a report.")
        return answer


@asynccontextmanager
async def open_network(
    *,
    links: Sequence[LinkSettings],
    hosts: Sequence[str] = ("a", "b"),
    by: DeviceKind | None = None,
    realtime: bool = True,
    record: Path | None = None,
    start: Start = spawn,
) -> AsyncIterator[Network]:
    """Make hosts in a row with emulated links between them; all is gone when the context ends.

    The network is apart from the machine's own, needs no rights where user namespaces are allowed,
    and knows no other hosts. Congestion control of TCP is what the ends choose, and by itself the
    kernel's.

    Args:
        links: what is between each host and the next; `up` leads to the next one.
        hosts: their names. With three of them the one in the middle forwards between the others.
        by: what the hosts' devices are made of; None takes TUN devices, and cables where this user
            may not have those.
        realtime: ask for a priority above that of other programs; `Network.realtime` says whether
            it was had.
        record: a file for the packets that hosts send over the first link, both ways and before
            anything is lost, as pcap with times of CLOCK_MONOTONIC; 64 MiB of them at most, and
            `NetworkReport.recording` says whether that was enough. It holds all that was sent
            before the last report. None writes none.
        start: starts the link process.

    Raises:
        UsageError: hosts and links do not fit together.
        LinkError: there can be no such network here; `why_not` says so without trying further. Or
            the recording cannot be written.
    """
    laid_out = lay_out(tuple(hosts), len(links))
    if refused := not_linux():
        raise LinkError(refused.message, hint=refused.hint)
    plan = NetworkPlan(
        hosts=tuple(hosts),
        links=tuple(links),
        by=by,
        realtime=realtime,
        record=_named(record),
    )
    try:
        process = await start(_MODULE, limit=_LONGEST_ANSWER)
    except (OSError, TimeoutError) as error:
        raise LinkError(f"The link process cannot be started: {error}.") from None
    spaces: list[int] = []
    with contextlib.ExitStack() as stack:
        try:
            await _tell(process, plan)
            standing = _standing(await _hear(process, START_S))
            for each in standing.namespaces:
                spaces.append(held(process.pid, each))
                stack.callback(os.close, spaces[-1])
            network = Network(process, laid_out, standing)
            try:
                yield network
            finally:
                if network.last is None:
                    with contextlib.suppress(LinkError):  # it had ended; who asked was told
                        await network.end()
        finally:
            await _close(process)
            if process.returncode:
                end_all(spaces)  # as it could not


def _named(record: Path | None) -> str | None:
    return None if record is None else str(record.absolute())


def _standing(answer: Answer) -> Standing:
    if isinstance(answer, Refused):
        raise LinkError(answer.message, hint=answer.hint)
    if not isinstance(answer, Standing):
        raise LinkError("The link process answered something else than that the network stands.")
    return answer


async def _tell(process: Process, told: NetworkPlan | Order) -> None:
    """Tell the link process something, a line."""
    assert process.stdin is not None
    try:
        async with asyncio.timeout(ANSWER_S):
            process.stdin.write(msgspec.json.encode(told) + b"\n")
            await process.stdin.drain()
    except TimeoutError:
        raise LinkError(f"The link process took nothing for {ANSWER_S:g} s.") from None
    except ConnectionError:
        raise LinkError(_ENDED, hint=_SAID) from None


async def _hear(process: Process, seconds: float = ANSWER_S) -> Answer:
    """Wait for what it answers, a line."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(seconds):
            line = await process.stdout.readline()
        return _decoded(line)
    except TimeoutError:
        raise LinkError(f"The link process did not answer within {seconds:g} s.") from None
    except msgspec.DecodeError:
        raise LinkError(_ENDED, hint=_SAID) from None


def _decoded(line: bytes) -> Answer:
    answer: Answer = msgspec.json.decode(line, type=Answer)
    return answer


async def _close(process: Process) -> None:
    """See the process end: by itself once its input has ended, else by force."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(ANSWER_S):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@cache
def why_not() -> str | None:
    """Say why there can be no network here, and what to do; None where there can.

    It is tried, once in the life of this process, which takes a third of a second.
    """
    if refused := not_linux():
        return f"{refused.message} {refused.hint}"
    link = symmetric("tried", Direction())
    plan = NetworkPlan(hosts=("a", "s", "b"), links=(link, link), realtime=False)
    try:
        done = subprocess.run(  # noqa: S603 this program itself
            [sys.executable, "-m", _MODULE],
            input=msgspec.json.encode(plan) + b"\n",
            capture_output=True,
            timeout=START_S,
            check=False,
        )
    except OSError as error:
        return f"The link process cannot be started: {error}."
    except subprocess.TimeoutExpired:
        return f"The emulated network was not made within {START_S:g} s."
    try:
        answer = _decoded(done.stdout.partition(b"\n")[0])
    except msgspec.DecodeError:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return f"The link process failed: {said[-1] if said else 'it said nothing'}"
    return f"{answer.message} {answer.hint}" if isinstance(answer, Refused) else None
