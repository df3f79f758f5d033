"""How the publisher's estimate of the bandwidth rises: to the forwarder, and in a direct call.

Both go over the same kind of way, one after the other: one that has no bounds, and one that carries
1.5 Mbit/s with 20 ms in each direction and queues up to 200 ms.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator

from playwright.async_api import Browser

from acceptance.forwarding.ends import Server, by_way_of
from tests.support.forwarding_pages import Answer, open_tab
from tests.support.udp_relay import Direction, udp_relay

WATCHED_S = 15
SETTLED_S = 5
BETWEEN_S = 0.25
NARROW_BPS = 1_500_000
APART = 0.2
PICTURE = (640, 360)
BITRATE = 2_500_000

Row = tuple[str, str, bool]


def narrow(direction: Direction) -> None:
    """Bound a direction."""
    direction.rate_bps, direction.delay_s = NARROW_BPS, 0.02


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """Compare on both ways."""
    for name, bounded in (("no bounds", False), ("1.5 Mbit/s, 40 ms round trip", True)):
        direct = await _call(browser, None, bounded=bounded)
        forwarded = await _call(browser, server, bounded=bounded)
        ratio = statistics.mean(forwarded[1]) / statistics.mean(direct[1])
        words = (
            f"forwarded {_line(forwarded[0])}; direct {_line(direct[0])} Mbit/s"
            f" at 1, 3, 5, 10, 15 s;"
            f" from {SETTLED_S} s on {ratio:.0%} of the direct call's"
        )
        yield f"estimate, {name}", words, abs(ratio - 1) <= APART


def _line(estimates: list[float]) -> str:
    places = [min(round(at / BETWEEN_S), len(estimates)) - 1 for at in (1, 3, 5, 10, 15)]
    return " ".join(f"{estimates[each] / 1e6:.2f}" for each in places)


async def _call(
    browser: Browser, server: Server | None, *, bounded: bool
) -> tuple[list[float], list[float]]:
    """Publish for a while; the estimates, all and those from when it has settled."""
    publisher, other = await open_tab(browser), await open_tab(browser)
    async with udp_relay() as relay:
        if bounded:
            narrow(relay.to_server)
            narrow(relay.to_client)
        answer: Answer = other.reply if server is None else server.whip()
        await publisher.publish(by_way_of(relay, answer), "VP8", size=PICTURE, bitrate=BITRATE)
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
        if server is not None:
            await server.end_sessions()
    return found, found[round(SETTLED_S / BETWEEN_S) :]
