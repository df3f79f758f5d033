"""What forwarding costs: added latency, processor time a viewer, and how many packets a second.

::

    python -m benchmarks.forwarding [--viewers 10] [--rate 500] [--seconds 5] [--ceiling]

The forwarder runs in a process of its own, which alone is measured; publisher and viewers share
another one and are bare ends of ICE, DTLS and SRTP, so that they cost little. Packets have 1,100
bytes of VP8 and a number of the whole transport, as Chromium's have. Each carries the time at which
it was handed to its socket; the latency is from there until a viewer has it, so that it holds both
ends' own time as well. With `--ceiling` the rate is raised until packets are lost; where the
forwarder's core has time left then, it is the ends that cannot do more, and what the forwarder
could do is reckoned from the processor time that it took. With two cores or more, the forwarder has
one for itself. Where they may, both processes take real-time priority, so that what else the
machine does is not measured; packets that were under way while the host of a virtual machine had
stopped or slowed a core (`benchmarks.stalls`) are counted apart. Exit status 1 if the p99 of the
latency of the others is 5 ms or more.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
from typing import Any

import aiortc
from aiortc.sdp import candidate_from_sdp, candidate_to_sdp

from benchmarks.stalls import Span, Stalls, witnessed
from wirescope.clock import SystemClock
from wirescope.events import Timeline
from wirescope.transports.webrtc.packets import open_forwarder
from wirescope.wire.rtcp import is_rtcp

SIZE = 1100
SAMPLE = 8
"""Of so many packets one is decrypted, for its time."""

LIMIT_MS = 5.0
CORES = sorted(os.sched_getaffinity(0))[:2] if hasattr(os, "sched_getaffinity") else []
"""One for the forwarder, one for the ends."""

KEY, DELTA = b"\x10\x00\x00\x00\x9d\x01\x2a\x40\x01\xb4\x00", b"\x10\x01\x00\x00"
_now_ns = SystemClock().monotonic_ns

OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:0
a={direction}
a=rtcp-mux
a=ice-ufrag:{fragment}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 transport-cc
{candidates}
"""


# The process that forwards


async def forward() -> None:
    """Serve orders from the standard input, a JSON object a line."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with open_forwarder(timeline=Timeline(), sink=lambda _: None) as forwarder:
        while line := await reader.readline():
            order = json.loads(line)
            if "offer" in order:
                session = await (forwarder.publish() if order["publishes"] else forwarder.watch())
                said: Any = await session.answer(order["offer"])
            else:
                used = os.times()
                said = used.user + used.system
            print(json.dumps(said), flush=True)


# The process of publisher and viewers


class End:
    """A bare end of a transport that offers."""

    def __init__(self) -> None:
        self.gatherer = aiortc.RTCIceGatherer([])
        self.connection: Any = self.gatherer._connection
        self.connection.ice_controlling = True
        self.ice = aiortc.RTCIceTransport(self.gatherer)
        certificate = aiortc.RTCCertificate.generateCertificate()
        self.dtls = aiortc.RTCDtlsTransport(self.ice, [certificate])
        self.dtls._set_role("server")
        self.packets = 0
        self.taken: list[Span] = []  # when one was sent, and when it came

    async def open(self, forwarder: "Measured", *, publishes: bool) -> None:
        """Connect."""
        await self.gatherer.gather()
        local = self.gatherer.getLocalParameters()
        prints = self.dtls.getLocalParameters().fingerprints
        offer = OFFER.format(
            direction="sendonly" if publishes else "recvonly",
            fragment=local.usernameFragment,
            password=local.password,
            fingerprint=next(each.value for each in prints if each.algorithm == "sha-256"),
            candidates="\n".join(
                f"a=candidate:{candidate_to_sdp(each)}"
                for each in self.gatherer.getLocalCandidates()
            ),
        )
        answer: str = await forwarder.ask(offer=offer, publishes=publishes)
        fields = dict(
            line[2:].split(":", 1)
            for line in answer.splitlines()
            if line[:2] == "a=" and ":" in line
        )
        for line in answer.splitlines():
            if line.startswith("a=candidate:"):
                await self.ice.addRemoteCandidate(candidate_from_sdp(line[12:]))
        await self.ice.start(aiortc.RTCIceParameters(fields["ice-ufrag"], fields["ice-pwd"]))
        fingerprint = aiortc.RTCDtlsFingerprint(*fields["fingerprint"].split(" "))
        await self.dtls.start(aiortc.RTCDtlsParameters([fingerprint]))
        self.connection.data_received = self._take

    def _take(self, data: bytes, _: int) -> None:
        now_ns = _now_ns()
        if not 127 < data[0] < 192 or is_rtcp(data):
            return
        self.packets += 1
        if data[3] % SAMPLE == 0:
            sent_ns = int.from_bytes(self.dtls._rx_srtp.unprotect(data)[-8:], "big")
            self.taken.append((sent_ns, now_ns))

    def send(self, number: int) -> None:
        """Send the packet of a number; the last eight bytes of it are the time."""
        head = (KEY if number % 256 == 0 else DELTA).ljust(SIZE - 28, b"p")
        extension = b"\xbe\xde\x00\x01\x41" + (number & 0xFFFF).to_bytes(2, "big") + b"\x00"
        header = b"\x90\xe0" + (number & 0xFFFF).to_bytes(2, "big")
        header += (number * 90 & 0xFFFFFFFF).to_bytes(4, "big") + (77).to_bytes(4, "big")
        packet = header + extension + head + _now_ns().to_bytes(8, "big")
        pair = self.connection._nominated[1]
        pair.protocol.transport.sendto(self.dtls._tx_srtp.protect(packet), pair.remote_addr)

    async def close(self) -> None:
        """End."""
        await self.dtls.stop()
        await self.ice.stop()


class Measured:
    """The process that forwards."""

    def __init__(self, process: asyncio.subprocess.Process, stalls: Stalls) -> None:
        self._process, self._stalls = process, stalls
        self.number = 0

    async def ask(self, **order: Any) -> Any:
        """Give an order; what it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return json.loads(await self._process.stdout.readline())

    async def run(
        self, publisher: End, viewers: list[End], rate: float, seconds: float
    ) -> dict[str, float]:
        """Send at a rate for some seconds; what came of it."""
        for each in viewers:
            each.packets, each.taken = 0, []
        cpu_s, loop = await self.ask(), asyncio.get_running_loop()
        began, sent, began_ns = loop.time(), 0, _now_ns()
        while (passed := loop.time() - began) < seconds:
            due = int(passed * rate)
            for _ in range(min(due - sent, 64)):
                publisher.send(self.number)
                self.number += 1
                sent += 1
            await asyncio.sleep(0.0005 if due <= sent else 0)
        lasted, ended_ns = loop.time() - began, _now_ns()
        await asyncio.sleep(0.3)
        cpu_s = await self.ask() - cpu_s
        came = sum(each.packets for each in viewers)
        taken = [span for each in viewers for span in each.taken]
        cuts = percentiles([end - begin for begin, end in taken])
        untouched = self._stalls.untouched(taken)
        calm = percentiles(untouched)
        return {
            "sent a second": sent / lasted,
            "forwarded a second": came / lasted,
            "arrived %": 100 * came / (sent * len(viewers)),
            "p50 ms": calm[49],
            "p99 ms": calm[98],
            "p99 ms of all": cuts[98],
            "under way then %": 100 * (1 - len(untouched) / max(1, len(taken))),
            "host slow %": 100 * self._stalls.share(began_ns, ended_ns),
            "core %": 100 * cpu_s / lasted,
            "core % a viewer": 100 * cpu_s / lasted / len(viewers),
            "us a packet out": 1e6 * cpu_s / max(came, 1),
        }


