"""How the publisher's estimate of the bandwidth rises: to the forwarder, and in a direct call.

Both go over the same kind of way at the same time, so that a busy machine disturbs both alike: a
way that has no bounds, then one that carries 1.5 Mbit/s with 20 ms in each direction and queues up
to 200 ms. What is sent is noise, which takes all that it may: of a picture that takes little an
estimator learns little, and one late packet makes it forget what it has tried out.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator

from playwright.async_api import Browser

from acceptance.forwarding.ends import Server
from tests.support.forwarding_pages import open_tab
from tests.support.udp_relay import Answer, Direction, by_way_of, udp_relay

WATCHED_S = 15
SETTLED_S = 5
BETWEEN_S = 0.25
NARROW_BPS = 1_500_000
SETTLED = round(SETTLED_S / BETWEEN_S)
ROUNDS = 2
APART = 0.2
PICTURE = (320, 180)
BITRATE = 2_500_000

Row = tuple[str, str, bool]


def narrow(direction: Direction) -> None:
    """Bound a direction."""
    direction.rate_bps, direction.delay_s = NARROW_BPS, 0.02


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """Compare on both ways."""
    for name, bounded in (("no bounds", False), ("1.5 Mbit/s, 40 ms round trip", True)):
        forwarded: list[float] = []
        direct: list[float] = []
        lines: list[str] = []
        for _ in range(ROUNDS):
            async with asyncio.TaskGroup() as group:
                there = group.create_task(_call(browser, server, bounded=bounded))
                straight = group.create_task(_call(browser, None, bounded=bounded))
            await server.end_sessions()
            forwarded += there.result()[SETTLED:]
            direct += straight.result()[SETTLED:]
            lines.append(f"{_line(there.result())} and {_line(straight.result())}")
        ratio = statistics.mean(forwarded) / statistics.mean(direct)
        words = (
            f"Mbit/s forwarded and direct at 1, 3, 5, 10, 15 s: {'; '.join(lines)};"
            f" from {SETTLED_S} s on {ratio:.0%} of the direct call's"
        )
        yield f"estimate, {name}", words, abs(ratio - 1) <= APART


def _line(estimates: list[float]) -> str:
    places = [min(round(at / BETWEEN_S), len(estimates)) - 1 for at in (1, 3, 5, 10, 15)]
    return " ".join(f"{estimates[each] / 1e6:.2f}" for each in places)


async def _call(browser: Browser, server: Server | None, *, bounded: bool) -> list[float]:
    """Publish for a while; the estimates."""
    publisher, other = await open_tab(browser), await open_tab(browser)
    async with udp_relay() as relay:
        if bounded:
            narrow(relay.to_server)
            narrow(relay.to_client)
        answer: Answer = other.reply if server is None else server.whip()
        await publisher.publish(
            by_way_of(relay, answer), "VP8", size=PICTURE, bitrate=BITRATE, noisy=True
        )
        await publisher.until("pc.connectionState === 'connected'")
        found: list[float] = []
        loop = asyncio.get_running_loop()
        began = loop.time()
        while len(found) < WATCHED_S / BETWEEN_S:
            await asyncio.sleep(max(0, began + (len(found) + 1) * BETWEEN_S - loop.time()))
            pairs = await publisher.statistics("candidate-pair")
            found.append(max(each.get("availableOutgoingBitrate", 0) for each in pairs))
        await publisher.page.close()
        await other.page.close()
    return found
