"""What a packet costs and how many there can be: two benchmarks, run as they are."""

import asyncio
import sys
from collections.abc import AsyncIterator

from playwright.async_api import Browser

from acceptance.forwarding.ends import Server

RUNS = (
    ("added latency from outside, and the ceiling", ["benchmarks.forwarding", "--ceiling"]),
    ("cost of a packet", ["benchmarks.packets", "--seconds", "0.5"]),
)

Row = tuple[str, str, bool]


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """Run both; each ends with status 1 where it falls short."""
    del server
    await browser.close()
    for name, (module, *arguments) in RUNS:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        lines = "".join(f"\n    {line}" for line in said.decode().splitlines())
        yield name, lines, process.returncode == 0
