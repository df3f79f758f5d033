"""A process that forks: its children are there at once, are told of, and end with their input."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from wirescope.lab.ends import End
from wirescope.lab.ends.orders import AskUsage, Nothing, Quit, Usage
from wirescope.processes import FORKS, ForkServer, Process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FORKS, reason="this system forks no processes"),
]

MODULE = "wirescope.lab.ends"
DEADLINE_S = 30


@asynccontextmanager
async def server() -> AsyncIterator[ForkServer]:
    async with asyncio.timeout(DEADLINE_S), await ForkServer.open([f"{MODULE}.__main__"]) as found:
        yield found


async def asked(child: Process, order: msgspec.Struct) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(msgspec.json.encode(order) + b"\n")
    return await child.stdout.readline()


async def test_children_run_beside_each_other_and_each_ends_as_it_is_told() -> None:
    async with server() as found:
        one, other = [await found.start(MODULE) for _ in range(2)]
        for each in (one, other):
            assert each.stdout is not None
            assert b"real_time" in await each.stdout.readline()
        assert b"cpu_s" in await asked(other, AskUsage())
        assert b"done" in await asked(one, Quit())
        assert await one.wait() == 0
        assert other.returncode is None
        other.kill()
        assert await other.wait() == -signal.SIGKILL


async def test_a_child_has_its_own_arguments_session_and_standard_error(tmp_path: Path) -> None:
    said = tmp_path / "said"
    async with server() as found:
        with said.open("wb") as errors:
            child = await found.start(MODULE, "--enter", "/does/not/exist", stderr=errors.fileno())
        assert await child.wait() == 1
        other = await found.start(MODULE)
        assert other.stdout is not None
        await other.stdout.readline()
        assert os.getsid(other.pid) == other.pid
        other.kill()
        await other.wait()
    assert "cannot be entered" in said.read_text()


async def test_a_child_ends_when_nobody_holds_its_input_any_more() -> None:
    async with server() as found:
        child = await found.start(MODULE)
        assert child.stdin is not None
        child.stdin.close()
        assert await child.wait() in (0, 1)


async def test_a_child_goes_on_when_the_process_that_forked_it_has_ended() -> None:
    async with server() as found:
        end = await End.start("a", start=found.start)
    async with end:
        assert (await end.order(AskUsage(), Usage)).cpu_s > 0
        await end.order(Quit(), Nothing)


async def test_who_asks_a_process_that_has_ended_is_told() -> None:
    async with server() as found:
        os.kill(found.pid, signal.SIGKILL)
        with pytest.raises(OSError, match=r"has ended|Broken pipe|reset"):
            await found.start(MODULE)


async def test_a_forked_end_takes_a_fraction_of_the_processor_time() -> None:
    async with server() as found, await End.start("a", start=found.start) as end:
        forked = await end.order(AskUsage(), Usage)
    async with await End.start("b") as end:
        started = await end.order(AskUsage(), Usage)
    assert forked.cpu_s < started.cpu_s / 3
