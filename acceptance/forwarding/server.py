"""The process that forwards, alone in it: WHIP and WHEP on a port, and its own figures on request.

Run as `python -m acceptance.forwarding.server`. It says its address in one line and then answers
orders, a JSON object a line: `record`, `used` (seconds of processor time), `layer` (viewer and
layer), `spent` (how long packets were in this process since the last time that was asked).

What a packet spends here is measured from when it was read from the publisher's socket until the
socket of a viewer has taken it, for each viewer; decryption and encryption are in it. The time that
it lies in the socket before is not, and is in what `benchmarks.forwarding` measures from outside.
What was under way while the host had stopped or slowed the core of this process is left out and
counted (`benchmarks.stalls`).
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks.forwarding import CORES, percentiles, pin, take_priority
from benchmarks.stalls import Span, Stalls, witnessed
from tests.transports.webrtc.signaling.serving import on_a_port
from wirescope.clock import SystemClock
from wirescope.events import Timeline
from wirescope.transports.webrtc.packets import Forwarder, open_forwarder
from wirescope.transports.webrtc.packets.datagrams import Datagrams
from wirescope.transports.webrtc.signaling import Mount

KEPT = 1_000_000
_now_ns = SystemClock.monotonic_ns


class Stamps:
    """When the packet that is being passed on was read, and how long each took."""

    def __init__(self) -> None:
        self._read_ns = 0
        self._spent: list[Span] = []

    def install(self) -> None:
        """Stamp what all transports of this process read and send from now on."""
        take: Any = Datagrams.on_datagram
        send: Any = Datagrams._send

        def stamped_take(datagrams: Datagrams, data: bytes, component: int) -> None:
            self._read_ns = _now_ns()
            take(datagrams, data, component)
            self._read_ns = 0

        def stamped_send(
            datagrams: Datagrams, protect: Callable[[bytes], bytes], packet: bytes
        ) -> bool:
            went = bool(send(datagrams, protect, packet))
            if went and self._read_ns and len(self._spent) < KEPT:
                self._spent.append((self._read_ns, _now_ns()))
            return went

        patched: Any = Datagrams
        patched.on_datagram, patched._send = stamped_take, stamped_send

    def take(self, stalls: Stalls) -> dict[str, float]:
        """Say how many there were, and how long those took that no stall has touched, in ms."""
        spent, self._spent = self._spent, []
        untouched = stalls.untouched(spent)
        cuts = percentiles(untouched)
        return {
            "count": len(spent),
            "touched": len(spent) - len(untouched),
            "p50": cuts[49],
            "p99": cuts[98],
            "max": max(untouched, default=0) / 1e6,
            "p99_in_all": percentiles([end - begin for begin, end in spent])[98],
        }


def obey(order: dict[str, Any], forwarder: Forwarder, stamps: Stamps, stalls: Stalls) -> object:
    """Do what one line asks for."""
    match order["ask"]:
        case "record":
            return msgspec.to_builtins(forwarder.record())
        case "used":
            used = os.times()
            return used.user + used.system
        case "spent":
            return stamps.take(stalls)
        case "layer":
            viewer = next(v for v in forwarder.viewers if v.id == order["viewer"])
            forwarder.choose_layer(viewer, order["rid"])
    return None


async def serve() -> None:
    """Forward until the standard input ends."""
    if CORES:
        pin(CORES[0])
    take_priority()  # who publishes and watches shall not have it wait, as on a machine of its own
    stamps = Stamps()
    stamps.install()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async with (
        witnessed(CORES[:1]) as stalls,
        open_forwarder(timeline=Timeline(), sink=lambda _: None) as forwarder,
    ):
        sink = Mount("/whip/sink", "whip", forwarder.publish)
        picture = Mount("/whep/picture", "whep", forwarder.watch)
        async with on_a_port(sink, picture) as url:
            print(json.dumps(url), flush=True)
            while line := await reader.readline():
                print(json.dumps(obey(json.loads(line), forwarder, stamps, stalls)), flush=True)
            await sink.close()
            await picture.close()


if __name__ == "__main__":
    asyncio.run(serve())
