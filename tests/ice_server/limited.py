"""A program that may open few sockets, with a TURN server that has more clients than those."""

import asyncio
import json
import resource
import sys

from tests.support.turn_client import Clients
from wirescope.ice_server import IceServerEvent, IceServerOptions, Refused, serve_ice
from wirescope.wire.stun import Lifetime, Method


async def main(limit: int, kind: str) -> None:
    """Have clients come until one is refused, and that one again when another has gone."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    options = IceServerOptions(port=0, users={"ada": "pw"}, tcp=kind == "tcp")
    reasons: list[str] = []

    def note(event: IceServerEvent) -> None:
        if isinstance(event, Refused):
            reasons.append(event.reason)

    async with (
        serve_ice(options, on_event=note) as server,
        Clients.of(server) as clients,
    ):
        held, refused = [], ""
        while not refused:
            client = await clients.open(kind)
            try:
                await client.allocate()
                held.append(client)
            except ValueError as error:
                refused = str(error)
        reason = reasons[-1]
        await held[0].ask(Method.REFRESH, Lifetime(0))
        await client.allocate()
        told = {
            "had": len(held),
            "most": server.options.max_allocations,
            "refused": refused,
            "reason": reason,
            "shortfall": server.shortfall,
        }
    sys.stdout.write(json.dumps(told))


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
