"""How the publisher's estimate of the bandwidth rises: to the forwarder, and in a direct call.

Both go at the same time, so that a busy machine disturbs both alike, and a second direct call
beside them says how far two calls of the same kind differ: first straight over the loopback
interface, then each over a way of its own that carries 1.5 Mbit/s with 20 ms in each direction and
queues up to 200 ms. What is sent is noise, which takes all that it may: of a picture that takes
little an estimator learns little, and one late packet makes it forget what it has tried out. It is
small, so that it can follow the estimate down: of a larger one the encoder leaves out pictures.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from playwright.async_api import Browser

from acceptance.forwarding.ends import Server
from tests.support.forwarding_pages import open_tab
from tests.support.udp_relay import Answer, Direction, by_way_of, udp_relay

WATCHED_S = 15
SETTLED_S = 5
BETWEEN_S = 0.25
NARROW_BPS = 1_500_000
SETTLED = round(SETTLED_S / BETWEEN_S)
ROUNDS = 3
APART = 0.2
PICTURE = (160, 90)
BITRATE = 2_500_000

Row = tuple[str, str, bool]


def narrow(direction: Direction) -> None:
    """Bound a direction."""
    direction.rate_bps, direction.delay_s = NARROW_BPS, 0.02


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """Compare on both ways."""
    for name, bounded in (("no bounds", False), ("1.5 Mbit/s, 40 ms round trip", True)):
        calls: list[list[list[float]]] = []  # forwarded, direct, direct again, by round
        for _ in range(ROUNDS):
            async with asyncio.TaskGroup() as group:
                made = [
                    group.create_task(_call(browser, to, bounded=bounded))
                    for to in (server, None, None)
                ]
            await server.end_sessions()
            calls.append([each.result() for each in made])
        forwarded, direct, again = (_settled(each) for each in zip(*calls, strict=True))
        ratio = 2 * forwarded / (direct + again)
        lines = "; ".join(" and ".join(map(_line, each)) for each in calls)
        words = (
            f"Mbit/s forwarded, direct and direct again at 1, 3, 5, 10, 15 s: {lines};"
            f" from {SETTLED_S} s on {ratio:.0%} of the direct calls'"
            f" (of which one has {again / direct:.0%} of the other's)"
        )
        yield f"estimate, {name}", words, abs(ratio - 1) <= APART


def _settled(rounds: tuple[list[float], ...]) -> float:
    """Give the middle of what was estimated in all rounds, once it had risen."""
    return statistics.median(one for each in rounds for one in each[SETTLED:])


def _line(estimates: list[float]) -> str:
    places = [min(round(at / BETWEEN_S), len(estimates)) - 1 for at in (1, 3, 5, 10, 15)]
    return " ".join(f"{estimates[each] / 1e6:.2f}" for each in places)


async def _call(browser: Browser, server: Server | None, *, bounded: bool) -> list[float]:
    """Publish for a while; the estimates."""
    async with AsyncExitStack() as stack:
        publisher, other = await open_tab(browser), await open_tab(browser)
        stack.push_async_callback(publisher.page.close)
        stack.push_async_callback(other.page.close)
        answer: Answer = other.reply if server is None else server.whip()
        if bounded:
            relay = await stack.enter_async_context(udp_relay())
            narrow(relay.to_server)
            narrow(relay.to_client)
            answer = by_way_of(relay, answer)
        await publisher.publish(answer, "VP8", size=PICTURE, bitrate=BITRATE, noisy=True)
        await publisher.until("pc.connectionState === 'connected'")
        found: list[float] = []
        loop = asyncio.get_running_loop()
        began = loop.time()
        while len(found) < WATCHED_S / BETWEEN_S:
            await asyncio.sleep(max(0, began + (len(found) + 1) * BETWEEN_S - loop.time()))
            pairs = await publisher.statistics("candidate-pair")
            found.append(max(each.get("availableOutgoingBitrate", 0) for each in pairs))
    return found
