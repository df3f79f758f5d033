"""How fast a million small messages are received and recorded, beside clients that only count them.

::

    python -m benchmarks.receive [--messages 1000000] [--rounds 3]

A process pushes messages of 200 bytes as fast as they are taken. Each client receives them in a
process of its own, in turn: ours with every event saved to a capture file (its time ends when the
last one is committed), `websockets` and picows counting only. All run on uvloop where it exists.
Afterwards the capture is read back: every message must be there, in order. Exit status 1 if one is
missing, if recording is slower than counting with `websockets`, or if memory grew by over 64 MiB.
"""

import argparse
import asyncio
import json
import statistics
import struct
import sys
import tempfile
from pathlib import Path

from benchmarks.peers import CLOSE, figures_of, memory_kib, one_connection, server_of
from wirescope.clock import SystemClock

SIZE = 200
HEADER = b"\x81\x7e" + struct.pack("!H", SIZE)
BLOCK = 1000
MEMORY_LIMIT_MIB = 64
DEADLINE_S = 300
_now_ns = SystemClock().monotonic_ns


def payload(number: int) -> bytes:
    """Make the message of a number; the number is its first twelve bytes."""
    return b"%012d" % number + b"x" * (SIZE - 12)


def push(count: int) -> None:
    """Serve one connection: its messages, then a Close frame; prints the port first."""
    blocks = [
        b"".join(HEADER + payload(number) for number in range(start, start + BLOCK))
        for start in range(0, count, BLOCK)
    ]
    with one_connection(deadline_s=DEADLINE_S) as peer:
        for block in blocks:
            peer.sendall(block)
        peer.sendall(CLOSE)
        peer.recv(65536)  # the Close that answers; the server ends the connection


async def receive_wirescope(url: str, path: Path) -> dict[str, float]:
    """Receive and record."""
    from wirescope import connect  # as the others', before the clock is started

    before = memory_kib()
    count = 0
    started = _now_ns()
    async with connect(url, capture=path, compression=None) as connection:
        async for _ in connection:
            count += 1
    return {"count": count, "seconds": (_now_ns() - started) / 1e9, "kib": memory_kib() - before}


async def receive_websockets(url: str, _: Path) -> dict[str, float]:
    """Receive and count with `websockets`."""
    from websockets.asyncio.client import connect

    before = memory_kib()
    count = 0
    started = _now_ns()
    async with connect(
        url, compression=None, max_size=None, ping_interval=None, proxy=None
    ) as connection:
        async for _message in connection:
            count += 1
        seconds = (_now_ns() - started) / 1e9
    return {"count": count, "seconds": seconds, "kib": memory_kib() - before}


async def receive_picows(url: str, _: Path) -> dict[str, float]:
    """Receive and count with picows."""
    from picows import WSListener, WSMsgType, ws_connect

    done = asyncio.Event()
    count = 0

    class Counter(WSListener):  # type: ignore[misc]
        def on_ws_frame(self, transport: object, frame: object) -> None:
            nonlocal count
            if frame.msg_type == WSMsgType.TEXT:  # type: ignore[attr-defined]
                count += 1
            elif frame.msg_type == WSMsgType.CLOSE:  # type: ignore[attr-defined]
                done.set()
                transport.disconnect()  # type: ignore[attr-defined]

    before = memory_kib()
    started = _now_ns()
    await ws_connect(Counter, url)
    await done.wait()
    return {"count": count, "seconds": (_now_ns() - started) / 1e9, "kib": memory_kib() - before}


CLIENTS = {
    "wirescope": receive_wirescope,
    "websockets": receive_websockets,
    "picows": receive_picows,
}


def run_client(name: str, url: str, path: Path) -> None:
    """Be one client; prints its figures as JSON."""
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        print(json.dumps(runner.run(asyncio.wait_for(CLIENTS[name](url, path), DEADLINE_S))))


def measure(name: str, count: int, path: Path) -> dict[str, float]:
    """Push to one client; return its figures."""
    me = "benchmarks.receive"
    with server_of(me, "push", str(count)) as (url, _):
        return figures_of(me, "client", name, url, str(path), deadline_s=DEADLINE_S)


def missing_from(path: Path, count: int) -> int:
    """Count the messages that the capture lacks or has out of order."""
    import wirescope

    expected = 0
    with wirescope.open_capture(path) as capture:
        for event in capture.events():
            if event.type == "websocket.message" and int(event.payload[:12]) == expected:
                expected += 1
    return count - expected


def main() -> int:
    """Run all clients in turn and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rates: dict[str, list[float]] = {name: [] for name in CLIENTS}
    growth_mib, missing = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.rounds):
            for name in CLIENTS:
                path = Path(folder) / f"{number}.wirescope"
                figures = measure(name, asked.messages, path)
                rates[name].append(figures["count"] / figures["seconds"])
                if name == "wirescope":
                    growth_mib = max(growth_mib, figures["kib"] / 1024)
                    missing = max(missing, missing_from(path, asked.messages))
                    path.unlink()
                print(
                    f"round {number + 1}  {name:<10}  {rates[name][-1]:>11,.0f} messages/s"
                    f"  {figures['kib'] / 1024:6.1f} MiB more",
                    flush=True,
                )
    medians = {name: statistics.median(each) for name, each in rates.items()}
    ratio = statistics.median(
        ours / theirs for ours, theirs in zip(rates["wirescope"], rates["websockets"], strict=True)
    )
    print(f"medians: {', '.join(f'{name} {rate:,.0f}/s' for name, rate in medians.items())}")
    print(f"recording / counting with websockets: {ratio:.2f} (at least 1)")
    print(f"recording / counting with picows: {medians['wirescope'] / medians['picows']:.2f}")
    print(f"memory growth: {growth_mib:.1f} MiB (at most {MEMORY_LIMIT_MIB})")
    print(f"messages missing or out of order: {missing} of {asked.messages:,}")
    return 0 if ratio >= 1 and growth_mib <= MEMORY_LIMIT_MIB and not missing else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["push"]:
        push(int(sys.argv[2]))
    elif sys.argv[1:2] == ["client"]:
        run_client(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        sys.exit(main())
