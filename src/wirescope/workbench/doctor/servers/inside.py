"""Whether the server relays to addresses inside: asked of a server that is the user's own.

Permissions are asked for, and nothing is sent: a server that grants one would pass on what came
next (RFC 8656 section 21.2).
"""

from wirescope.analysis import PeerSeen
from wirescope.errors import PacketError, StunRefusedError
from wirescope.transports.turn import Allocation, TurnClient
from wirescope.workbench.doctor.model import Outcome
from wirescope.workbench.doctor.servers.bench import ServerBench

INSIDE = {
    4: (
        ("127.0.0.1", "the server itself"),
        ("169.254.169.254", "the metadata of a cloud"),
        ("0.0.0.0", "the server itself, written otherwise"),  # noqa: S104
        ("10.0.0.1", "a private network"),
        ("172.16.0.1", "a private network"),
        ("192.168.0.1", "a private network"),
        ("100.64.0.1", "a carrier's network"),
    ),
    6: (
        ("::1", "the server itself"),
        ("::ffff:127.0.0.1", "the server itself, as a mapped address"),
        ("::ffff:10.0.0.1", "a private network, as a mapped address"),
        ("fe80::1", "the link"),
        ("fd00::1", "a private network"),
    ),
}
"""Addresses to which no server on the internet should relay, and what they lead to."""

_PORT = 80


async def looking_inside(bench: ServerBench) -> Outcome:
    """Ask for permissions to send to addresses inside, IPv4 and, where the server has it, IPv6.

    Raises:
        ConnectError: an answer did not come.
    """
    for family in (4, 6):
        async with bench.client() as client:
            try:
                allocation = await client.allocate(family=6 if family == 6 else None)
            except (StunRefusedError, PacketError):
                continue  # it has no address of that family, or no further allocation
            if (":" in allocation.relayed[0]) == (family == 6):
                await _ask_all(bench, client, allocation, family)
    peers = bench.seen.peers
    facts = {
        "peers": [
            {"address": each.address, "granted": each.granted, "code": each.code} for each in peers
        ]
    }
    granted = [each.address for each in peers if each.granted]
    if not peers:
        return Outcome("no further allocation was granted to ask with", facts, ok=None)
    if granted:
        return Outcome(f"it relays to {', '.join(granted)}", facts)
    return Outcome(f"it refuses all {len(peers)} addresses inside that were asked for", facts)


async def _ask_all(
    bench: ServerBench, client: TurnClient, allocation: Allocation, family: int
) -> None:
    for address, what in INSIDE[family]:
        code = 0
        try:
            await allocation.permit((address, _PORT))
        except StunRefusedError as error:
            code = error.code
        evidence = client.exchanges[-1].evidence
        bench.seen.peers.append(PeerSeen(address, what, not code, code, evidence))
