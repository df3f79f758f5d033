"""How fast conversations are analysed, from a capture and live, and in how much memory.

::

    python -m benchmarks.analysis [--events 5000000] [--messages 1000000] [--rounds 5]

Three captures are made: JSON-RPC calls, answers and notifications on four connections; random text
and binary in which nothing is recognised; ten thousand connections that all talk at once. A process
of its own analyses each, reading the capture included. Then a client receives small messages and
records them, with the analysis and without it, in turn. What is judged are rates by the processor
time of the thread that does it, those of a core that it has to itself; the rates on this machine,
which may have other work to do, stand beside them. Exit status 1 if a capture is analysed at less
than 200,000 events/s (50,000 of so many connections) or in more than 256 MiB, or if the analysis
takes more than a fifth of the recording client's rate.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks import capture_query, receive
from benchmarks.peers import figures_of, memory_kib, server_of
from wirescope.capture import CaptureWriter
from wirescope.clock import SystemClock
from wirescope.events import (
    AnyEvent,
    ConnectionOpened,
    ConnectionOpening,
    Direction,
    Timeline,
    WebSocketFrame,
    WebSocketMessage,
)

RATE_LIMITS = {"calls": 200_000, "random": 200_000, "many": 50_000}
MEMORY_LIMIT_MIB = 256
LIVE_LIMIT = 0.2

now_ns = SystemClock.monotonic_ns


def calls(timeline: Timeline, count: int) -> Iterator[AnyEvent]:
    """Requests and their answers, sixteen at a time on each of four connections; notifications."""
    names = [f"c{number}" for number in range(1, 5)]
    for name in names:
        yield ConnectionOpening(
            timeline.next_seq(), timeline.now_ns(), name, "ws://h/", "websocket"
        )
        yield ConnectionOpened(timeline.next_seq(), timeline.now_ns(), name)
    made = 2 * len(names)
    number = 0
    while made < count:
        for name in names:
            for index in range(16):
                call = b'{"jsonrpc":"2.0","id":%d,"method":"book","params":["A",%d]}'
                yield from message(timeline, name, "sent", call % (number + index, index))
            for index in reversed(range(16)):
                answer = b'{"jsonrpc":"2.0","id":%d,"result":{"bid":%d.25,"ask":%d.5}}'
                answer %= number + index, number % 977, number % 983
                yield from message(timeline, name, "received", answer)
            for index in range(8):
                note = b'{"jsonrpc":"2.0","method":"tick","params":{"s":"A","p":%d,"n":%d}}'
                yield from message(timeline, name, "received", note % (number % 991, index))
            made += 80
        number += 16


def many(timeline: Timeline, count: int) -> Iterator[AnyEvent]:
    """Ten thousand connections at once, each of them busy: calls, answers, pings, its own texts."""
    names = [f"c{number}" for number in range(1, 10_001)]
    for name in names:
        yield ConnectionOpening(
            timeline.next_seq(), timeline.now_ns(), name, f"ws://h/{name}", "websocket"
        )
        yield ConnectionOpened(timeline.next_seq(), timeline.now_ns(), name)
    made = 2 * len(names)
    number = 0
    while made < count:
        for name in names:
            call = b'{"id":%d,"method":"book","of":"%s","params":["A",%d]}'
            yield from message(timeline, name, "sent", call % (number, name.encode(), number % 977))
            answer = b'{"id":%d,"result":{"bid":%d.25,"of":"%s"}}'
            answer %= number, number % 983, name.encode()
            yield from message(timeline, name, "received", answer)
            note = b'{"tick":"%s","p":%d,"x":"%s"}'
            note %= name.encode(), number * 7919 % 991, b"y" * 60
            yield from message(timeline, name, "received", note)
            made += 6
        number += 1


def message(
    timeline: Timeline, name: str, direction: Direction, payload: bytes
) -> Iterator[AnyEvent]:
    """Give a message and its only frame."""
    header = bytes((0x81, len(payload)))
    seq, at_ns = timeline.next_seq(), timeline.now_ns()
    yield WebSocketFrame(seq, at_ns, name, direction, header, payload, 0)
    length = len(payload)
    fields = (direction, "text", length, length + 2, False, (seq,), payload)
    yield WebSocketMessage(timeline.next_seq(), at_ns, name, *fields)


SOURCES: dict[str, Callable[[Timeline, int], Iterator[AnyEvent]]] = {
    "calls": calls,
    "random": capture_query.stream,
    "many": many,
}


def build(path: Path, name: str, count: int) -> None:
    """Write a capture of so many events, or a few more."""
    timeline = Timeline()
    with CaptureWriter.create(path, timeline=timeline) as writer:
        events = SOURCES[name](timeline, count)
        while batch := list(islice(events, 256)):
            writer(batch)


def analyse(path: Path) -> None:
    """Analyse a capture in this process; print the figures as JSON."""
    import wirescope
    from wirescope.analysis import Analyzer

    began_ns, began_cpu_s = now_ns(), processor_s()
    with wirescope.open_capture(path) as capture:
        analyzer = Analyzer()
        analyzer.feed(capture.events())
        found = analyzer.finish()
        metrics = analyzer.metrics()
        events = capture.last_seq
    seconds = (now_ns() - began_ns) / 1e9
    mib = memory_kib() / 1024
    paired = metrics["overall"]["latencies_ms"]["sent"]["count"]
    figures = {
        "events": events,
        "seconds": seconds,
        "cpu_s": processor_s() - began_cpu_s,
        "mib": mib,
    }
    print(json.dumps({**figures, "paired": paired, "found": [each.code for each in found]}))


def processor_s() -> float:
    """Return the processor time of this thread so far; of the process where that is not known."""
    used = resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))
    return used.ru_utime + used.ru_stime


def offline(folder: Path, name: str, count: int) -> bool:
    """Build, analyse and judge one capture."""
    path = folder / f"{name}.wirescope"
    build(path, name, count)
    figures = figures_of("benchmarks.analysis", "analyse", str(path), deadline_s=600)
    rate = figures["events"] / figures["cpu_s"]
    print(
        f"{name:8} {figures['events']:>9,} events in {figures['cpu_s']:.1f} s of processor time"
        f" ({figures['seconds']:.1f} s on this machine now),"
        f" {rate:,.0f}/s (at least {RATE_LIMITS[name]:,}); {figures['mib']:.0f} MiB in all"
        f" (at most {MEMORY_LIMIT_MIB}); {figures['paired']:,} pairs;"
        f" found {', '.join(figures['found']) or 'nothing'}",
        flush=True,
    )
    path.unlink()
    return rate >= RATE_LIMITS[name] and figures["mib"] <= MEMORY_LIMIT_MIB


async def receive_analysed(url: str, path: Path) -> dict[str, float]:
    """Receive, record and analyse, as `wirescope.connect` does."""
    return await receive.receive_wirescope(url, path)


async def receive_recorded(url: str, path: Path) -> dict[str, float]:
    """Receive and record by the same parts without the analysis."""
    from wirescope.analysis import Analyzer
    from wirescope.transports import websocket
    from wirescope.workbench import EventStream, LiveConnection, recording

    count = 0
    began_ns = now_ns()
    events = EventStream()
    async with recording(path, watchers=[events.feed]) as kept:
        options = websocket.ConnectOptions(compression=None)
        transport = await websocket.connect(
            url, options=options, timeline=kept.timeline, sink=kept.sink
        )
        connection = LiveConnection(
            transport, events=events, analyzer=Analyzer(rules=()), capture=kept.writer
        )
        async for _ in connection:
            count += 1
        events.end()
        await transport.close()
    return {"count": count, "seconds": (now_ns() - began_ns) / 1e9}


CLIENTS = {"recorded": receive_recorded, "analysed": receive_analysed}


def run_client(name: str, url: str, path: Path) -> None:
    """Run one client in this process; print its figures as JSON."""
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run
    began_s = processor_s()
    figures = run(CLIENTS[name](url, path))
    print(json.dumps({**figures, "cpu_s": processor_s() - began_s}))


def measure(name: str, count: int, path: Path) -> tuple[float, float]:
    """Push to one client; return its messages a second, and by second of its processor time."""
    client = ("client", name)
    with server_of("benchmarks.receive", "push", str(count)) as (url, _):
        figures = figures_of("benchmarks.analysis", *client, url, str(path), deadline_s=300)
    assert figures["count"] == count
    path.unlink()
    return count / figures["seconds"], count / figures["cpu_s"]


def live(folder: Path, count: int, rounds: int) -> bool:
    """Let both clients receive in turn and compare them."""
    shares = []
    for number in range(rounds):
        order = list(CLIENTS) if number % 2 else list(reversed(CLIENTS))
        rates = {name: measure(name, count, folder / f"{number}-{name}") for name in order}
        (recorded, recorded_cpu), (analysed, analysed_cpu) = rates["recorded"], rates["analysed"]
        shares.append(1 - analysed_cpu / recorded_cpu)
        print(
            f"live     round {number + 1}: recorded {recorded_cpu:,.0f}/s ({recorded:,.0f} now),"
            f" analysed as well {analysed_cpu:,.0f}/s ({analysed:,.0f} now), {shares[-1]:.1%} less",
            flush=True,
        )
    cost = statistics.median(shares)
    print(f"live     the analysis takes {cost:.1%} of the rate (at most {LIVE_LIMIT:.0%})")
    return cost <= LIVE_LIMIT


def main() -> int:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        good = [offline(folder, name, asked.events) for name in SOURCES]
        good.append(live(folder, asked.messages, asked.rounds))
    return 0 if all(good) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["analyse"]:
        analyse(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["client"]:
        run_client(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        sys.exit(main())
