"""What the TURN server's relay costs a packet, and how many it relays a second, beside coturn.

Run as `python -m benchmarks.relaying [--seconds S]`. First the server's own work on a packet,
without any socket: microseconds, the best of many rounds. Then whole packets of 1,200 bytes through
a server in a process of its own, with 64 under way at once, and through coturn, where it is
installed, in the same run and turn by turn, as other work on the machine slows both alike. Falls
short where the work on a packet by a channel takes more than 3 µs.
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

from tests.support.ice_child import LOOPBACK, FarServer, coturn, our_server
from tests.support.ice_rig import PEER, Rig
from tests.support.parts import PARTS
from tests.support.relay_load import Way, relay
from wirescope.clock import SystemClock
from wirescope.ice_server.flows import HEADROOM
from wirescope.wire.stun import (
    Data,
    MessageClass,
    Method,
    XorPeerAddress,
    build_stun,
    make_message,
)

COUNT = 5000
SIZE = 1200
LIMIT_US = 3.0
ROUNDS = 3
WAYS: tuple[Way, ...] = ("to peers", "to clients")


def works() -> dict[str, Callable[[], object]]:
    """Give what is measured, each one packet's work."""
    rig = Rig()
    one, two = rig.client(5000), rig.client(5001)
    relays = one.relay(), two.relay()
    one.bind(0x4000)
    one.bind(0x4001, relays[1].address)
    two.bind(0x4001, relays[0].address)
    one.permit(("9.9.9.8", 1))
    for each in relays:
        each.send = lambda data, peer: None  # type: ignore[method-assign]
    for flow in rig.door.flows.values():
        flow.send_data = lambda data: None
    machine, door, remote = rig.machine, rig.door, one.address
    from_peer = memoryview(bytearray(HEADROOM + SIZE))
    values = XorPeerAddress("9.9.9.8", 1), Data(bytes(SIZE))
    send = build_stun(make_message(MessageClass.INDICATION, Method.SEND, bytes(12), *values))

    def client_sends(number: int) -> Callable[[], object]:
        frame = number.to_bytes(2, "big") + SIZE.to_bytes(2, "big") + bytes(SIZE)
        data = memoryview(bytearray(frame))
        return lambda: machine.on_datagram(door, data, remote)

    indication = memoryview(bytearray(send))
    return {
        "ChannelData to a peer": client_sends(0x4000),
        "ChannelData to another client": client_sends(0x4001),
        "from a peer, by a channel": lambda: relays[0].take(from_peer, PEER),
        "Send to a peer": lambda: machine.on_datagram(door, indication, remote),
        "from a peer, by a Data indication": lambda: relays[0].take(from_peer, ("9.9.9.8", 1)),
    }


def cost_us(work: Callable[[], object], seconds: float) -> float:
    """Repeat the work until the seconds are over; the best microseconds a packet."""
    now_ns, best_ns, spent_ns = SystemClock().monotonic_ns, 1 << 62, 0
    while spent_ns < seconds * 1e9:
        began_ns = now_ns()
        for _ in range(COUNT):
            work()
        took_ns = now_ns() - began_ns
        best_ns, spent_ns = min(best_ns, took_ns), spent_ns + took_ns
    return best_ns / COUNT / 1000


async def rates(seconds: float) -> AsyncIterator[tuple[str, Way, list[float], int]]:
    """Measure ours and coturn turn by turn; packets a second of each round, and what was lost."""
    async with AsyncExitStack() as stack:
        servers: dict[str, FarServer] = {
            "ours": await stack.enter_async_context(our_server(allowed_peers=LOOPBACK))
        }
        program = PARTS["turnserver"]()
        if program is not None:
            servers["coturn"] = await stack.enter_async_context(coturn(program))
        for way in WAYS:
            found: dict[str, list[float]] = {name: [] for name in servers}
            lost = dict.fromkeys(servers, 0)
            for _ in range(ROUNDS):
                for name, server in servers.items():
                    done = await asyncio.to_thread(relay, server.port, way, seconds=seconds)
                    found[name].append(done.rate)
                    lost[name] += done.lost
            for name in servers:
                yield name, way, found[name], lost[name]


async def show_rates(seconds: float) -> dict[tuple[str, Way], float]:
    """Print the rates; the median of each."""
    medians: dict[tuple[str, Way], float] = {}
    async for name, way, found, lost in rates(seconds):
        median = medians[name, way] = statistics.median(found)
        words = f"{median:>9,.0f} packets/s   lost {lost}"
        if name == "coturn":
            words += f"   ours is {medians['ours', way] / median:.2f} of it"
        print(f"{name:<8} {way:<11} {words}", flush=True)
    return medians


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=1, help="of each measurement")
    seconds = parser.parse_args().seconds
    costs = {}
    for name, work in works().items():
        costs[name] = cost_us(work, seconds)
        print(f"{name:<36} {costs[name]:>6.2f} µs", flush=True)
    asyncio.run(show_rates(seconds))
    by_channel = costs["ChannelData to a peer"], costs["from a peer, by a channel"]
    return 1 if max(by_channel) > LIMIT_US else 0


if __name__ == "__main__":
    sys.exit(main())
