"""Three layers of one picture: given out by request, changed under the viewers, and by themselves.

A change shows no broken picture where the viewer's decoder goes on: it asks for no key frame and
for no packet, and has decoded a key frame for each change, for which it may have waited a moment.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from playwright.async_api import Browser

from acceptance.forwarding.ends import Engine, Server, Watching, first_picture
from acceptance.forwarding.viewers import PAUSE_S, SETTLES_S
from tests.support.forwarding_pages import Tab, open_tab
from tests.support.udp_relay import UdpRelay, by_way_of, udp_relay

SIZE = (960, 540)
WIDTHS = {"q": 240, "h": 480, "f": 960}
RATE, BITRATE = 15, 700_000
ENGINES, PAGES = 8, 2
WATCHED_S = 6
ROUNDS = 3
NARROW_BPS = 400_000
ADAPTS_S = 6
RECOVERS_S = 25
LEAST_DECODED = 0.98
MOST_FROZEN_S = 0.25
UNDISTURBED_S = 5

Row = tuple[str, str, bool]


class Watcher:
    """A viewer and its name at the server."""

    def __init__(self, viewer: Watching, name: str) -> None:
        self.viewer = viewer
        self.name = name

    async def seen(self) -> dict[str, Any]:
        """Give what it receives of the picture."""
        return await self.viewer.inbound("video")


@asynccontextmanager
async def watchers(
    server: Server, browser: Browser, engines: int, pages: int
) -> AsyncIterator[tuple[list[Watcher], UdpRelay]]:
    """Have viewers join; the last one, a page, by way of the relay."""
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(udp_relay())
        found: list[Watcher] = []
        for number in range(engines + pages):
            viewer: Watching
            if number < engines:
                viewer = Engine()
                stack.callback(viewer.close)
            else:
                viewer = await open_tab(browser)
                stack.push_async_callback(viewer.page.close)
            is_last = number == engines + pages - 1
            await first_picture(
                viewer, by_way_of(relay, server.whep()) if is_last else server.whep()
            )
            known = {each.name for each in found}
            (name,) = {each["id"] for each in await server.viewers()} - known
            found.append(Watcher(viewer, name))
        yield found, relay
    await server.end_sessions()


async def all_layers(server: Server) -> float:
    """Wait until all layers are sent; how long that took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(40):
        while True:
            publisher = (await server.ask("record"))["publisher"] or {"streams": []}
            if {e["rid"] for e in publisher["streams"] if e["packets"] > 200} >= set(WIDTHS):
                return loop.time() - began
            await asyncio.sleep(0.2)


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """VP8, then VP9; what a path carries with VP8."""
    for codec in ("VP8", "VP9"):
        publisher = await open_tab(browser)
        await publisher.publish(
            server.whip(), codec, layers=True, size=SIZE, rate=RATE, bitrate=BITRATE
        )
        await publisher.until("pc.connectionState === 'connected'")
        took = await all_layers(server)
        yield f"{codec}, three layers are sent", f"after {took:.1f} s", True
        async with watchers(server, browser, ENGINES, PAGES) as (everybody, relay):
            yield await _own_layers(server, publisher, everybody, codec)
            yield await _changes(server, everybody, codec)
            if codec == "VP8":
                for each in everybody:
                    await server.ask("layer", viewer=each.name, rid="")
                async for row in _narrow(server, everybody, relay):
                    yield row
        await publisher.page.close()


async def _give(server: Server, everybody: list[Watcher], turn: int) -> list[str]:
    """Give each viewer a layer and wait until it shows; which."""
    rids = [list(WIDTHS)[(number + turn) % len(WIDTHS)] for number in range(len(everybody))]
    for each, rid in zip(everybody, rids, strict=True):
        await server.ask("layer", viewer=each.name, rid=rid)
    async with asyncio.timeout(40):  # the publisher may have to find room for a layer again
        for each, rid in zip(everybody, rids, strict=True):
            while (await each.seen()).get("frameWidth") != WIDTHS[rid]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    return rids


async def _own_layers(server: Server, publisher: Tab, everybody: list[Watcher], codec: str) -> Row:
    rids = await _give(server, everybody, 0)

    async def counts() -> tuple[dict[str, int], list[int]]:
        await publisher.show_picture(shown=False)
        await asyncio.sleep(PAUSE_S)
        reports, *seen = await asyncio.gather(
            publisher.statistics("outbound-rtp", "video"), *(each.seen() for each in everybody)
        )
        await publisher.show_picture(shown=True)
        sent = {each["rid"]: each["framesSent"] for each in reports}
        return sent, [int(each["framesDecoded"]) for each in seen]

    sent, decoded = await counts()
    await asyncio.sleep(WATCHED_S)
    sent_then, decoded_then = await counts()
    shares = [
        (after - before) / max(1, sent_then[rid] - sent[rid])
        for rid, before, after in zip(rids, decoded, decoded_then, strict=True)
    ]
    words = (
        f"{len(rids)} viewers on {', '.join(rids)}: {min(shares):.1%} of their layer's pictures"
        f" decoded at least, {sent_then['f'] - sent['f']} published in {WATCHED_S} s"
    )
    return f"{codec}, a layer for each viewer", words, min(shares) > LEAST_DECODED


