"""Ten viewers of one publisher: who sees what, when, at what cost, and what a loss does to whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser

from acceptance.forwarding.ends import Engine, Server, Watching, first_picture
from tests.support.forwarding_pages import Tab, open_tab
from tests.support.udp_relay import UdpRelay, by_way_of, udp_relay

ENGINES, PAGES = 8, 2
WATCHED_S = 15
ALONE_S = 4
PAUSE_S = 0.8
SETTLES_S = 1.5
LEAST_DECODED = 0.98
MOST_CONCEALED = 0.01
MOST_SPENT_MS = 5
MOST_WAITED_S = 1
LOSS = 0.03

Row = tuple[str, str, bool]


@dataclass
class Audience:
    """Who publishes and who watches.

    Attributes:
        publisher: the page that publishes.
        viewers: those that watch; the last one, a page, does so by way of the relay.
        relay: that way.
        waited_s: how long each waited for its first picture.
        freezes: how many there were among all but the last while nothing was lost.
    """

    publisher: Tab
    viewers: list[Watching]
    relay: UdpRelay
    waited_s: list[float]
    freezes: int = 0


@asynccontextmanager
async def audience(server: Server, browser: Browser, publisher: Tab) -> AsyncIterator[Audience]:
    """Have ten viewers join one after the other."""
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(udp_relay())
        found = Audience(publisher, [], relay, [])
        for number in range(ENGINES + PAGES):
            viewer: Watching
            if number < ENGINES:
                viewer = Engine()
                stack.callback(viewer.close)
            else:
                viewer = await open_tab(browser)
                stack.push_async_callback(viewer.page.close)
            is_last = number == ENGINES + PAGES - 1
            way = by_way_of(relay, server.whep()) if is_last else server.whep()
            found.viewers.append(viewer)
            found.waited_s.append(await first_picture(viewer, way))
        yield found
    await server.end_sessions()


@dataclass
class Seen:
    """What was counted in a stretch of time, each number that of the stretch.

    Attributes:
        sent: pictures that the publisher sent.
        asked: key frames that it was asked for.
        pictures: of each viewer, what its `inbound-rtp` of video counts.
        sounds: likewise of audio.
    """

    sent: float
    asked: float
    pictures: list[dict[str, float]]
    sounds: list[dict[str, float]]

    def decoded(self) -> list[float]:
        """Give the share of the publisher's pictures that each viewer has decoded."""
        return [each["framesDecoded"] / max(self.sent, 1) for each in self.pictures]


async def watched(audience: Audience, seconds: float) -> Seen:
    """Count for some seconds, from one pause of the picture to the next.

    In a pause nothing is on its way, so that all that was published can have been decoded. A pause
    looks like a freeze, so that those are counted between the pauses.
    """
    before = await _paused(audience)
    await asyncio.sleep(SETTLES_S)
    freezes = await _freezes(audience)
    await asyncio.sleep(seconds - SETTLES_S)
    freezes = [then - now for now, then in zip(freezes, await _freezes(audience), strict=True)]
    after = await _paused(audience)

    def differences(row: int) -> list[dict[str, float]]:
        pairs = zip(before[row], after[row], strict=True)
        return [{key: new[key] - old.get(key, 0) for key in new} for old, new in pairs]

    (sent,), pictures = differences(0), differences(1)
    for each, count in zip(pictures, freezes, strict=True):
        each["freezeCount"] = count
    return Seen(sent["framesSent"], sent["pliCount"], pictures, differences(2))


async def _paused(audience: Audience) -> list[list[dict[str, float]]]:
    await audience.publisher.show_picture(shown=False)
    await asyncio.sleep(PAUSE_S)
    counts = await _counts(audience)
    await audience.publisher.show_picture(shown=True)
    return counts


async def _freezes(audience: Audience) -> list[float]:
    reports = await asyncio.gather(*(each.inbound("video") for each in audience.viewers))
    return [each["freezeCount"] for each in reports]


async def _counts(audience: Audience) -> list[list[dict[str, float]]]:
    async def numbers(report: Any) -> dict[str, float]:
        found = await report
        return {key: value for key, value in found.items() if isinstance(value, int | float)}

    async def sent() -> dict[str, Any]:
        return (await audience.publisher.statistics("outbound-rtp", "video"))[0]

    everybody = audience.viewers
    rows = await asyncio.gather(
        numbers(sent()),
        *(numbers(each.inbound("video")) for each in everybody),
        *(numbers(each.inbound("audio")) for each in everybody),
    )
    return [rows[:1], rows[1 : 1 + len(everybody)], rows[1 + len(everybody) :]]


