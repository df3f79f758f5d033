"""A million damaged datagrams: nothing raises, nothing is amplified, no allocation is left over.

They go into the server without sockets, in two processes, from clients that have allocations,
channels and a connection, from a stranger and from a peer, and some are signed by a client after
they were damaged; and some go into a real server's socket, which has to serve afterwards.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

from fuzz.fuzz_ice_server import DATAGRAMS, SIGNING, Fuzzed
from fuzz.mutate import mutated
from tests.support.ice_child import our_server
from tests.support.relay_load import PlainClient

COUNT = 1_000_000
PROCESSES = 2
ANEW = 2000
"""Datagrams after which a server is made anew."""

REAL = 100_000
LONGEST = 60_000
LIMIT_S = 900.0


async def show(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Feed them."""
    del folder
    seed = int.from_bytes(os.urandom(4), "big")
    share = COUNT // PROCESSES
    async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as tasks:
        runs = [tasks.create_task(_run(seed + number, share)) for number in range(PROCESSES)]
    done = [each.result() for each in runs]
    fed, answered, granted, relayed = (
        sum(getattr(each, name) for each in done)
        for name in ("fed", "answered", "granted", "relayed")
    )
    crashes = [each.crash for each in done if each.crash]
    words = (
        f"{fed:,} fed (seed {seed}), {answered:,} answered, {granted:,} granted,"
        f" {relayed:,} relayed, {len(crashes)} crashes"
    )
    yield "damaged datagrams", words, fed == COUNT and not crashes
    for crash in crashes:
        yield "  crash", crash, False
    async with our_server() as server:
        code = await asyncio.to_thread(_real, server.port, seed)
    words = f"{REAL:,} sent, then Allocate answered with {code}"
    yield "the same over a socket", words, code == 0


@dataclass
class Fed:
    """What came of the datagrams of one process.

    Attributes:
        fed: datagrams that went in.
        answered: that were answered or relayed to a client.
        granted: requests that were.
        relayed: datagrams to peers and to clients.
        crash: what was raised, and over what.
    """

    fed: int = 0
    answered: int = 0
    granted: int = 0
    relayed: int = 0
    crash: str = ""


async def _run(seed: int, count: int) -> Fed:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "acceptance.relaying.datagrams", str(seed), str(count)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return Fed(**json.loads(said)) if said else Fed(crash="the process ended without a word")


def _real(port: int, seed: int) -> int:
    source = random.Random(seed)
    client = PlainClient(port)
    for _ in range(REAL):
        client.socket.send(mutated(DATAGRAMS, source)[:LONGEST])
    client.socket.close()
    client = PlainClient(port, source="127.0.0.5")
    code = client.allocate()
    client.socket.close()
    return code


def feed(source: random.Random, count: int) -> Fed:
    """Feed so many datagrams to servers, each made anew after some of them."""
    done = Fed()
    while done.fed < count and not done.crash:
        fuzzed = Fuzzed()
        counts = fuzzed.rig.machine.counts
        before = counts.succeeded
        for _ in range(min(ANEW, count - done.fed)):
            who, data = source.randrange(SIGNING + 1), mutated(DATAGRAMS, source)
            try:
                fuzzed.put(who, data)
            except Exception as error:  # noqa: BLE001 that is what is looked for
                done.crash = f"{error!r} by {who} with {data.hex()}"
                break
            done.fed += 1
        done.answered += len(fuzzed.rig.sent)
        done.granted += counts.succeeded - before
        done.relayed += counts.to_peers + counts.to_clients
        fuzzed.rig.machine.close()
        if counts.allocations:
            done.crash = f"{counts.allocations} allocations are left over"
    return done


def main() -> None:
    """Feed so many, from a seed."""
    seed, count = map(int, sys.argv[1:3])
    print(json.dumps(asdict(feed(random.Random(seed), count))))


if __name__ == "__main__":
    main()
