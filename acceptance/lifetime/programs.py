"""Programs that open connections: one after the other, many at once, as publisher and viewers.

::

    python -m acceptance.lifetime.programs churn COUNT
    python -m acceptance.lifetime.programs exit idle|busy left|kept return|exit|exception
    python -m acceptance.lifetime.programs starts COUNT

`left` means that the contexts of the connections are left on the way out. With `kept` there are
none, so that the interpreter ends with all of the engine alive.
"""

import asyncio
import faulthandler
import gc
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from tests.support.peers import Wire, until
from wirescope.clock import SystemClock
from wirescope.events import Timeline
from wirescope.transports.webrtc import (
    ChannelOptions,
    DataChannel,
    Peer,
    PeerOptions,
    is_there,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.journal import Journal
from wirescope.workbench.recorder import Recording, recording

CHAT = ChannelOptions(label="chat")
OPEN = 50
VIEWERS = 10
MESSAGES = 50
WATCHDOG_S = 30.0

KEPT: list[object] = []
"""What nobody leaves."""


async def pair(stack: AsyncExitStack, record: Recording) -> tuple[DataChannel, DataChannel]:
    """Open a connection between two peers; the two ends of its channel."""
    one_wire, two_wire = Wire.pair()

    async def peer() -> Peer:
        return await stack.enter_async_context(
            open_peer(timeline=record.timeline, sink=record.sink)
        )

    one, two = await peer(), await peer()
    await stack.enter_async_context(negotiate(one, one_wire, polite=False))
    await stack.enter_async_context(negotiate(two, two_wire, polite=True))
    channel = one.create_channel(CHAT)
    async with asyncio.timeout(15):
        await channel.wait_open()
        await until(lambda: two.channels)
        await two.channels[0].wait_open()
    return channel, two.channels[0]


def taken() -> tuple[float, int, int]:
    """Say what this process takes, on Linux: MiB of memory, threads, descriptors."""
    me = Path("/proc/self")
    pages = int((me / "statm").read_text("ascii").split()[1])
    mib = pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return mib, len(list((me / "task").iterdir())), len(list((me / "fd").iterdir()))


async def churn(count: int) -> None:
    """Open, speak, close; prints memory, threads, descriptors and time from time to time."""
    with tempfile.TemporaryDirectory() as folder:
        async with recording(Path(folder) / "churn.wirescope") as record:
            began_ns = SystemClock.monotonic_ns()
            for number in range(1, count + 1):
                async with AsyncExitStack() as stack:
                    one, two = await pair(stack, record)
                    await one.send("hello")
                    await two.receive()
                if number in (1, 10) or not number % (count // 10):
                    gc.collect()
                    await asyncio.sleep(0.2)  # the engine's threads have a moment to end
                    each_ms = (SystemClock.monotonic_ns() - began_ns) / 1e6 / number
                    print(number, *taken(), each_ms, flush=True)


async def talk(channel: DataChannel) -> None:
    """Send until the end."""
    channel.keep_messages(keep=False)
    while True:
        await channel.send(bytes(1000))
        await asyncio.sleep(0)


async def leave(traffic: str, contexts: str, ending: str) -> None:
    """Open many connections, then end in one way or another."""
    if contexts == "left":
        async with (
            recording(watchers=[lambda _: None]) as record,
            AsyncExitStack() as stack,
        ):
            channels: list[DataChannel] = []
            for _ in range(OPEN):
                channels += await pair(stack, record)
            if traffic == "busy":
                await stack.enter_async_context(alongside(*map(talk, channels)))
            await linger()
            end(ending)
        return
    group = asyncio.TaskGroup()
    await group.__aenter__()
    KEPT.append(group)
    timeline = Timeline()
    ends = [each for _ in range(OPEN) for each in await bare_pair(timeline)]
    if traffic == "busy":
        for channel in ends:
            group.create_task(talk(channel))
    await linger()
    end(ending)


async def bare_pair(timeline: Timeline) -> tuple[DataChannel, DataChannel]:
    """Open a connection that nobody closes."""
    is_there()  # which prepares the engine
    one, two = (
        Peer(
            Journal(timeline, lambda _: None, timeline.new_connection()),
            options=PeerOptions(),
            url="webrtc:",
        )
        for _ in range(2)
    )
    KEPT.extend((one, two))
    channel = one.create_channel(CHAT)
    async with asyncio.timeout(15):
        await two.take(await one.offer(gather=True))
        await one.take(await two.answer(gather=True))
        await channel.wait_open()
        await until(lambda: two.channels)
        await two.channels[0].wait_open()
    return channel, two.channels[0]


async def linger() -> None:
    """Let them talk, or do nothing, for a moment."""
    await asyncio.sleep(0.5)
    print(f"{OPEN} connections are open", flush=True)


def end(ending: str) -> None:
    """End in a way; by coming back, if by nothing else."""
    if ending == "exit":
        sys.exit(3)
    if ending == "exception":
        raise RuntimeError("on purpose")


async def start(record: Recording) -> None:
    """Connect a publisher and ten viewers to a hub that passes on what it gets."""
    async with AsyncExitStack() as stack:
        publisher, hub = await pair(stack, record)
        outlets, viewers = [], []
        async with asyncio.TaskGroup() as group:
            made = [group.create_task(pair(stack, record)) for _ in range(VIEWERS)]
        for each in made:
            outlet, viewer = each.result()
            outlets.append(outlet)
            viewers.append(viewer)
        for number in range(MESSAGES):
            await publisher.send(number.to_bytes(2) + bytes(498))
        for _ in range(MESSAGES):
            message = await hub.receive()
            for outlet in outlets:
                await outlet.send(message.payload)
        for viewer in viewers:
            got = [int.from_bytes((await viewer.receive()).payload[:2]) for _ in range(MESSAGES)]
            assert got == list(range(MESSAGES)), got


async def starts(count: int) -> None:
    """Start so many times, each under a watchdog; prints the milliseconds of each."""
    async with recording(watchers=[lambda _: None]) as record:
        for _ in range(count):
            faulthandler.dump_traceback_later(WATCHDOG_S, exit=True)
            began_ns = SystemClock.monotonic_ns()
            await start(record)
            print((SystemClock.monotonic_ns() - began_ns) / 1e6, flush=True)
            faulthandler.cancel_dump_traceback_later()


def main(what: str, *how: str) -> None:
    """Be one of them."""
    match what:
        case "churn":
            asyncio.run(churn(int(how[0])))
        case "starts":
            asyncio.run(starts(int(how[0])))
        case _:
            asyncio.run(leave(*how))


if __name__ == "__main__":
    main(*sys.argv[1:])