def percentiles(taken_ns: list[int]) -> list[float]:
    """Give the 99 percentiles in milliseconds; of nothing, none is small."""
    if len(taken_ns) < 2:
        return [float("inf")] * 99
    return statistics.quantiles([ns / 1e6 for ns in taken_ns], n=100)


def pin(core: int) -> None:
    """Keep this process on a core, and what it starts as well."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def take_priority() -> None:
    """Go before whatever else the machine does, as if it had nothing else to do; where that may be.

    Only on Linux, and only with the right to it (`CAP_SYS_NICE`).
    """
    if hasattr(os, "sched_setscheduler"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


async def measure(options: argparse.Namespace) -> bool:
    """Run all and print it; whether the latency is low enough."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.forwarding",
        "--forward",
        *(["--core", str(CORES[0])] if len(CORES) > 1 else []),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    if len(CORES) > 1:
        pin(CORES[1])
    ends = [End() for _ in range(options.viewers + 1)]
    try:
        async with witnessed(CORES) as stalls:
            measured = Measured(process, stalls)
            for number, end in enumerate(ends):
                await end.open(measured, publishes=number == 0)
            publisher, *viewers = ends
            await measured.run(publisher, viewers, options.rate, 1)
            figures = await measured.run(publisher, viewers, options.rate, options.seconds)
            show(figures, options.viewers)
            if options.ceiling:
                await raise_rate(measured, publisher, viewers, options)
            return figures["p99 ms"] < LIMIT_MS
    finally:
        for end in ends:
            await end.close()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def raise_rate(
    measured: Measured, publisher: End, viewers: list[End], options: argparse.Namespace
) -> None:
    """Send more and more until packets are lost; say how far that went, and by what it ended."""
    rate, best, cost_us = options.rate, 0.0, float("inf")
    while True:
        rate *= 1.25
        higher = await measured.run(publisher, viewers, rate, options.seconds)
        show(higher, options.viewers)
        cost_us = min(cost_us, higher["us a packet out"])
        if higher["arrived %"] < 99 or higher["sent a second"] < 0.95 * rate:
            break
        best = max(best, higher["forwarded a second"])
    bound = "the forwarder's core" if higher["core %"] > 85 else "the ends, in the other process"
    print(
        f"ceiling: {best:.0f} packets a second out without loss, bound by {bound};"
        f" {cost_us:.1f} us a packet out, so {1e6 / cost_us:.0f} a second on a whole core"
    )


def show(figures: dict[str, float], viewers: int) -> None:
    print(
        f"{viewers} viewers: " + ", ".join(f"{key} {value:.4g}" for key, value in figures.items())
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--viewers", type=int, default=10)
    parser.add_argument("--rate", type=float, default=500, help="packets a second of the publisher")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--ceiling", action="store_true", help="raise the rate until some are lost")
    parser.add_argument("--core", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--forward", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.core is not None:
        pin(options.core)
    take_priority()
    if options.forward:
        asyncio.run(forward())
        return 0
    return 0 if asyncio.run(measure(options)) else 1


if __name__ == "__main__":
    sys.exit(main())