async def _changes(server: Server, everybody: list[Watcher], codec: str) -> Row:
    await asyncio.sleep(SETTLES_S)  # the pause for counting looks like a freeze
    undisturbed = [await each.seen() for each in everybody]
    await asyncio.sleep(UNDISTURBED_S)
    before = [await each.seen() for each in everybody]
    loop = asyncio.get_running_loop()
    began = loop.time()
    for turn in range(1, ROUNDS + 1):
        await _give(server, everybody, turn)
        await asyncio.sleep(1)
    after = [await each.seen() for each in everybody]
    lasted_s = loop.time() - began
    names = ("pliCount", "nackCount", "packetsLost", "freezeCount", "framesDropped")
    pairs = list(zip(before, after, strict=True))
    sums = {name: int(sum(new[name] - old[name] for old, new in pairs)) for name in names}
    keys = min(new["keyFramesDecoded"] - old["keyFramesDecoded"] for old, new in pairs)
    # a busy machine freezes pictures as well, which no change is to blame for
    without_s = _frozen(undisturbed, before) * lasted_s / UNDISTURBED_S
    each_s = (_frozen(before, after) - without_s) / len(everybody) / ROUNDS
    words = (
        f"{ROUNDS} changes for each of {len(everybody)}: {sums}, {keys} key frames at least,"
        f" {1000 * each_s:.0f} ms frozen a change, without the {without_s:.1f} s in all that it"
        " would have been anyway"
    )
    good = not sums["pliCount"] and not sums["nackCount"] and keys >= ROUNDS
    return f"{codec}, changes of layer", words, good and each_s < MOST_FROZEN_S


def _frozen(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> float:
    pairs = zip(before, after, strict=True)
    return float(sum(n["totalFreezesDuration"] - o["totalFreezesDuration"] for o, n in pairs))


async def _layer_of(server: Server, name: str) -> str:
    viewer = next(each for each in await server.viewers() if each["id"] == name)
    return str(next(each["rid"] for each in viewer["streams"] if each["kind"] == "video"))


async def _until_layer(server: Server, name: str, rids: str, timeout_s: float) -> float | None:
    """Wait until a viewer gets one of these layers; how long that took, None where it does not."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (took := loop.time() - began) < timeout_s:
        if await _layer_of(server, name) in rids:
            return took
        await asyncio.sleep(0.05)
    return None


async def _narrow(server: Server, everybody: list[Watcher], relay: UdpRelay) -> AsyncIterator[Row]:
    *others, one = everybody
    tops = [await _until_layer(server, each.name, "f", RECOVERS_S) for each in everybody]
    yield (
        "left to itself, everybody gets",
        ("the highest layer" if None not in tops else f"it after {tops} s"),
        None not in tops,
    )
    before = [await each.seen() for each in everybody]
    relay.to_client.rate_bps = NARROW_BPS
    down = await _until_layer(server, one.name, "hq", ADAPTS_S)
    await asyncio.sleep(8)
    settled = await _layer_of(server, one.name)
    middle = await one.seen()
    await asyncio.sleep(5)
    after = await one.seen()
    frozen = after["totalFreezesDuration"] - middle["totalFreezesDuration"]
    words = (
        f"lower layer after {down} s, then {settled!r}; in the last 5 s"
        f" {after['framesDecoded'] - middle['framesDecoded']} pictures, {frozen:.1f} s frozen"
    )
    yield (
        f"path of {NARROW_BPS / 1000:.0f} kbit/s to one viewer",
        words,
        (down is not None and settled in "hq" and after["framesDecoded"] > middle["framesDecoded"]),
    )
    stay = [await _layer_of(server, each.name) for each in others]
    pairs = list(zip(before, [await each.seen() for each in others], strict=False))
    names = ("pliCount", "nackCount", "packetsLost", "freezeCount")
    sums = {name: int(sum(new[name] - old[name] for old, new in pairs)) for name in names}
    yield (
        "meanwhile the other nine",
        f"on {', '.join(stay)}, {sums}",
        set(stay) == {"f"} and not any(sums.values()),
    )
    relay.to_client.rate_bps = 0
    up = await _until_layer(server, one.name, "f", RECOVERS_S)
    yield "path without bounds again", f"highest layer after {up} s", up is not None
