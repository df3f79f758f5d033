"""How `wirescope connect` for WebRTC ends: all is sent, or it says what was not."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.cli.calls import Running, running
from tests.support.peers import until
from tests.workbench.calling.narrow import Far, far_away
from wirescope.workbench.calling import leaving

pytestmark = [pytest.mark.slow, pytest.mark.quiet]

LINES = b"".join(b"%d" % number * 60_000 + b"\n" for number in range(8))


@asynccontextmanager
async def sending(far: Far, *arguments: str) -> AsyncIterator[Running]:
    """Have the command send lines to the other side, and wait until they are on their way."""
    async with running("webrtc:", *arguments, stdin=None) as run:
        code = re.findall(r"webrtc:1\.[\w-]+", await run.says("expected as a line on stdin"))[0]
        run.io.type((await far.answer(code)).encode() + b"\n")
        await until(lambda: far.peer.channels)
        yield run


async def lines(run: Running) -> None:
    """Type the lines, and let stdin end."""
    await asyncio.to_thread(run.io.type, LINES)  # a pipe holds less than that
    run.io.end_input()


async def test_all_of_stdin_arrives_over_a_narrow_way() -> None:
    async with far_away() as far, sending(far, "-E") as run:
        far.way.to_server.rate_bps = 1_000_000
        await lines(run)
        assert await far.lengths() == [60_000] * 8
        assert await run.ends() == 0


async def test_what_was_not_sent_is_said_with_28(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "PATIENCE_S", 0.5)
    async with far_away() as far, sending(far, "-E") as run:
        far.way.to_server.loss = 1
        await lines(run)
        assert await run.ends() == 28
        assert re.search(r"[\d,]+ bytes that waited were not sent: nothing", run.io.stderr)


async def test_a_second_interrupt_ends_it_at_once_and_says_what_was_not_sent() -> None:
    async with far_away() as far, sending(far, "-E") as run:
        far.way.to_server.loss = 1
        await lines(run)
        await until(lambda: run.run.stopping)
        async with asyncio.timeout(0.5):
            assert await run.ends(run.interrupt) == 130
        assert "were not sent: this end did not wait for it" in run.io.stderr


@pytest.mark.parametrize("arguments", [("-E",), ()], ids=["while it sends the rest", "before"])
async def test_the_end_of_its_time_does_not_wait(arguments: tuple[str, ...]) -> None:
    async with far_away() as far, sending(far, *arguments, "-m", "2") as run:
        far.way.to_server.loss = 1
        async with asyncio.timeout(3.5):
            await lines(run)
            assert await run.ends() == 28
        assert "The time of -m is over." in run.io.stderr
