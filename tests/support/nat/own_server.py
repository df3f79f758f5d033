"""Our own STUN server with two addresses on a rig's public network, in a process of its own there.

As a program it serves until its standard input ends.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.nat.calls import ROOT, START_S
from tests.support.nat.rig import SERVERS, Rig
from wirescope.ice_server import IceServerOptions, serve_ice

PORT = 3578
"""coturn may have the usual one."""
URL = f"stun:{SERVERS[0]}:{PORT}"


@asynccontextmanager
async def own_server(rig: Rig) -> AsyncIterator[str]:
    """Run it while the context lasts; its address."""
    process = await asyncio.create_subprocess_exec(
        *rig.public.enter(sys.executable, "-m", "tests.support.nat.own_server"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            if not await process.stdout.readline():
                raise OSError("The server has not started; the lines above say why.")
        yield URL
    finally:
        process.stdin.close()
        async with asyncio.timeout(START_S):
            await process.wait()


async def _serve() -> None:
    one, two = SERVERS
    options = IceServerOptions(hosts=(one,), second_hosts=(two,), port=PORT, second_port=PORT + 1)
    async with serve_ice(options):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