async def show(server: Server, browser: Browser) -> AsyncIterator[Row]:
    """VP8, then VP9; the loss with VP8."""
    for codec in ("VP8", "VP9"):
        publisher = await open_tab(browser)
        await publisher.publish(server.whip(), codec)
        await publisher.until("pc.connectionState === 'connected'")
        await asyncio.sleep(1)
        alone = await _core(server, ALONE_S)
        async with audience(server, browser, publisher) as found:
            async for row in _with_ten(server, found, codec, alone):
                yield row
            if codec == "VP8":
                async for row in _with_loss(server, found):
                    yield row
        await publisher.page.close()


async def _core(server: Server, seconds: float) -> float:
    """Give the share of a core that the server takes while that long passes."""
    before = await server.ask("used")
    await asyncio.sleep(seconds)
    return (float(await server.ask("used")) - float(before)) / seconds


async def _with_ten(
    server: Server, found: Audience, codec: str, alone: float
) -> AsyncIterator[Row]:
    waited = max(found.waited_s)
    each = " ".join(f"{seconds:.2f}" for seconds in found.waited_s)
    yield f"{codec}, first picture after joining", f"{each} s", waited < MOST_WAITED_S
    await server.ask("spent")
    used = await server.ask("used")
    seen = await watched(found, WATCHED_S)
    found.freezes = int(sum(each["freezeCount"] for each in seen.pictures[:-1]))
    used = (await server.ask("used") - used) / WATCHED_S
    spent = await server.ask("spent")
    decoded = seen.decoded()
    words = (
        f"{min(decoded):.1%} at least, {sum(decoded) / len(decoded):.1%} on average, of"
        f" {seen.sent:.0f} pictures published in {WATCHED_S} s;"
        f" {len(decoded)} viewers, {seen.asked:.0f} key frames asked for"
    )
    yield f"{codec}, pictures decoded", words, min(decoded) > LEAST_DECODED
    concealed = [
        (e["concealedSamples"] - e["silentConcealedSamples"]) / max(e["totalSamplesReceived"], 1)
        for e in seen.sounds
    ]
    yield (
        f"{codec}, sound made up",
        f"{max(concealed):.2%} at most",
        (max(concealed) < MOST_CONCEALED),
    )
    words = (
        f"p50 {spent['p50']:.2f} ms, p99 {spent['p99']:.2f} ms, at most {spent['max']:.1f} ms, of"
        f" {spent['count']} packets sent (from reading one until a viewer's socket has it;"
        f" p99 {spent['p99_in_all']:.2f} ms with the {spent['touched']} during which the host had"
        " stopped or slowed the forwarder's core)"
    )
    yield f"{codec}, time in the forwarder", words, 0 < spent["p99"] < MOST_SPENT_MS
    a_viewer = (used - alone) / len(found.viewers)
    words = (
        f"{used:.1%} of a core with {len(found.viewers)} viewers, {alone:.1%} with none:"
        f" {a_viewer:.2%} each, {spent['count'] / WATCHED_S:.0f} packets a second out"
    )
    yield f"{codec}, processor", words, a_viewer < 0.05


async def _with_loss(server: Server, found: Audience) -> AsyncIterator[Row]:
    resent_before = [v["streams"] for v in await server.viewers()]
    found.relay.to_client.loss = LOSS
    seen = await watched(found, WATCHED_S)
    found.relay.to_client.loss = 0
    resent = [v["streams"] for v in await server.viewers()]
    again = [
        sum(e["again"] for e in after) - sum(e["again"] for e in before)
        for before, after in zip(resent_before, resent, strict=True)
    ]
    *others, one = seen.pictures
    words = (
        f"{found.relay.to_client.lost} of its packets lost, {one['nackCount']:.0f} NACKs,"
        f" {again[-1]} sent again, {one['retransmittedPacketsReceived']:.0f} of video came;"
        f" {seen.decoded()[-1]:.1%} of the pictures decoded, {one['freezeCount']:.0f} freezes"
    )
    good = (
        one["nackCount"] > 0
        and one["retransmittedPacketsReceived"] > 0
        and seen.decoded()[-1] > LEAST_DECODED
    )
    yield f"{LOSS:.0%} loss towards one viewer, that one", words, good
    names = ("nackCount", "packetsLost", "pliCount")
    freezes = int(sum(each["freezeCount"] for each in others))
    sums = {name: int(sum(each[name] for each in others)) for name in names}
    least = min(seen.decoded()[:-1])
    words = (
        f"{sums}, {least:.1%} of the pictures decoded at least, {sum(again[:-1])} sent again,"
        f" {freezes} freezes where there had been {found.freezes} without the loss"
    )
    untouched = not any(sums.values()) and not sum(again[:-1]) and freezes <= found.freezes
    good = untouched and least > LEAST_DECODED
    yield f"{LOSS:.0%} loss towards one viewer, the other nine", words, good
