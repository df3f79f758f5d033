"""What a client of a rig finds out about the NAT before it, by asking a STUN server (RFC 5780).

As a program it asks the server whose address it is given, and prints what it was told.
"""

import asyncio
import json
import sys

from tests.support.nat.calls import ROOT, START_S
from tests.support.nat.rig import Namespace
from wirescope.transports.turn import Behaviour, NatBehaviour, discover, parse_server_url


async def asked(client: Namespace, url: str) -> NatBehaviour | str:
    """Ask from a client; what its NAT does, or why that cannot be told."""
    process = await asyncio.create_subprocess_exec(
        *client.enter(sys.executable, "-m", "tests.support.nat.asker", url),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    async with asyncio.timeout(START_S):
        said, _ = await process.communicate()
    if process.returncode:
        raise OSError("The client has not asked; the lines above say why.")
    found = json.loads(said)
    if isinstance(found, str):
        return found
    mapping, filtering, hairpins = found
    return NatBehaviour(Behaviour(mapping), Behaviour(filtering), hairpins)


async def _ask(url: str) -> None:
    address, _ = parse_server_url(url)
    report = await discover(address)
    found = report.behaviour
    told: object = report.problem
    if found is not None:
        told = [found.mapping.value, found.filtering.value, found.hairpins]
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(_ask(sys.argv[1]))
